package replies

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func insertAccount(ctx context.Context, q database.Querier, a Account) error {
	_, err := q.Exec(ctx, `
INSERT INTO adopted_accounts (blog_id, actor_hash, actor_uri, handle, created_at)
VALUES (?, ?, ?, ?, ?)`, a.BlogID, database.Hash(a.ActorURI), a.ActorURI, a.Handle, database.Millis(a.CreatedAt))
	return err
}

// deleteAccount also forgets what it wrote, so that answers to that join no more.
func deleteAccount(ctx context.Context, q database.Querier, a Account) error {
	for _, table := range []string{"adopted_accounts", "adopted"} {
		if _, err := q.Exec(ctx, `
DELETE FROM `+table+`
WHERE blog_id = ? AND actor_hash = ?`, a.BlogID, database.Hash(a.ActorURI)); err != nil {
			return err
		}
	}
	return nil
}

func accountsOf(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Account, error) {
	return database.Collect(func(row database.Scanner) (a Account, err error) {
		var created int64
		err = row.Scan(&a.BlogID, &a.ActorURI, &a.Handle, &created)
		a.CreatedAt = database.Time(created)
		return a, err
	})(q.Query(ctx, `
SELECT blog_id, actor_uri, handle, created_at
FROM adopted_accounts
WHERE blog_id = ?
ORDER BY created_at
LIMIT ?`, blogID, limit))
}

func blogsOfAccount(ctx context.Context, q database.Querier, actorURI string, limit int) ([]database.ID, error) {
	return database.Collect(scanID)(q.Query(ctx, `
SELECT blog_id
FROM adopted_accounts
WHERE actor_hash = ?
ORDER BY blog_id
LIMIT ?`, database.Hash(actorURI), limit))
}

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

func isAccount(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) (bool, error) {
	return exists(q.QueryRow(ctx, `
SELECT 1
FROM adopted_accounts
WHERE blog_id = ? AND actor_hash = ?`, blogID, database.Hash(actorURI)))
}

func insertAdopted(ctx context.Context, q database.Querier, n note, blog database.ID, post string, now time.Time) error {
	_, err := q.Exec(ctx, `
INSERT INTO adopted (uri_hash, uri, blog_id, post_id, actor_hash, created_at)
VALUES (?, ?, ?, ?, ?, ?)`, database.Hash(n.ID), n.ID, blog, post, database.Hash(n.Author), database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

func adoptedByURI(ctx context.Context, q database.Querier, uri string) (blog database.ID, post string, err error) {
	err = q.QueryRow(ctx, `
SELECT blog_id, post_id
FROM adopted
WHERE uri_hash = ?`, database.Hash(uri)).Scan(&blog, &post)
	return blog, post, err
}
