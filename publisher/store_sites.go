package publisher

import (
	"context"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// hasRow says whether what a path (below the base URL) names is a row of this base URL: /blogs/NAME
// or /posts/ID and below.
func hasRow(ctx context.Context, q database.Querier, base, path string) (bool, error) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	name, _, _ := strings.Cut(rest, "/")
	var err error
	switch kind {
	case "blogs":
		_, err = feeds.BlogByUsername(ctx, q, base, name)
	case "posts":
		err = postOn(ctx, q, base, name)
	default:
		return false, nil
	}
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func postOn(ctx context.Context, q database.Querier, base, postID string) error {
	var id string
	return q.QueryRow(ctx, `
		SELECT p.id
		FROM posts p
		JOIN blogs b ON b.id = p.blog_id
		WHERE p.id = ? AND b.base_url = ?`, postID, base).Scan(&id)
}

func countBlogs(ctx context.Context, q database.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*)
		FROM blogs`).Scan(&n)
	return n, err
}
