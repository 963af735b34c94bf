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
SELECT blog_id, etag, last_modified, body_hash, moved_to, imported, next_at, lease_until, polled_at, succeeded_at, changed_at, failures, last_error
FROM polls`

func scanPoll(row scanner) (p Poll, err error) {
	var next, lease, polled, succeeded, changed int64
	err = row.Scan(&p.BlogID, &p.ETag, &p.LastModified, &p.BodyHash, &p.MovedTo, &p.Imported, &next, &lease, &polled, &succeeded, &changed,
		&p.Failures, &p.LastError)
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
