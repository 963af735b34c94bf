package feeds

import (
	"context"

	"github.com/bloghorn/bloghorn/server/database"
)

// ListPosts lists all posts of a blog, removed and held ones too, without their content, newest first, from the one after before;
// nil begins.
func ListPosts(ctx context.Context, q database.Querier, blogID database.ID, before *Post, limit int) ([]Post, error) {
	if before == nil {
		return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ?
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
	}
	at := database.Millis(before.PublishedAt)
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.published_at <= ? AND (p.published_at < ? OR p.id < ?)
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, at, at, before.ID, limit))
}
