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

// restartCrawl looks for the answers to a reply from the beginning, whatever rounds there were.
func restartCrawl(ctx context.Context, q database.Querier, uri string, now time.Time) error {
	c := crawl{kind: crawlReplies, created: now}
	_, err := q.Exec(ctx, `
UPDATE crawls
SET page = '', pages = 0, rounds = 0, due_at = ?, lease_until = 0, created_at = ?
WHERE uri_hash = ? AND kind = ?`, database.Millis(c.next(now)), database.Millis(now), database.Hash(uri), c.kind)
	return err
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

// crawlDue is when the answers to something are looked for next; zero where they are not.
func crawlDue(ctx context.Context, q database.Querier, uri string) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(due_at)
FROM crawls
WHERE uri_hash = ? AND due_at > 0`, database.Hash(uri)))
}
