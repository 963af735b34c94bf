package delivery

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
)

// mostReached bounds how many deliveries of one object are read: some of each server for 20,000 servers.
const mostReached = 100_000

// Reached says of inboxes to which a sender's Create, Updates or boosts of an object went, whether what is there may still be there: true
// where one arrived, may have arrived or waits, false where the server refused the last one or the inbox was gone. Inboxes that never had
// any are missing, and so is what was delivered 90 days ago (fold.go).
func Reached(ctx context.Context, q database.Querier, sender, objectURI string) (map[string]bool, error) {
	rows, err := reachedRows(ctx, q, Activity{Sender: sender, ObjectURI: objectURI}.object(), mostReached)
	if err != nil {
		return nil, fmt.Errorf("list where %s went: %w", objectURI, err)
	}
	reached := map[string]bool{}
	for _, r := range rows {
		if _, newer := reached[r.inbox]; newer {
			continue
		}
		switch {
		case r.state == Delivered, r.state == Pending, r.unsure:
			reached[r.inbox] = true
		case r.state == Refused, r.state == Gone:
			reached[r.inbox] = false
		}
	}
	return reached, nil
}

type reachedRow struct {
	inbox, state string
	unsure       bool
}

func reachedRows(ctx context.Context, q database.Querier, object database.Digest, limit int) ([]reachedRow, error) {
	return database.Collect(func(row database.Scanner) (r reachedRow, err error) {
		return r, row.Scan(&r.inbox, &r.state, &r.unsure)
	})(q.Query(ctx, `
		SELECT d.inbox, d.state, d.unsure
		FROM deliveries d
		JOIN activities a ON a.id = d.activity_id
		WHERE d.object_hash = ?
		AND a.kind IN ('Create', 'Update', 'Announce')
		ORDER BY d.activity_id DESC
		LIMIT ?`, object, limit))
}
