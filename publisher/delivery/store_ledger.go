package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// selectDelivery has an outer join, so that every planner begins with the deliveries.
const selectDelivery = `
		SELECT d.activity_id, d.inbox_hash, COALESCE(a.uri, ''), COALESCE(a.kind, ''), d.inbox, d.host, d.blog_id, d.state, d.attempts,
			d.next_attempt_at, d.last_status, d.last_answer, d.created_at, d.settled_at, d.joined
		FROM deliveries d
		LEFT JOIN activities a ON a.id = d.activity_id`

// failing reads the newest of one state. next_attempt_at of a settled row is when it was settled, so one index serves both.
func failing(ctx context.Context, q database.Querier, state string, limit int) ([]Delivery, error) {
	return database.Collect(scanDelivery)(q.Query(ctx, selectDelivery+`
		WHERE d.state = ?
		AND (d.attempts > 0 OR d.state <> 'pending')
		ORDER BY d.next_attempt_at DESC
		LIMIT ?`, state, limit))
}

func scanDelivery(row database.Scanner) (d Delivery, err error) {
	var next, created, settled int64
	err = row.Scan(&d.ActivityID, &d.inboxHash, &d.ActivityURI, &d.Kind, &d.Inbox, &d.Host, &d.BlogID, &d.State, &d.Attempts,
		&next, &d.LastStatus, &d.LastAnswer, &created, &settled, &d.Joined)
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

// What readCounts counts beside the states.
const (
	countedFolded   = "+folded"
	countedEnqueued = "+enqueued"
)

// readCounts is one statement, and so one moment: a server may be sending meanwhile.
func readCounts(ctx context.Context, q database.Querier) ([]stateCount, error) {
	return database.Collect(scanCount)(q.Query(ctx, `
		SELECT state, COUNT(*)
		FROM deliveries
		GROUP BY state
		UNION ALL
		SELECT '`+countedFolded+`', COALESCE(SUM(folded), 0)
		FROM activities
		UNION ALL
		SELECT '`+countedEnqueued+`', COALESCE(SUM(enqueued), 0)
		FROM activities`))
}

func scanCount(row database.Scanner) (c stateCount, err error) { return c, row.Scan(&c.state, &c.n) }

// unbalanced lists activities that have not as many deliveries as were enqueued.
func unbalanced(ctx context.Context, q database.Querier, limit int) ([]string, error) {
	return database.Collect(func(row database.Scanner) (uri string, err error) { return uri, row.Scan(&uri) })(q.Query(ctx, `
		SELECT a.uri
		FROM activities a
		LEFT JOIN (
			SELECT activity_id, COUNT(*) AS n
			FROM deliveries
			GROUP BY activity_id
		) c ON c.activity_id = a.id
		WHERE a.enqueued <> a.folded + COALESCE(c.n, 0)
		LIMIT ?`, limit))
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

func scanKey(row database.Scanner) (k rowKey, err error) { return k, row.Scan(&k.activity, &k.inbox) }

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
