package inbox

import (
	"context"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

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
