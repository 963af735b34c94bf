package crawl

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// dueReceived lists waiting rows that nobody holds, without those of the persons and sites that are
// busy.
func dueReceived(ctx context.Context, q database.Querier, now time.Time, busy busy, limit int) ([]inbox.JournalRow, error) {
	at := database.Millis(now)
	where, args := "", []any{inbox.StateQueued, at, at}
	for column, names := range map[string][]any{"actor_uri": busy.persons, "cause_site": busy.causes, "asks_site": busy.asked} {
		if len(names) > 0 {
			where += " AND " + column + " NOT IN (" + database.Marks(len(names)) + ")"
			args = append(args, names...)
		}
	}
	return database.Collect(func(row database.Scanner) (j inbox.JournalRow, err error) {
		var received int64
		err = row.Scan(&j.ID, &j.Person, &j.Cause, &j.Asks, &j.Forwarded, &j.Inbox, &j.Attempts, &received, &j.Lease)
		j.Received = database.Time(received)
		return j, err
	})(q.Query(ctx, `
SELECT id, actor_uri, cause_site, asks_site, forwarded, blog_id, attempts, received_at, lease_until
FROM received
WHERE state = ? AND next_attempt_at <= ? AND lease_until <= ?`+where+`
ORDER BY next_attempt_at
LIMIT ?`, append(args, limit)...))
}

// bodyOfReceived is the activity of a row.
func bodyOfReceived(ctx context.Context, q database.Querier, id database.ID) (body []byte, err error) {
	err = q.QueryRow(ctx, `
SELECT body
FROM received
WHERE id = ?`, id).Scan(&body)
	return body, err
}

// soonestReceived returns when the next waiting row is due; one that a worker holds is due again
// when its lease ends.
func soonestReceived(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > next_attempt_at THEN lease_until ELSE next_attempt_at END)
FROM (
	SELECT next_attempt_at, lease_until
	FROM received
	WHERE state = ?
	ORDER BY next_attempt_at
	LIMIT ?
) soonest`, inbox.StateQueued, database.MaxLeased))
}

// claimReceived takes a row if it is still as it was listed. The attempt counts from now on: a row
// whose work kills the process must not be tried for ever.
func claimReceived(ctx context.Context, q database.Querier, j *inbox.JournalRow, until time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE received
SET lease_until = ?, attempts = attempts + 1
WHERE id = ? AND state = ? AND lease_until = ? AND attempts = ?`,
		database.Millis(until), j.ID, inbox.StateQueued, j.Lease, j.Attempts)
	j.Lease, j.Attempts = database.Millis(until), j.Attempts+1
	return rows == 1, err
}

// deferReceived gives a row back, to be tried again.
func deferReceived(ctx context.Context, q database.Querier, j inbox.JournalRow, verdict string, next time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE received
SET lease_until = 0, next_attempt_at = ?, verdict = ?, asks_site = ?
WHERE id = ? AND state = ? AND lease_until = ?`,
		database.Millis(next), safehtml.Cut(verdict, inbox.MaxVerdict), safehtml.Cut(j.Asks, inbox.MaxSite), j.ID, inbox.StateQueued, j.Lease)
	return err
}

// expireDropped forgets up to limit rows older than before that had no effect, and says how many it
// was.
func expireDropped(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	ids, err := database.Collect(database.ScanID)(q.Query(ctx, `
SELECT id
FROM received
WHERE state = ? AND next_attempt_at < ?
ORDER BY next_attempt_at
LIMIT ?`, inbox.StateDropped, database.Millis(before), limit))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM received
WHERE id IN (`+database.Marks(len(ids))+`)`, database.Args(ids)...)
}

// expireReceived forgets up to limit rows older than before that are done with, and says how many
// it was.
func expireReceived(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	ids, err := database.Collect(func(row database.Scanner) (id any, err error) {
		var n database.ID
		err = row.Scan(&n)
		return n, err
	})(q.Query(ctx, `
SELECT id
FROM received
WHERE received_at < ? AND state <> ?
ORDER BY received_at
LIMIT ?`, database.Millis(before), inbox.StateQueued, limit))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM received
WHERE id IN (`+database.Marks(len(ids))+`)`, ids...)
}
