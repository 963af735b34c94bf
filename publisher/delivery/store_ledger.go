package delivery

import (
	"context"
	"database/sql"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// failing reads the newest of one state. next_attempt_at of a settled row is when it was settled, so one index serves both. The outer join
// makes every planner begin with it.
func failing(ctx context.Context, q database.Querier, state string, limit int) ([]Delivery, error) {
	return database.Collect(scanDelivery)(q.Query(ctx, `
		SELECT d.activity_id, COALESCE(a.uri, ''), COALESCE(a.kind, ''), d.inbox, d.host, d.blog_id, d.state, d.attempts,
			d.next_attempt_at, d.last_status, d.last_answer, d.created_at, d.settled_at
		FROM deliveries d
		LEFT JOIN activities a ON a.id = d.activity_id
		WHERE d.state = ?
		AND (d.attempts > 0 OR d.state <> 'pending')
		ORDER BY d.next_attempt_at DESC
		LIMIT ?`, state, limit))
}

func scanDelivery(rows *sql.Rows) (d Delivery, err error) {
	var next, created, settled int64
	err = rows.Scan(&d.ActivityID, &d.ActivityURI, &d.Kind, &d.Inbox, &d.Host, &d.BlogID, &d.State, &d.Attempts,
		&next, &d.LastStatus, &d.LastAnswer, &created, &settled)
	d.CreatedAt, d.SettledAt = database.Time(created), database.Time(settled)
	if d.State == Pending {
		d.NextAttemptAt = database.Time(next)
	}
	return d, err
}

// Stored is an activity as it was sent, by its id in the world; database.ErrNotFound where none has it.
func Stored(ctx context.Context, q database.Querier, uri string) (kind string, body []byte, err error) {
	err = q.QueryRow(ctx, `
		SELECT kind, body
		FROM activities
		WHERE uri_hash = ?`, database.Hash(uri)).Scan(&kind, &body)
	return kind, body, err
}

type stateCount struct {
	state string
	n     int
}

func countStates(ctx context.Context, q database.Querier) ([]stateCount, error) {
	return database.Collect(scanCount)(q.Query(ctx, `
		SELECT state, COUNT(*)
		FROM deliveries
		GROUP BY state`))
}

func scanCount(rows *sql.Rows) (c stateCount, err error) { return c, rows.Scan(&c.state, &c.n) }

func countFolded(ctx context.Context, q database.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COALESCE(SUM(folded), 0)
		FROM activities`).Scan(&n)
	return n, err
}

// rowKey is a delivery's primary key.
type rowKey struct {
	activity database.ID
	inbox    database.Digest
}

func oldDelivered(ctx context.Context, q database.Querier, before time.Time) ([]rowKey, error) {
	return database.Collect(scanKey)(q.Query(ctx, `
		SELECT activity_id, inbox_hash
		FROM deliveries
		WHERE state = ?
		AND next_attempt_at < ?
		ORDER BY next_attempt_at
		LIMIT ?`, Delivered, database.Millis(before), foldRows))
}

func scanKey(rows *sql.Rows) (k rowKey, err error) { return k, rows.Scan(&k.activity, &k.inbox) }

// foldInto counts the rows that it really deleted: another worker may be folding too.
func foldInto(ctx context.Context, q database.Querier, activity database.ID, inboxes []database.Digest) error {
	args := []any{activity, Delivered}
	n, err := q.Exec(ctx, `
		DELETE FROM deliveries
		WHERE activity_id = ?
		AND state = ?
		AND inbox_hash IN (`+database.Marks(len(inboxes))+`)`, append(args, digests(inboxes)...)...)
	if err != nil || n == 0 {
		return err
	}
	_, err = q.Exec(ctx, `
		UPDATE activities
		SET folded = folded + ?
		WHERE id = ?`, n, activity)
	return err
}
