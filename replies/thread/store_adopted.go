package thread

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// AccountsOf lists the accounts of a blog, oldest first.
func AccountsOf(ctx context.Context, q database.Querier, blogID database.ID) ([]Account, error) {
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
LIMIT ?`, blogID, MaxAccounts))
}

// BlogsOfAccount lists the blogs that an account belongs to.
func BlogsOfAccount(ctx context.Context, q database.Querier, actorURI string, limit int) ([]database.ID, error) {
	return database.Collect(database.ScanID)(q.Query(ctx, `
SELECT blog_id
FROM adopted_accounts
WHERE actor_hash = ?
ORDER BY blog_id
LIMIT ?`, database.Hash(actorURI), limit))
}

// IsAccount reports whether an actor is an account of the owner of a blog.
func IsAccount(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM adopted_accounts
WHERE blog_id = ? AND actor_hash = ?`, blogID, database.Hash(actorURI)))
}

// InsertAdopted has a toot stand for a post, unless it does already.
func InsertAdopted(ctx context.Context, q database.Querier, n Note, blog database.ID, post string) error {
	_, err := q.Exec(ctx, `
INSERT INTO adopted (uri_hash, blog_id, post_id, actor_hash)
VALUES (?, ?, ?, ?)`, database.Hash(n.ID), blog, post, database.Hash(n.Author))
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

// MaxAccounts is how many accounts of its owner a blog has.
const MaxAccounts = 20

// Account is an account elsewhere whose toots about a blog's posts belong to their threads.
type Account struct {
	BlogID    database.ID
	ActorURI  string
	Handle    string // "@ada@pasture.example"
	CreatedAt time.Time
}
