package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// cancelAnswers leaves alone what is on its way.
func cancelAnswers(ctx context.Context, q database.Querier, object database.Digest, to inbox, now time.Time) error {
	at := database.Millis(now)
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, settled_at = ?, next_attempt_at = ?, last_answer = ?
		WHERE object_hash = ?
		AND host = ?
		AND state = ?
		AND inbox_hash = ?
		AND lease_until = 0
		AND EXISTS (
			SELECT 1
			FROM activities a
			WHERE a.id = deliveries.activity_id
			AND a.kind IN ('Accept', 'Reject')
		)`, Cancelled, at, at, joinedWords, object, to.host, Pending, to.hash)
	return err
}

func lastAbout(ctx context.Context, q database.Querier, object, inbox database.Digest) (kind, state string, settled time.Time, err error) {
	var at int64
	err = q.QueryRow(ctx, `
		SELECT a.kind, d.state, d.settled_at
		FROM activities a
		JOIN deliveries d ON d.activity_id = a.id AND d.inbox_hash = ?
		WHERE a.object_hash = ?
		ORDER BY a.id DESC
		LIMIT 1`, inbox, object).Scan(&kind, &state, &at)
	return kind, state, database.Time(at), err
}
