package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// undone is what an Undo takes back: an activity by its id, embedded or not, or one that is only
// described (type, actor, object).
type undone struct {
	id     string
	kind   string // "" where only the id is known
	actor  string // "" where not said
	object string
}

func readUndone(a *Inbound) undone {
	u := undone{id: a.Object}
	if a.Embedded != nil {
		u.kind = a.Embedded.Type()
		u.actor, _ = a.Embedded.Single("actor")
		u.object, _ = a.Embedded.Single("object")
	}
	return u
}

// undo takes back a Follow, a reaction, a Block of a blog, the Delete of a reply, or what has not
// arrived yet.
func (in *Inbox) undo(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	// 1. Is it theirs to take back? Who did it says our database, and what is embedded.
	u := readUndone(a)
	c := a.claim()
	c.Inner = u.actor
	actor, err := in.Remotes.Known(ctx, tx, a.Actor)
	known := err == nil
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, fmt.Errorf("look for the actor: %w", err)
	}
	if c.Owner, err = thread.OwnerOf(ctx, tx, u.id, a.Actor); err != nil {
		return Outcome{}, fmt.Errorf("look for who did it: %w", err)
	}
	if err := Authorise(c); err != nil {
		return Outcome{}, err
	}
	// 2. A Delete: the reply comes back from its own server.
	stored, err := toRestore(ctx, tx, a)
	switch {
	case err == nil && stored.AuthorURI == a.Actor && a.Back == nil:
		return Outcome{}, &Missing{WantBack, stored.ObjectURI}
	case err == nil && stored.AuthorURI == a.Actor:
		return in.Restore(ctx, tx, stored, a, a.Back)
	case err != nil && !errors.Is(err, database.ErrNotFound):
		return Outcome{}, fmt.Errorf("look for what was deleted: %w", err)
	}
	// 3. What we have of them: all of it may be meant where only the id is known.
	ways := []func(context.Context, *database.Tx, *Inbound, undone, remote.Actor) (Outcome, bool, error){undoReaction}
	switch u.kind {
	case "":
		ways = append(ways[:0], undoFollow, undoBlock, undoReaction)
	case "Follow":
		ways[0] = undoFollow
	case "Block":
		ways[0] = undoBlock
	}
	var out Outcome
	for _, way := range ways {
		if !known {
			break
		}
		var found bool
		if out, found, err = way(ctx, tx, a, u, actor); found || err != nil {
			return out, err
		}
	}
	// 4. What is not here may be on its way.
	if u.id == "" {
		return Dropped("nothing to undo"), nil
	}
	if err := rememberUndone(ctx, tx, undoneKey(a.Actor, u.id), a); err != nil {
		return Outcome{}, err
	}
	verdict := cmp.Or(out.Verdict, "nothing here") + "; remembered, in case it comes later"
	return done(verdict, out.Blog), thread.UnlessNow(isDoneNow(ctx, tx, u, actor.ID))
}

// isUndone says whether an activity was taken back before it came. What was signed after its Undo
// is new: many servers derive the ids of a Follow, a Like or a Block from the two ends, and mean it
// again. That an old one which is tried again, with a new signature, looks the same is the price: a
// Follow that is swallowed is never answered, and nobody is told why.
func isUndone(ctx context.Context, q database.Querier, a *Inbound) (bool, error) {
	if a.ID == "" {
		return false, nil
	}
	return isRememberedSince(ctx, q, undoneKey(a.Actor, a.ID), a.made())
}

// unlessUndone is thread.ErrRace where an activity was taken back while it had its effect.
func unlessUndone(ctx context.Context, q database.Querier, a *Inbound) error {
	if a.ID == "" {
		return nil
	}
	return thread.UnlessNow(isRememberedNow(ctx, q, undoneKey(a.Actor, a.ID), a.made()))
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
	return followers.UnfollowByURI(ctx, tx, u.id, actorID) // what it deletes is there again when this transaction begins anew
}

// undoFollow ends a Follow, by its id or by whom it was of.
func undoFollow(
	ctx context.Context, tx *database.Tx, _ *Inbound, u undone, actor remote.Actor,
) (out Outcome, found bool, err error) {
	found, err = followers.UnfollowByURI(ctx, tx, u.id, actor.ID)
	if !found && err == nil {
		var blog feeds.Blog
		if blog, err = thread.BlogByActor(ctx, tx, u.object); err == nil {
			found, err = followers.Unfollow(ctx, tx, blog, actor.ID)
		}
		if errors.Is(err, database.ErrNotFound) {
			err = nil
		}
	}
	if found {
		out = done("unfollowed", 0)
	}
	return out, found, err
}

// undoReaction takes back a reaction, by its id or by what it was of. An earlier one of the same
// person counts again then.
func undoReaction(
	ctx context.Context, tx *database.Tx, a *Inbound, u undone, actor remote.Actor,
) (out Outcome, found bool, err error) {
	r, err := findReaction(ctx, tx, a, u, actor.ID)
	if errors.Is(err, database.ErrNotFound) {
		return Outcome{}, false, nil
	}
	switch {
	case err != nil:
		return Outcome{}, false, err
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
		return Outcome{}, false, err
	}
	if r.State != thread.ReactionShown {
		return done(r.Kind+" taken back; it was not counted", r.BlogID), true, nil
	}
	to, err := thread.ReplyByID(ctx, tx, r.ReplyID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, false, err
	}
	r.At = a.At
	out, err = reacted(ctx, tx, to, r, r.Counts().Negative(), r.Kind+" taken back")
	return out, true, err
}

// findReaction looks for the activity with the id, and then for the one that is described: some
// servers write another id into the Undo than they gave the Like. An id that was replaced by a
// later reaction stands for nothing any more.
func findReaction(ctx context.Context, tx *database.Tx, a *Inbound, u undone, actorID database.ID) (thread.Reaction, error) {
	if u.id != "" {
		r, err := thread.ReactionByActivity(ctx, tx, database.Hash(u.id), actorID)
		if !errors.Is(err, database.ErrNotFound) {
			return r, err
		}
		replaced, err := isRemembered(ctx, tx, undoneKey(a.Actor, u.id))
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
	return describedReaction(ctx, tx, database.Hash(at.URI()), actorID, thread.KindOf(u.kind), emoji(a.Embedded))
}

// undoBlock is somebody who takes back that they have blocked a blog: what that took away comes
// back. found says that something did: of a Block that has hidden nothing we keep nothing, and it
// may be still on its way.
func undoBlock(ctx context.Context, tx *database.Tx, a *Inbound, u undone, actor remote.Actor) (out Outcome, found bool, err error) {
	blog, err := thread.BlogByActor(ctx, tx, u.object)
	if errors.Is(err, database.ErrNotFound) && u.id != "" { // only the id is known
		var id database.ID
		if id, err = moderation.BlogLeftBy(ctx, tx, actor.ID, u.id); err == nil {
			blog, err = feeds.BlogByID(ctx, tx, id)
		}
	}
	if errors.Is(err, database.ErrNotFound) {
		return Outcome{}, false, nil
	}
	if err != nil {
		return Outcome{}, false, fmt.Errorf("look for the blog: %w", err)
	}
	visible := thread.Changes{}
	n, err := moderation.ShowAuthor(ctx, tx, blog.ID, actor, thread.RuleAuthor, visible, a.At)
	if err != nil {
		return Outcome{}, false, err
	}
	if err := moderation.NoteBlock(ctx, tx, blog, actor, moderation.WhatBack, moderation.CountedReplies(n)+" came back", n, a.At); err != nil {
		return Outcome{}, false, err
	}
	out = done("blocks the blog no more; came back: "+moderation.CountedReplies(n), blog.ID)
	return out, n > 0, visible.Apply(ctx, tx, a.At)
}
