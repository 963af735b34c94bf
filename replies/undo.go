package replies

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// undone is what an Undo takes back: an activity by its id, embedded or not, or one that is only described (type, actor, object).
type undone struct {
	id     string
	kind   string // "" where only the id is known
	actor  string // "" where not said
	object string
}

func readUndone(a *inbound) undone {
	u := undone{id: a.object}
	if a.embedded != nil {
		u.kind = a.embedded.Type()
		u.actor, _ = a.embedded.Single("actor")
		u.object, _ = a.embedded.Single("object")
	}
	return u
}

// undo takes back a Follow, a reaction, a Block of a blog, the Delete of a reply, or what has not arrived yet.
func (in *Inbox) undo(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	u := readUndone(a)
	c := claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id, object: a.object, inner: u.actor}
	actor, err := in.Remotes.Known(ctx, tx, a.actor)
	known := err == nil
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return outcome{}, fmt.Errorf("look for the actor: %w", err)
	}
	if c.owner, err = thread.OwnerOf(ctx, tx, u.id, a.actor); err != nil {
		return outcome{}, fmt.Errorf("look for who did it: %w", err)
	}
	if err := authorise(c); err != nil {
		return outcome{}, err
	}
	stored, err := toRestore(ctx, tx, a)
	switch {
	case err == nil && stored.AuthorURI == a.actor && a.back == nil:
		return outcome{}, &missing{wantBack, stored.ObjectURI}
	case err == nil && stored.AuthorURI == a.actor:
		return in.restore(ctx, tx, stored, a, a.back)
	case err != nil && !errors.Is(err, database.ErrNotFound):
		return outcome{}, fmt.Errorf("look for what was deleted: %w", err)
	}
	var out outcome
	if known {
		var found bool
		out, found, err = undoKnown(ctx, tx, a, u, actor)
		if found || err != nil {
			return out, err
		}
	}
	if u.id == "" {
		return dropped("nothing to undo"), nil
	}
	if err := rememberUndone(ctx, tx, undoneKey(a.actor, u.id), a); err != nil {
		return outcome{}, err
	}
	verdict := cmp.Or(out.verdict, "nothing here") + "; remembered, in case it comes later"
	return done(verdict, out.blog), thread.UnlessNow(isDoneNow(ctx, tx, u, actor.ID))
}

// isUndone says whether an activity was taken back before it came. What was signed after its Undo
// is new: many servers derive the ids of a Follow, a Like or a Block from the two ends, and mean it
// again. That an old one which is tried again, with a new signature, looks the same is the price: a
// Follow that is swallowed is never answered, and nobody is told why.
func isUndone(ctx context.Context, q database.Querier, a *inbound) (bool, error) {
	if a.id == "" {
		return false, nil
	}
	return isRememberedSince(ctx, q, undoneKey(a.actor, a.id), a.made())
}

// unlessUndone is errRace where an activity was taken back while it had its effect.
func unlessUndone(ctx context.Context, q database.Querier, a *inbound) error {
	if a.id == "" {
		return nil
	}
	return thread.UnlessNow(isRememberedNow(ctx, q, undoneKey(a.actor, a.id), a.made()))
}

// isDoneNow says whether what is undone has come while we were looking for it.
func isDoneNow(ctx context.Context, tx *database.Tx, u undone, actorID database.ID) (bool, error) {
	if actorID == 0 {
		return false, nil
	}
	reacted, err := thread.IsReactionNow(ctx, tx, database.Hash(u.id), actorID)
	if reacted || err != nil {
		return reacted, err
	}
	return publisher.UnfollowByURI(ctx, tx, u.id, actorID) // what it deletes is there again when this transaction begins anew
}

// undoKnown undoes what we have: first by the id, then by what is described.
func undoKnown(
	ctx context.Context, tx *database.Tx, a *inbound, u undone, actor publisher.RemoteActor,
) (out outcome, found bool, err error) {
	if u.kind == "" || u.kind == "Follow" {
		found, err = unfollow(ctx, tx, u, actor.ID)
		if found || err != nil {
			return done("unfollowed", 0), found, err
		}
	}
	if u.kind == "Follow" {
		return outcome{}, false, nil
	}
	if u.kind == "" || u.kind == "Block" {
		out, found, err = undoBlock(ctx, tx, a, u, actor)
		if found || u.kind == "Block" || err != nil {
			return out, found, err
		}
	}
	r, err := findReaction(ctx, tx, a, u, actor.ID)
	if errors.Is(err, database.ErrNotFound) {
		return outcome{}, false, nil
	}
	switch {
	case err != nil:
		return outcome{}, false, err
	case r.State == thread.ReactionCovered:
		return done(r.Kind+" taken back; another of theirs counts", r.BlogID), true, thread.DeleteReaction(ctx, tx, r)
	}
	if again, err := uncover(ctx, tx, r); again || err != nil {
		return done(r.Kind+" taken back; an earlier one of theirs counts again", r.BlogID), true, err
	}
	if r.State == thread.ReactionHidden || r.State == thread.ReactionUndone {
		return done(r.Kind+" taken back; it was hidden", r.BlogID), true, thread.MoveReaction(ctx, tx, r, thread.ReactionUndone)
	}
	if err := thread.DeleteReaction(ctx, tx, r); err != nil {
		return outcome{}, false, err
	}
	if r.State != thread.ReactionShown {
		return done(r.Kind+" taken back; it was not counted", r.BlogID), true, nil
	}
	to, err := thread.ReplyByID(ctx, tx, r.ReplyID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return outcome{}, false, err
	}
	r.At = a.at
	out, err = reacted(ctx, tx, to, r, r.Counts().Negative(), r.Kind+" taken back")
	return out, true, err
}

func unfollow(ctx context.Context, tx *database.Tx, u undone, actorID database.ID) (bool, error) {
	if u.id != "" {
		found, err := publisher.UnfollowByURI(ctx, tx, u.id, actorID)
		if found || err != nil {
			return found, err
		}
	}
	blog, err := thread.BlogByActor(ctx, tx, u.object)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return publisher.Unfollow(ctx, tx, blog, actorID)
}

// findReaction looks for the activity with the id, and then for the one that is described: some servers write another id into the Undo
// than they gave the Like. An id that was replaced by a later reaction stands for nothing any more.
func findReaction(ctx context.Context, tx *database.Tx, a *inbound, u undone, actorID database.ID) (thread.Reaction, error) {
	if u.id != "" {
		r, err := thread.ReactionByActivity(ctx, tx, database.Hash(u.id), actorID)
		if !errors.Is(err, database.ErrNotFound) {
			return r, err
		}
		replaced, err := isRemembered(ctx, tx, undoneKey(a.actor, u.id))
		if replaced || err != nil {
			return thread.Reaction{}, errors.Join(err, database.ErrNotFound)
		}
	}
	if u.object == "" || thread.KindOf(u.kind) == "" {
		return thread.Reaction{}, database.ErrNotFound
	}
	at, err := thread.Locate(ctx, tx, u.object)
	if errors.Is(err, thread.ErrNowhere) {
		return thread.Reaction{}, database.ErrNotFound
	}
	if err != nil {
		return thread.Reaction{}, err
	}
	return describedReaction(ctx, tx, database.Hash(at.URI()), actorID, thread.KindOf(u.kind), emoji(a.embedded))
}

// undoBlock is somebody who takes back that they have blocked a blog: what that took away comes back. found says that something did: of a
// Block that has hidden nothing we keep nothing, and it may be still on its way.
func undoBlock(ctx context.Context, tx *database.Tx, a *inbound, u undone, actor publisher.RemoteActor) (out outcome, found bool, err error) {
	blog, err := thread.BlogByActor(ctx, tx, u.object)
	if errors.Is(err, database.ErrNotFound) && u.id != "" { // only the id is known
		var id database.ID
		if id, err = moderation.BlogLeftBy(ctx, tx, actor.ID, u.id); err == nil {
			blog, err = feeds.BlogByID(ctx, tx, id)
		}
	}
	if errors.Is(err, database.ErrNotFound) {
		return outcome{}, false, nil
	}
	if err != nil {
		return outcome{}, false, fmt.Errorf("look for the blog: %w", err)
	}
	visible := thread.Changes{}
	n, err := moderation.ShowAuthor(ctx, tx, blog.ID, actor, thread.RuleAuthor, visible, a.at)
	if err != nil {
		return outcome{}, false, err
	}
	if err := moderation.NoteBlock(ctx, tx, blog, actor, moderation.WhatBack, moderation.CountedReplies(n)+" came back", n, a.at); err != nil {
		return outcome{}, false, err
	}
	out = done("blocks the blog no more; came back: "+moderation.CountedReplies(n), blog.ID)
	return out, n > 0, visible.Apply(ctx, tx, a.at)
}
