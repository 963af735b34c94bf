package crawl

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// sitesOfAccount are the hosts of the blogs that an account belongs to.
func sitesOfAccount(ctx context.Context, q database.Querier, actorURI string, limit int) ([]string, error) {
	return database.Collect(func(row database.Scanner) (host string, err error) {
		return host, row.Scan(&host)
	})(q.Query(ctx, `
SELECT b.site_host
FROM adopted_accounts a
JOIN blogs b ON b.id = a.blog_id
WHERE a.actor_hash = ? AND b.site_host <> ''
LIMIT ?`, database.Hash(actorURI), limit))
}

func dueCrawls(ctx context.Context, q database.Querier, now time.Time, limit int) ([]thread.Crawl, error) {
	at := database.Millis(now)
	return database.Collect(func(row database.Scanner) (c thread.Crawl, err error) {
		var due, created int64
		err = row.Scan(&c.ID, &c.URI, &c.Blog, &c.Post, &c.Kind, &c.Collection, &c.Fallback, &c.Page, &c.Pages, &c.Rounds, &c.Found, &due, &c.Lease, &created)
		c.Due, c.Created = database.Time(due), database.Time(created)
		return c, err
	})(q.Query(ctx, `
SELECT id, uri, blog_id, post_id, kind, collection, fallback, page, pages, rounds, found, due_at, lease_until, created_at
FROM crawls
WHERE due_at > 0 AND due_at <= ? AND lease_until <= ?
ORDER BY due_at
LIMIT ?`, at, at, limit))
}

// soonestCrawl returns when the next page is due; one that a process is asking for is due again
// when its lease ends.
func soonestCrawl(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END)
FROM (
	SELECT due_at, lease_until
	FROM crawls
	WHERE due_at > 0
	ORDER BY due_at
	LIMIT ?
) soonest`, database.MaxLeased))
}

// claimCrawl takes a row if nobody else did.
func claimCrawl(ctx context.Context, q database.Querier, c *thread.Crawl, until time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE crawls
SET lease_until = ?
WHERE id = ? AND lease_until = ? AND due_at = ?`, database.Millis(until), c.ID, c.Lease, database.Millis(c.Due))
	c.Lease = database.Millis(until)
	return rows == 1, err
}

// standBack makes a row due later, if nobody else took it.
func standBack(ctx context.Context, q database.Querier, c thread.Crawl, until time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE crawls
SET due_at = ?
WHERE id = ? AND lease_until = ? AND due_at = ?`, database.Millis(until), c.ID, c.Lease, database.Millis(c.Due))
	return err
}

// saveCrawl gives a claimed row back. Where the lease was lost, the other's word counts.
func saveCrawl(ctx context.Context, q database.Querier, c thread.Crawl) error {
	_, err := q.Exec(ctx, `
UPDATE crawls
SET collection = ?, fallback = ?, page = ?, pages = ?, rounds = ?, found = ?, due_at = ?, lease_until = 0
WHERE id = ? AND lease_until = ?`, c.Collection, c.Fallback, c.Page, c.Pages, c.Rounds, c.Found, database.Millis(c.Due), c.ID, c.Lease)
	return err
}

// roomFor is how many new answers are wanted. It is 0 where none are looked for: what they answer
// is not here, its server is blocked, or its post has brought enough.
func roomFor(ctx context.Context, q database.Querier, c thread.Crawl) (int, error) {
	var here bool
	var err error
	switch c.Kind {
	case thread.CrawlReplies:
		here, err = isShown(ctx, q, c.URI)
	case thread.CrawlAdopted:
		here, err = found(thread.AdoptedPost(ctx, q, c.URI))
	case thread.CrawlOutbox:
		var blogs []database.ID
		blogs, err = thread.BlogsOfAccount(ctx, q, c.URI, 1)
		here = len(blogs) > 0
	}
	if err != nil || !here {
		return 0, err
	}
	if blocked, err := moderation.BlockedHost(ctx, q, c.Blog, c.URI); blocked || err != nil {
		return 0, err
	}
	if c.Kind == thread.CrawlOutbox {
		return maxFound, nil
	}
	var found int
	err = q.QueryRow(ctx, `
SELECT COALESCE(SUM(found), 0)
FROM crawls
WHERE post_id = ?`, c.Post).Scan(&found)
	return max(0, maxFound-found), err
}

// found says whether something was located.
func found(_ thread.Target, err error) (bool, error) {
	if errors.Is(err, database.ErrNotFound) || errors.Is(err, thread.ErrNowhere) {
		return false, nil
	}
	return err == nil, err
}

// expireCrawls forgets what is over for long.
func expireCrawls(ctx context.Context, q database.Querier, before time.Time) error {
	_, err := q.Exec(ctx, `
DELETE FROM crawls
WHERE due_at = 0 AND created_at < ?`, database.Millis(before))
	return err
}

func isShown(ctx context.Context, q database.Querier, uri string) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM replies
WHERE object_hash = ? AND status = ?`, database.Hash(uri), thread.Shown))
}
