package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const (
	foldAfter = 90 * 24 * time.Hour
	foldEvery = time.Hour
	foldRows  = 500
)

// folds is when the ledger was last looked through for what is old enough to be folded.
type folds struct{ nextAt time.Time }

func (f folds) isDue(now time.Time) bool { return !now.Before(f.nextAt) }

// fold keeps the ledger from growing for ever: deliveries that succeeded 90 days ago become a number on their activity. It does a little
// at a time, and comes back after an hour once nothing is left. What went wrong stays as it is.
func (l *loop) fold(ctx context.Context) {
	now := l.w.Now()
	if !l.folds.isDue(now) {
		return
	}
	n, err := foldDelivered(ctx, l.w.DB, now.Add(-foldAfter))
	if err != nil {
		l.inTrouble(ctx, "old deliveries not folded", err)
	}
	if n < foldRows {
		l.folds.nextAt = now.Add(foldEvery)
	}
}

func foldDelivered(ctx context.Context, db *database.DB, before time.Time) (n int, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		old, err := oldDelivered(ctx, tx, before)
		if err != nil {
			return err
		}
		n = len(old)
		byActivity := newGroups[database.ID, database.Digest](n)
		for _, row := range old {
			byActivity.add(row.activity, row.inbox)
		}
		for activity, inboxes := range byActivity.all() {
			if err := foldInto(ctx, tx, activity, inboxes); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
