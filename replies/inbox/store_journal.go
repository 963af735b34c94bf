package inbox

import (
	"context"

	"github.com/bloghorn/bloghorn/server/database"
)

const selectReceived = `
SELECT id, uri, type, actor_uri, blog_id, state, verdict, forwarded, asks_site, attempts, next_attempt_at, received_at
FROM received`

func scanReceived(row database.Scanner) (r Received, err error) {
	var due, at int64
	err = row.Scan(&r.ID, &r.URI, &r.Type, &r.Actor, &r.BlogID, &r.State, &r.Verdict, &r.Forwarded, &r.Asks, &r.Attempts, &due, &at)
	r.At = database.Time(at)
	if r.State == StateQueued {
		r.DueAt = database.Time(due)
	}
	return r, err
}

// newestReceived lists the journal backwards, by the one index that says most about what is asked for.
func newestReceived(ctx context.Context, q database.Querier, f ReceivedFilter, limit int) ([]Received, error) {
	scan := database.Collect(scanReceived)
	const newest = `
ORDER BY id DESC
LIMIT ?`
	switch {
	case f.About != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE about_hash = ? AND (? = '' OR state = ?) AND (? = '' OR cause_site = ?)`+newest,
			database.Hash(f.About), f.State, f.State, f.Site, f.Site, limit))
	case f.Site != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE state IN (?, ?, ?) AND cause_site = ? AND (? = '' OR state = ?)`+newest,
			StateQueued, stateDone, StateDropped, f.Site, f.State, f.State, limit))
	case f.State != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE state = ?
ORDER BY next_attempt_at DESC
LIMIT ?`, f.State, limit))
	}
	return scan(q.Query(ctx, selectReceived+newest, limit))
}

func receivedByID(ctx context.Context, q database.Querier, id database.ID) (Received, error) {
	return scanReceived(q.QueryRow(ctx, selectReceived+`
WHERE id = ?`, id))
}
