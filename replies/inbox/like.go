package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const maxEmoji = 100 // characters

// react keeps a reaction to something of ours, of whatever kind (thread.ReactionKinds).
func (in *Inbox) react(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	// 1. Is it about something of ours?
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	at, err := thread.Locate(ctx, tx, a.Object)
	if errors.Is(err, thread.ErrNowhere) {
		return Dropped(thread.ErrNowhere.Error()), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for what is meant: %w", err)
	}
	if at.Reply.Status == thread.Deleted {
		return Dropped("about something deleted"), nil
	}
	// 2. Does it count? What the blocked do is kept, so that it is known when the block is lifted.
	blocks, err := a.blocksOf(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	state := thread.ReactionShown
	if blocks.KeepOut(at.Blog.ID) {
		state = thread.ReactionBlocked
	}
	if passes, err := passesOn(ctx, tx, a, at); passes || err != nil {
		return Dropped("the community passes the post on"), err
	}
	if undone, err := isUndone(ctx, tx, a); undone || err != nil {
		return Dropped("undone before it came"), err
	}
	// 3. It takes the place of what it stands against, and of an earlier one of its kind.
	author, err := in.author(ctx, tx, a.Actor)
	if err != nil {
		return Outcome{}, err
	}
	if err := withdraw(ctx, tx, at, author.ID, thread.KindNamed(thread.KindOf(a.Kind)).Against, a.At); err != nil {
		return Outcome{}, err
	}
	return keep(ctx, tx, at, thread.Reaction{
		Target: database.Hash(at.URI()), ActorID: author.ID, Kind: thread.KindOf(a.Kind), BlogID: at.Blog.ID, PostID: at.PostID, ReplyID: at.Reply.ID,
		Emoji: emoji(a.activity), Activity: database.Hash(a.ID), State: state,
		At: a.At,
	}, a)
}

// withdraw takes back a reaction of a kind, where there is one.
func withdraw(ctx context.Context, tx *database.Tx, at thread.Target, actorID database.ID, kind string, now time.Time) error {
	if kind == "" {
		return nil
	}
	r, err := thread.ReactionOf(ctx, tx, database.Hash(at.URI()), actorID, kind)
	if errors.Is(err, database.ErrNotFound) || err == nil && (r.State == thread.ReactionHidden || r.State == thread.ReactionUndone) {
		return nil
	}
	if err == nil {
		err = thread.DeleteReaction(ctx, tx, r)
	}
	if err == nil {
		err = thread.DeleteCovered(ctx, tx, r)
	}
	if err == nil && r.State == thread.ReactionShown && isCounted(kind) {
		r.At = now
		_, err = reacted(ctx, tx, at.Reply, r, r.Counts().Negative(), "")
	}
	return err
}

// isCounted reports whether a reaction of this kind adds to a number that readers see.
func isCounted(kind string) bool { return thread.KindNamed(kind).Adds != thread.Counts{} }

// keep stores a reaction. A later one of the same kind takes its place, as a person changes their
// emoji; the Undo of the earlier one, which may still be on its way, must then not take the later.
func keep(ctx context.Context, tx *database.Tx, at thread.Target, r thread.Reaction, a *Inbound) (Outcome, error) {
	old, err := thread.ReactionOf(ctx, tx, r.Target, r.ActorID, r.Kind)
	if errors.Is(err, database.ErrNotFound) {
		if err := thread.InsertReaction(ctx, tx, r); err != nil {
			return Outcome{}, err
		}
		if err := unlessUndone(ctx, tx, a); err != nil {
			return Outcome{}, err
		}
		switch {
		case r.State != thread.ReactionShown:
			return done("from somebody who is blocked: not counted", r.BlogID), nil
		case !isCounted(r.Kind):
			return done("a vote against it: counted nowhere", r.BlogID), nil
		}
		return reacted(ctx, tx, at.Reply, r, r.Counts(), a.Kind+" counted")
	}
	if err != nil {
		return Outcome{}, err
	}
	switch old.State {
	case thread.ReactionHidden, thread.ReactionUndone: // a moderator has decided about what this person does here
		r.State = thread.ReactionHidden
	}
	if old.Activity == r.Activity && old.Emoji == r.Emoji && old.State == r.State {
		return Dropped("known already"), nil
	}
	if err := thread.ReplaceReaction(ctx, tx, old, r); err != nil {
		return Outcome{}, err
	}
	if err := cover(ctx, tx, old, r, a); err != nil || (old.State == thread.ReactionShown) == (r.State == thread.ReactionShown) {
		return done("replaces an earlier one", r.BlogID), err
	}
	change := thread.Changes{}
	change.Move(old, r.State)
	return reacted(ctx, tx, at.Reply, r, change[r.PostID], "replaces an earlier one")
}

// reacted lets the thread know.
func reacted(ctx context.Context, tx *database.Tx, to thread.Stored, r thread.Reaction, change thread.Counts, verdict string) (Outcome, error) {
	out := done(verdict, r.BlogID)
	if r.ReplyID != 0 && to.Status != thread.Shown {
		return out, nil // nobody sees it
	}
	return out, thread.Bump(ctx, tx, r.PostID, change, r.At)
}

// emoji is what a Like carries beyond itself: Misskey and Pleroma put it in content, old Misskey
// elsewhere.
func emoji(activity activitypub.Object) string {
	text := activity.Text("content")
	if text == "" {
		text = activity.String("_misskey_reaction")
	}
	return safehtml.Cut(safehtml.Text(thread.Cut(text, thread.MaxContent)), maxEmoji)
}

// Pleroma, Akkoma and Iceshrimp let a person like a thing and react to it with several emoji as
// well, and take back each of these alone. One of them counts, the last. The others stay below it,
// covered, until they are taken back, and the newest of them counts again when the last is.

// cover keeps old below r, which has taken its place. With the same emoji r says the same once
// more, and stands for both: the Undo of the earlier one, which may still be on its way, takes
// nothing.
func cover(ctx context.Context, tx *database.Tx, old, r thread.Reaction, a *Inbound) error {
	below, err := thread.CoveredBy(ctx, tx, old)
	if err != nil {
		return err
	}
	last := int64(0)
	if len(below) > 0 {
		last = below[0].Place
	}
	forget := func(r thread.Reaction) error {
		return rememberUndone(ctx, tx, undoneHash(a.Actor, r.Activity), a)
	}
	for i, b := range below {
		if b.Activity != r.Activity && b.Emoji != r.Emoji && i < thread.MaxCovered-1 {
			continue
		}
		if err := thread.DeleteReaction(ctx, tx, b); err != nil {
			return err
		}
		if b.Activity != r.Activity {
			if err := forget(b); err != nil {
				return err
			}
		}
	}
	switch {
	case old.Activity == r.Activity:
		return nil
	case old.State == thread.ReactionUndone, old.Emoji == r.Emoji:
		return forget(old)
	}
	old.Place, old.State = last+1, thread.ReactionCovered
	return thread.InsertReaction(ctx, tx, old)
}

// uncover puts the newest of those below r in its place, and reports whether there is one. What was
// decided about r holds for it.
func uncover(ctx context.Context, tx *database.Tx, r thread.Reaction) (bool, error) {
	below, err := thread.CoveredBy(ctx, tx, r)
	if err != nil || len(below) == 0 {
		return false, err
	}
	next := below[0]
	if err := thread.DeleteReaction(ctx, tx, next); err != nil {
		return false, err
	}
	next.State = r.State
	return true, thread.ReplaceReaction(ctx, tx, r, next)
}

// describedReaction is the reaction with an emoji, or else the one that counts.
func describedReaction(
	ctx context.Context, tx *database.Tx, target database.Digest, actorID database.ID, kind, emoji string,
) (thread.Reaction, error) {
	r, err := thread.ReactionOf(ctx, tx, target, actorID, kind)
	if err != nil || r.Emoji == emoji {
		return r, err
	}
	below, err := thread.CoveredBy(ctx, tx, r)
	for _, b := range below {
		if b.Emoji == emoji {
			return b, nil
		}
	}
	return r, err
}
