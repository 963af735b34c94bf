package feeds

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
)

// Rebase moves a blog to another base URL and handle host, and with it every id that is made from its row. Whoever calls it has made
// sure that nobody outside has seen the old ones. The ids of its posts stay: they are derived from Blog.Origin. ErrTaken means that another
// blog has the name there.
func Rebase(ctx context.Context, q database.Querier, b Blog, baseURL, handleHost string) (Blog, error) {
	_, err := q.Exec(ctx, `
UPDATE blogs
SET base_url = ?, handle_host = ?
WHERE id = ?`, baseURL, handleHost, b.ID)
	if errors.Is(err, database.ErrDuplicate) {
		return b, fmt.Errorf("%w on %s", ErrTaken, baseURL)
	}
	if err != nil {
		return b, fmt.Errorf("move the blog's row: %w", err)
	}
	if _, err := q.Exec(ctx, `
UPDATE subscriptions
SET next_at = 1
WHERE blog_id = ? AND next_at IS NOT NULL`, b.ID); err != nil { // hubs hear of the new callback at once
		return b, fmt.Errorf("renew the blog's subscriptions: %w", err)
	}
	b.BaseURL, b.HandleHost = baseURL, handleHost
	return b, nil
}
