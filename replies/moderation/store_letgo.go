package moderation

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// isApproved says whether a reply of this author on this blog was approved.
func isApproved(ctx context.Context, q database.Querier, blogID, authorID database.ID) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM replies
WHERE author_id = ? AND blog_id = ? AND approved_at > 0
LIMIT 1`, authorID, blogID))
}

// crowdedBlogs lists blogs on which so many replies wait, or so many bytes of them.
func crowdedBlogs(ctx context.Context, q database.Querier, number, bytes int) ([]Crowd, error) {
	return database.Collect(func(row database.Scanner) (c Crowd, err error) {
		return c, row.Scan(&c.BlogID, &c.Held)
	})(q.Query(ctx, `
SELECT blog_id, COUNT(*)
FROM replies
WHERE status = ?
GROUP BY blog_id
HAVING COUNT(*) >= ? OR SUM(size) >= ?
ORDER BY blog_id
LIMIT 100`, thread.Held, number, bytes))
}

// crowdingSites lists the sites of which most waits on a blog. number and bytes are what its queue
// has room for.
func crowdingSites(ctx context.Context, q database.Querier, blogID database.ID, number, bytes int) ([]CrowdSite, error) {
	return database.Collect(func(row database.Scanner) (s CrowdSite, err error) {
		return s, row.Scan(&s.Site, &s.Held)
	})(q.Query(ctx, `
SELECT site, COUNT(*)
FROM replies
WHERE blog_id = ? AND status = ?
GROUP BY site
ORDER BY COUNT(*) * ? + SUM(size) DESC, site
LIMIT 5`, blogID, thread.Held, bytes/number))
}

// dueToLetGo lists replies whose text has been kept long enough.
func dueToLetGo(ctx context.Context, q database.Querier, now time.Time, limit int) ([]thread.Authored, error) {
	return database.Collect(func(row database.Scanner) (r thread.Authored, err error) {
		return r, row.Scan(&r.ID, &r.Status)
	})(q.Query(ctx, `
SELECT id, status
FROM replies
WHERE let_go_at <= ?
ORDER BY let_go_at
LIMIT ?`, database.Millis(now), limit))
}

// dropText leaves nothing of what a reply says, unless something has happened to it since it was
// listed. No reader sees a difference.
func dropText(ctx context.Context, q database.Querier, r thread.Authored, now time.Time) error {
	status := r.Status
	if status == thread.Held {
		status = thread.Expired
	}
	_, err := q.Exec(ctx, `
UPDATE replies
SET status = ?, url = '', html = '', cw = '', language = '', attachments = '[]', tags = NULL, content_hash = ?, size = 0, let_go_at = NULL
WHERE id = ? AND status = ? AND let_go_at <= ?`, status, database.Digest{}, r.ID, r.Status, database.Millis(now))
	if err != nil {
		return fmt.Errorf("let go of the text: %w", err)
	}
	return nil
}
