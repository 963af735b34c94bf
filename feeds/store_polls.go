package feeds

import (
	"context"
	"database/sql"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Poll is what the poller remembers of a blog's feed.
type Poll struct {
	BlogID       database.ID
	ETag         string          // as the last readable answer had it
	LastModified string          // the same
	BodyHash     database.Digest // of the last readable answer: a known body is not parsed again
	HashVersion  int             // of the posts' hashes then; after an upgrade a known body is parsed once more
	MovedTo      string          // where the feed's address has permanently moved, "" if it has not
	Imported     bool            // false until the history is stored, which is never announced
	NextAt       time.Time
	LeaseUntil   time.Time // a process is polling until then; zero when none is
	PolledAt     time.Time
	SucceededAt  time.Time
	ChangedAt    time.Time // when there was last a new or edited post
	Failures     int       // in a row
	LastError    string    // a sentence for the owner; "" after a success
}

const selectPoll = `
SELECT blog_id, etag, last_modified, body_hash, hash_version, moved_to, imported, next_at, lease_until, polled_at, succeeded_at, changed_at,
	failures, last_error
FROM polls`

func scanPoll(row scanner) (p Poll, err error) {
	var next, lease, polled, succeeded, changed int64
	err = row.Scan(&p.BlogID, &p.ETag, &p.LastModified, &p.BodyHash, &p.HashVersion, &p.MovedTo, &p.Imported, &next, &lease, &polled,
		&succeeded, &changed, &p.Failures, &p.LastError)
	p.NextAt, p.LeaseUntil, p.PolledAt = database.Time(next), database.Time(lease), database.Time(polled)
	p.SucceededAt, p.ChangedAt = database.Time(succeeded), database.Time(changed)
	return p, err
}

func scanPolls(rows *sql.Rows) (Poll, error) { return scanPoll(rows) }

// PollOf returns database.ErrNotFound where there is no such blog.
func PollOf(ctx context.Context, q database.Querier, blogID database.ID) (Poll, error) {
	return scanPoll(q.QueryRow(ctx, selectPoll+`
WHERE blog_id = ?`, blogID))
}

// ListPolls lists the polls of the blogs after an id, oldest blog first; 0 begins.
func ListPolls(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Poll, error) {
	return database.Collect(scanPolls)(q.Query(ctx, selectPoll+`
WHERE blog_id > ?
ORDER BY blog_id
LIMIT ?`, after, limit))
}

// duePolls lists polls that are due and nobody is doing, the longest due first.
func duePolls(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Poll, error) {
	return database.Collect(scanPolls)(q.Query(ctx, selectPoll+`
WHERE next_at <= ? AND lease_until <= ?
ORDER BY next_at
LIMIT ?`, database.Millis(now), database.Millis(now), limit))
}

// leasePoll claims a poll for one process, if it is still as it was read.
func leasePoll(ctx context.Context, q database.Querier, p Poll, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE polls
SET lease_until = ?
WHERE blog_id = ? AND lease_until = ? AND next_at = ?`,
		database.Millis(until), p.BlogID, database.Millis(p.LeaseUntil), database.Millis(p.NextAt))
	return n == 1, err
}

// releasePoll gives a claim back, so that a restart does not wait for its end.
func releasePoll(ctx context.Context, q database.Querier, p Poll) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET lease_until = 0
WHERE blog_id = ? AND lease_until = ?`, p.BlogID, database.Millis(p.LeaseUntil))
	return err
}

// settlePoll records a poll's outcome and ends its lease. errLeaseLost means that the lease was no longer ours, and nothing is changed.
func settlePoll(ctx context.Context, q database.Querier, p Poll) error {
	n, err := q.Exec(ctx, `
UPDATE polls
SET etag = ?, last_modified = ?, body_hash = ?, hash_version = ?, moved_to = ?, imported = ?, next_at = ?, lease_until = 0,
	polled_at = ?, succeeded_at = ?, changed_at = ?, failures = ?, last_error = ?
WHERE blog_id = ? AND lease_until = ?`,
		p.ETag, p.LastModified, p.BodyHash.OrNull(), p.HashVersion, p.MovedTo, p.Imported, database.Millis(p.NextAt),
		database.Millis(p.PolledAt), database.Millis(p.SucceededAt), database.Millis(p.ChangedAt), p.Failures, p.LastError,
		p.BlogID, database.Millis(p.LeaseUntil))
	if err == nil && n == 0 {
		err = errLeaseLost
	}
	return err
}

func insertPoll(ctx context.Context, q database.Querier, p Poll) error {
	_, err := q.Exec(ctx, `
INSERT INTO polls (blog_id, etag, last_modified, body_hash, hash_version, moved_to, imported, next_at, lease_until, polled_at, succeeded_at,
	changed_at, failures, last_error)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)`,
		p.BlogID, p.ETag, p.LastModified, p.BodyHash.OrNull(), p.HashVersion, p.MovedTo, p.Imported, database.Millis(p.NextAt),
		database.Millis(p.PolledAt), database.Millis(p.SucceededAt), database.Millis(p.ChangedAt), p.Failures, p.LastError)
	return err
}
