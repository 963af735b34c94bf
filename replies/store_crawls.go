package replies

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// insertCrawl plans a crawl, unless there is one for the same thing.
func insertCrawl(ctx context.Context, q database.Querier, c crawl) error {
	_, err := q.Exec(ctx, `
INSERT INTO crawls (id, uri, uri_hash, blog_id, post_id, kind, collection, fallback, page, pages, rounds, found, due_at, lease_until, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0, ?, 0, ?)`,
		c.id, c.uri, database.Hash(c.uri), c.blog, c.post, c.kind, c.collection, c.fallback, database.Millis(c.due), database.Millis(c.created))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// restartCrawl looks for the answers to a reply from the beginning, whatever rounds there were.
func restartCrawl(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	c := crawl{kind: crawlReplies, created: now}
	_, err := q.Exec(ctx, `
UPDATE crawls
SET page = '', pages = 0, rounds = 0, due_at = ?, lease_until = 0, created_at = ?
WHERE uri_hash = ? AND kind = ?`, database.Millis(c.next(now)), database.Millis(now), database.Hash(uri), c.kind)
	return err
}

// crawlDue is when the answers to something are looked for next; zero where they are not.
func crawlDue(ctx context.Context, q database.Querier, uri string) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(due_at)
FROM crawls
WHERE uri_hash = ? AND due_at > 0`, database.Hash(uri)))
}
