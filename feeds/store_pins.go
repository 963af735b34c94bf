package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func pinnedPosts(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.pinned_at > 0 AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.pinned_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
}

// newestListed is NewestPosts without content.
func newestListed(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
}

// setPinned pins or, with the zero time, unpins a post for which the condition holds.
func setPinned(ctx context.Context, q database.Querier, postID string, at time.Time, condition string) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET pinned_at = ?
WHERE id = ? AND `+condition, database.Millis(at), postID)
	return n > 0, err
}
