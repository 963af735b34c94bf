package replies

import (
	"context"

	"github.com/bloghorn/bloghorn/server/database"
)

// Pleroma, Akkoma and Iceshrimp let a person like a thing and react to it with several emoji as well,
// and take back each of these alone. One of them counts, the last. The others stay below it, covered,
// until they are taken back, and the newest of them counts again when the last is.

// cover keeps old below r, which has taken its place. With the same emoji r says the same once more,
// and stands for both: the Undo of the earlier one, which may still be on its way, takes nothing.
func cover(ctx context.Context, tx *database.Tx, old, r reaction, a *inbound) error {
	below, err := coveredBy(ctx, tx, old)
	if err != nil {
		return err
	}
	last := int64(0)
	if len(below) > 0 {
		last = below[0].place
	}
	forget := func(r reaction) error {
		return rememberUndone(ctx, tx, undoneHash(a.actor, r.activity), a)
	}
	for i, b := range below {
		if b.activity != r.activity && b.emoji != r.emoji && i < maxCovered-1 {
			continue
		}
		if err := deleteReaction(ctx, tx, b); err != nil {
			return err
		}
		if b.activity != r.activity {
			if err := forget(b); err != nil {
				return err
			}
		}
	}
	switch {
	case old.activity == r.activity:
		return nil
	case old.state == reactionUndone, old.emoji == r.emoji:
		return forget(old)
	}
	old.place, old.state = last+1, reactionCovered
	return insertReaction(ctx, tx, old)
}

// uncover puts the newest of those below r in its place, and reports whether there is one. What was
// decided about r holds for it.
func uncover(ctx context.Context, tx *database.Tx, r reaction) (bool, error) {
	below, err := coveredBy(ctx, tx, r)
	if err != nil || len(below) == 0 {
		return false, err
	}
	next := below[0]
	if err := deleteReaction(ctx, tx, next); err != nil {
		return false, err
	}
	next.state = r.state
	return true, replaceReaction(ctx, tx, r, next)
}

// describedReaction is the reaction with an emoji, or else the one that counts.
func describedReaction(
	ctx context.Context, tx *database.Tx, target database.Digest, actorID database.ID, kind, emoji string,
) (reaction, error) {
	r, err := reactionOf(ctx, tx, target, actorID, kind)
	if err != nil || r.emoji == emoji {
		return r, err
	}
	below, err := coveredBy(ctx, tx, r)
	for _, b := range below {
		if b.emoji == emoji {
			return b, nil
		}
	}
	return r, err
}
