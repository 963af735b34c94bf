package moderation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxObjectBytes bounds the JSON of a report's objects; TEXT holds 65,535.
const maxObjectBytes = 60_000

const selectReport = `
SELECT id, blog_id, actor_uri, objects, reason, created_at, closed_at, closed_by
FROM reports`

func scanReport(row database.Scanner) (r Report, err error) {
	var objects string
	var created, closed int64
	err = row.Scan(&r.ID, &r.BlogID, &r.Actor, &objects, &r.Reason, &created, &closed, &r.ClosedBy)
	r.CreatedAt, r.ClosedAt = database.Time(created), database.Time(closed)
	if err == nil && json.Unmarshal([]byte(objects), &r.Objects) != nil {
		r.Objects = nil // one bad row breaks no list
	}
	return r, err
}

func reportByID(ctx context.Context, q database.Querier, id database.ID) (Report, error) {
	return scanReport(q.QueryRow(ctx, selectReport+`
WHERE id = ?`, id))
}

func listReports(ctx context.Context, q database.Querier, closed bool, after database.ID, limit int) ([]Report, error) {
	scan := database.Collect(scanReport)
	if closed {
		return scan(q.Query(ctx, selectReport+`
WHERE id > ? AND closed_at > 0
ORDER BY id
LIMIT ?`, after, limit))
	}
	return scan(q.Query(ctx, selectReport+`
WHERE closed_at = 0 AND id > ?
ORDER BY id
LIMIT ?`, after, limit))
}

// CountReports counts what a site has reported since a time, up to max.
func CountReports(ctx context.Context, q database.Querier, site string, since time.Time, max int) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM (
	SELECT id
	FROM reports
	WHERE site = ? AND created_at > ?
	LIMIT ?) counted_ones`, site, database.Millis(since), max).Scan(&n)
	return n, err
}

// InsertReport stores a report of a site.
func InsertReport(ctx context.Context, q database.Querier, site string, r Report) error {
	objects, _ := json.Marshal(r.Objects) // strings always marshal
	for len(objects) > maxObjectBytes {
		r.Objects = r.Objects[:len(r.Objects)-1]
		objects, _ = json.Marshal(r.Objects)
	}
	_, err := q.Exec(ctx, `
INSERT INTO reports (id, blog_id, site, actor_uri, objects, reason, created_at, closed_at, closed_by)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, '')`, r.ID, r.BlogID, site, r.Actor, string(objects), r.Reason, database.Millis(r.CreatedAt))
	if err != nil {
		return fmt.Errorf("store the report: %w", err)
	}
	return nil
}

func closeReport(ctx context.Context, q database.Querier, id database.ID, who string, now time.Time) error {
	rows, err := q.Exec(ctx, `
UPDATE reports
SET closed_at = ?, closed_by = ?
WHERE id = ? AND closed_at = 0`, database.Millis(now), who, id)
	return thread.ExactlyOne(rows, err, "close the report")
}

// CountOpenReports counts the reports that wait, up to max.
func CountOpenReports(ctx context.Context, q database.Querier, max int) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM (
	SELECT id
	FROM reports
	WHERE closed_at = 0
	LIMIT ?) open_ones`, max).Scan(&n)
	return n, err
}

// ExpireReports forgets up to limit reports that came before a time. Their ids grow with time.
func ExpireReports(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	oldest, err := database.Collect(scanReport)(q.Query(ctx, selectReport+`
ORDER BY id
LIMIT ?`, limit))
	var old []database.ID
	for _, r := range oldest {
		if r.CreatedAt.Before(before) {
			old = append(old, r.ID)
		}
	}
	if err != nil || len(old) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM reports
WHERE id IN (`+database.Marks(len(old))+`)`, database.Args(old)...)
}
