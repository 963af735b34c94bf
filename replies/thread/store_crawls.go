package thread

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// InsertCrawl plans a crawl, unless there is one for the same thing.
func InsertCrawl(ctx context.Context, q database.Querier, c Crawl) error {
	_, err := q.Exec(ctx, `
INSERT INTO crawls (id, uri, uri_hash, blog_id, post_id, kind, collection, fallback, page, pages, rounds, found, due_at, lease_until, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0, ?, 0, ?)`,
		c.ID, c.URI, database.Hash(c.URI), c.Blog, c.Post, c.Kind, c.Collection, c.Fallback, database.Millis(c.Due), database.Millis(c.Created))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// RestartCrawl looks for the answers to a reply from the beginning, whatever rounds there were.
func RestartCrawl(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	c := Crawl{Kind: CrawlReplies, Created: now}
	_, err := q.Exec(ctx, `
UPDATE crawls
SET page = '', pages = 0, rounds = 0, due_at = ?, lease_until = 0, created_at = ?
WHERE uri_hash = ? AND kind = ?`, database.Millis(c.Next(now)), database.Millis(now), database.Hash(uri), c.Kind)
	return err
}

// CrawlDue is when the answers to something are looked for next; zero where they are not.
func CrawlDue(ctx context.Context, q database.Querier, uri string) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(due_at)
FROM crawls
WHERE uri_hash = ? AND due_at > 0`, database.Hash(uri)))
}
