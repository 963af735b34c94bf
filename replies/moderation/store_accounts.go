package moderation

import (
	"context"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

func insertAccount(ctx context.Context, q database.Querier, a thread.Account) error {
	_, err := q.Exec(ctx, `
INSERT INTO adopted_accounts (blog_id, actor_hash, actor_uri, handle, created_at)
VALUES (?, ?, ?, ?, ?)`, a.BlogID, database.Hash(a.ActorURI), a.ActorURI, a.Handle, database.Millis(a.CreatedAt))
	return err
}

// deleteAccount also forgets what it wrote, so that answers to that join no more.
func deleteAccount(ctx context.Context, q database.Querier, a thread.Account) error {
	for _, table := range []string{"adopted_accounts", "adopted"} {
		if _, err := q.Exec(ctx, `
DELETE FROM `+table+`
WHERE blog_id = ? AND actor_hash = ?`, a.BlogID, database.Hash(a.ActorURI)); err != nil {
			return err
		}
	}
	return nil
}
