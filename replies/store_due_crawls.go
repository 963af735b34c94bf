package replies

import (
	"context"
	"errors"
	"time"

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

func dueCrawls(ctx context.Context, q database.Querier, now time.Time, limit int) ([]crawl, error) {
	at := database.Millis(now)
	return database.Collect(func(row database.Scanner) (c crawl, err error) {
		var due, created int64
		err = row.Scan(&c.id, &c.uri, &c.blog, &c.post, &c.kind, &c.collection, &c.fallback, &c.page, &c.pages, &c.rounds, &c.found, &due, &c.lease, &created)
		c.due, c.created = database.Time(due), database.Time(created)
		return c, err
	})(q.Query(ctx, `
SELECT id, uri, blog_id, post_id, kind, collection, fallback, page, pages, rounds, found, due_at, lease_until, created_at
FROM crawls
WHERE due_at > 0 AND due_at <= ? AND lease_until <= ?
ORDER BY due_at
LIMIT ?`, at, at, limit))
}

// soonestCrawl returns when the next page is due; one that a process is asking for is due again when its lease ends.
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
func claimCrawl(ctx context.Context, q database.Querier, c *crawl, until time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE crawls
SET lease_until = ?
WHERE id = ? AND lease_until = ? AND due_at = ?`, database.Millis(until), c.id, c.lease, database.Millis(c.due))
	c.lease = database.Millis(until)
	return rows == 1, err
}

// standBack makes a row due later, if nobody else took it.
func standBack(ctx context.Context, q database.Querier, c crawl, until time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE crawls
SET due_at = ?
WHERE id = ? AND lease_until = ? AND due_at = ?`, database.Millis(until), c.id, c.lease, database.Millis(c.due))
	return err
}

// saveCrawl gives a claimed row back. Where the lease was lost, the other's word counts.
func saveCrawl(ctx context.Context, q database.Querier, c crawl) error {
	_, err := q.Exec(ctx, `
UPDATE crawls
SET collection = ?, fallback = ?, page = ?, pages = ?, rounds = ?, found = ?, due_at = ?, lease_until = 0
WHERE id = ? AND lease_until = ?`, c.collection, c.fallback, c.page, c.pages, c.rounds, c.found, database.Millis(c.due), c.id, c.lease)
	return err
}

// roomFor is how many new answers are wanted. It is 0 where none are looked for: what they answer is not here, its server is blocked, or
// its post has brought enough.
func roomFor(ctx context.Context, q database.Querier, c crawl) (int, error) {
	var here bool
	var err error
	switch c.kind {
	case crawlReplies:
		here, err = isShown(ctx, q, c.uri)
	case crawlAdopted:
		here, err = found(adoptedPost(ctx, q, c.uri))
	case crawlOutbox:
		var blogs []database.ID
		blogs, err = blogsOfAccount(ctx, q, c.uri, 1)
		here = len(blogs) > 0
	}
	if err != nil || !here {
		return 0, err
	}
	if blocked, err := blockedHost(ctx, q, c.blog, c.uri); blocked || err != nil {
		return 0, err
	}
	if c.kind == crawlOutbox {
		return maxFound, nil
	}
	var found int
	err = q.QueryRow(ctx, `
SELECT COALESCE(SUM(found), 0)
FROM crawls
WHERE post_id = ?`, c.post).Scan(&found)
	return max(0, maxFound-found), err
}

// found says whether something was located.
func found(_ target, err error) (bool, error) {
	if errors.Is(err, database.ErrNotFound) || errors.Is(err, errNowhere) {
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
WHERE object_hash = ? AND status = ?`, database.Hash(uri), Shown))
}
