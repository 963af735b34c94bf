package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Reroute enqueues an activity once more, for other inboxes in place of one that is gone; those that have a delivery of it already are left
// out. It is the caller's word that the same people are behind them.
func Reroute(ctx context.Context, tx database.Querier, activity database.ID, from string, to []string, now time.Time) error {
	rows, err := rerouted(ctx, tx, activity, database.Hash(from), newInboxes(to), now)
	if err != nil {
		return fmt.Errorf("read the delivery to %s: %w", from, err)
	}
	if err := insertDeliveries(ctx, tx, rows); err != nil {
		return fmt.Errorf("store deliveries in place of %s: %w", from, err)
	}
	return countEnqueued(ctx, tx, activity, len(rows))
}

func rerouted(
	ctx context.Context, q database.Querier, activity database.ID, from database.Digest, to []inbox, now time.Time,
) (rows []newRow, err error) {
	if len(to) == 0 {
		return nil, nil
	}
	like := newRow{activity: activity, state: Pending, firstTry: now, now: now}
	err = q.QueryRow(ctx, `
		SELECT object_hash, blog_id, joined
		FROM deliveries
		WHERE activity_id = ?
		AND inbox_hash = ?`, activity, from).Scan(&like.object, &like.blogID, &like.joined)
	if err != nil {
		return nil, err
	}
	for len(to) > 0 {
		batch := to[:min(len(to), insertRows)]
		to = to[len(batch):]
		there, err := haveDelivery(ctx, q, activity, batch)
		if err != nil {
			return nil, err
		}
		for _, one := range batch {
			if !there[one.hash] {
				r := like
				r.to = one
				rows = append(rows, r.checked())
			}
		}
	}
	return rows, nil
}

func haveDelivery(ctx context.Context, q database.Querier, activity database.ID, of []inbox) (map[database.Digest]bool, error) {
	args := []any{activity}
	for _, one := range of {
		args = append(args, one.hash)
	}
	list, err := database.Collect(scanDigest)(q.Query(ctx, `
		SELECT inbox_hash
		FROM deliveries
		WHERE activity_id = ?
		AND inbox_hash IN (`+database.Marks(len(of))+`)`, args...))
	there := make(map[database.Digest]bool, len(list))
	for _, hash := range list {
		there[hash] = true
	}
	return there, err
}
