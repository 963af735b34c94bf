package delivery

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// insertRows is how many deliveries one INSERT holds. SQLite takes 32,766 values a statement, MySQL 64 MiB.
const insertRows = 500

func insertActivity(ctx context.Context, q database.Querier, a Activity, now time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO activities (id, uri, uri_hash, sender, kind, object_hash, folded, body, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)`,
		a.ID, a.URI, database.Hash(a.URI), a.Sender, a.Kind, a.object(), a.Body, database.Millis(now))
	return err
}

func hasActivity(ctx context.Context, q database.Querier, uri string) (bool, error) {
	var id database.ID
	err := q.QueryRow(ctx, `
		SELECT id
		FROM activities
		WHERE uri_hash = ?`, database.Hash(uri)).Scan(&id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// countEnqueued is what the ledger is checked against.
func countEnqueued(ctx context.Context, q database.Querier, activity database.ID, n int) error {
	_, err := q.Exec(ctx, `
		UPDATE activities
		SET enqueued = enqueued + ?
		WHERE id = ?`, n, activity)
	return err
}

func insertDeliveries(ctx context.Context, q database.Querier, rows []newRow) error {
	for batch := range slices.Chunk(rows, insertRows) {
		const row = `(?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 0, 0, ?, ?, ?, ?, 0)`
		args := make([]any, 0, 13*len(batch))
		for _, r := range batch {
			args = append(args, r.activity, r.to.hash, r.to.url, r.to.host, r.blogID, r.object, r.state,
				database.Millis(r.firstTry), database.Millis(r.now.Add(tryFor)), r.words, database.Millis(r.now), r.settledAt(), r.joined)
		}
		_, err := q.Exec(ctx, `
			INSERT INTO deliveries (activity_id, inbox_hash, inbox, host, blog_id, object_hash, state, attempts,
				next_attempt_at, expires_at, lease_until, lease_token, last_status, last_answer, created_at, settled_at, joined, unsure)
			VALUES `+strings.TrimSuffix(strings.Repeat(row+", ", len(batch)), ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// cancelObject cancels what waits of an object. Rows that are being tried keep their lease: what comes next waits for its end, and an
// answer that still arrives is recorded.
func cancelObject(ctx context.Context, q database.Querier, object database.Digest, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, settled_at = ?
		WHERE object_hash = ?
		AND state = ?`, Cancelled, database.Millis(now), object, Pending)
	return err
}

func cancelInboxes(ctx context.Context, q database.Querier, blogID database.ID, host string, of []database.Digest) (n int64, err error) {
	for batch := range slices.Chunk(of, insertRows) {
		args := []any{Cancelled, host, Pending, blogID, blogID}
		rows, err := q.Exec(ctx, `
			UPDATE deliveries
			SET state = ?
			WHERE host = ?
			AND state = ?
			AND (blog_id = ? OR ? = 0)
			AND inbox_hash IN (`+database.Marks(len(batch))+`)`, append(args, digests(batch)...)...)
		n += rows
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func digests(all []database.Digest) []any {
	args := make([]any, len(all))
	for i, d := range all {
		args[i] = d
	}
	return args
}
