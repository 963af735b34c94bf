package moderation

import (
	"context"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

func insertBlock(ctx context.Context, q database.Querier, b Block) error {
	_, err := q.Exec(ctx, `
INSERT INTO blocks (id, blog_id, kind, value, value_hash, reason, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`, b.ID, b.BlogID, b.Kind, b.Value, database.Hash(b.Value), b.Reason, database.Millis(b.CreatedAt))
	return err
}

// updateReason gives a block another reason, and says whether it had another before. "" is none.
func updateReason(ctx context.Context, q database.Querier, b Block) (bool, error) {
	if b.Reason == "" {
		return false, nil
	}
	rows, err := q.Exec(ctx, `
UPDATE blocks
SET reason = ?
WHERE kind = ? AND value_hash = ? AND blog_id = ? AND reason <> ?`, b.Reason, b.Kind, database.Hash(b.Value), b.BlogID, b.Reason)
	return rows > 0, err
}

func deleteBlock(ctx context.Context, q database.Querier, blogID database.ID, kind, value string) error {
	rows, err := q.Exec(ctx, `
DELETE FROM blocks
WHERE kind = ? AND value_hash = ? AND blog_id = ?`, kind, database.Hash(value), blogID)
	if err == nil && rows == 0 {
		err = fmt.Errorf("%w: there is no such block", web.ErrNotFound)
	}
	return err
}

const selectBlock = `
SELECT id, blog_id, kind, value, reason, created_at
FROM blocks`

func scanBlock(row database.Scanner) (b Block, err error) {
	var at int64
	err = row.Scan(&b.ID, &b.BlogID, &b.Kind, &b.Value, &b.Reason, &at)
	b.CreatedAt = database.Time(at)
	return b, err
}

func blocksAfter(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Block, error) {
	return database.Collect(scanBlock)(q.Query(ctx, selectBlock+`
WHERE id > ?
ORDER BY id
LIMIT ?`, after, limit))
}

// blocksOn lists the blocks of the values on a blog or everywhere; blogID 0 means on any blog.
func blocksOn(ctx context.Context, q database.Querier, blogID database.ID, values []string) ([]Block, error) {
	args := []any{BlockActor, BlockDomain}
	for _, v := range values {
		args = append(args, database.Hash(v))
	}
	return database.Collect(scanBlock)(q.Query(ctx, selectBlock+`
WHERE kind IN (?, ?) AND value_hash IN (`+database.Marks(len(values))+`) AND (? = 0 OR blog_id IN (0, ?))
ORDER BY id
LIMIT 100`, append(args, blogID, blogID)...))
}

// maxPlaces is how many blogs may each have a block of one actor.
const maxPlaces = 10_000

// placesBlocked lists where one of the values is blocked, and how.
func placesBlocked(ctx context.Context, q database.Querier, values []string) ([]Block, error) {
	args := []any{BlockActor, BlockDomain}
	for _, v := range values {
		args = append(args, database.Hash(v))
	}
	return database.Collect(func(row database.Scanner) (b Block, err error) {
		return b, row.Scan(&b.BlogID, &b.Kind)
	})(q.Query(ctx, `
SELECT DISTINCT blog_id, kind
FROM blocks
WHERE kind IN (?, ?) AND value_hash IN (`+database.Marks(len(values))+`)
ORDER BY blog_id
LIMIT ?`, append(args, maxPlaces)...))
}

// anyBlock says whether one of the values is blocked on a blog or everywhere. An actor's id and a
// domain are never the same text, so one list serves both kinds.
func anyBlock(ctx context.Context, q database.Querier, blogID database.ID, values []string) (bool, error) {
	args := []any{BlockActor, BlockDomain}
	for _, v := range values {
		args = append(args, database.Hash(v))
	}
	var n int
	err := q.QueryRow(ctx, `
SELECT COUNT(*)
FROM blocks
WHERE kind IN (?, ?) AND value_hash IN (`+database.Marks(len(values))+`) AND blog_id IN (0, ?)`, append(args, blogID)...).Scan(&n)
	return n > 0, err
}

// actorByURI is a list of the actor with this id, or of nobody.
func actorByURI(ctx context.Context, q database.Querier, uri string) ([]database.ID, error) {
	return database.Collect(database.ScanID)(q.Query(ctx, `
SELECT id
FROM remote_actors
WHERE uri_hash = ?
LIMIT 1`, database.Hash(uri)))
}

// hostsUnder lists the hosts we know that a block of the domain concerns. They are compared here,
// page by page: no index knows what a name ends in, and LIKE takes the underscore of a name for a
// wildcard.
func hostsUnder(ctx context.Context, q database.Querier, domain string) ([]string, error) {
	var under []string
	for after := ""; ; {
		page, err := database.Collect(func(row database.Scanner) (host string, err error) {
			return host, row.Scan(&host)
		})(q.Query(ctx, `
SELECT DISTINCT host
FROM remote_actors
WHERE host > ?
ORDER BY host
LIMIT 1000`, after))
		if err != nil || len(page) == 0 {
			return under, err
		}
		for _, host := range page {
			if slices.Contains(domainsOf(host), domain) {
				under = append(under, host)
			}
			after = host
		}
	}
}

// What the actors of a host have done here, for actorsOfHost.
const (
	haveWritten = "JOIN replies r ON r.author_id = a.id"
	haveReacted = "JOIN reactions r ON r.actor_id = a.id"
)

// actorsOfHost lists the actors of a host who have done that.
func actorsOfHost(ctx context.Context, q database.Querier, host, done string) ([]database.ID, error) {
	var all []database.ID
	for after := database.ID(0); ; {
		page, err := database.Collect(database.ScanID)(q.Query(ctx, `
SELECT DISTINCT a.id
FROM remote_actors a
`+done+`
WHERE a.host = ? AND a.id > ?
ORDER BY a.id
LIMIT 500`, host, after))
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		after = page[len(page)-1]
	}
}
