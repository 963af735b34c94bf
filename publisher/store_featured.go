package publisher

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// maxFeatured is more than feeds.Featured ever lists.
const maxFeatured = 100

func toldFeatured(ctx context.Context, q database.Querier, blogID database.ID) (map[string]bool, error) {
	ids, err := database.Collect(func(row database.Scanner) (id string, err error) {
		return id, row.Scan(&id)
	})(q.Query(ctx, `
		SELECT post_id
		FROM featured
		WHERE blog_id = ?
		LIMIT ?`, blogID, maxFeatured))
	told := make(map[string]bool, len(ids))
	for _, id := range ids {
		told[id] = true
	}
	return told, err
}

func insertFeatured(ctx context.Context, q database.Querier, blogID database.ID, postID string, now time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO featured (blog_id, post_id, created_at)
		VALUES (?, ?, ?)`, blogID, postID, database.Millis(now))
	return err
}

func deleteFeatured(ctx context.Context, q database.Querier, blogID database.ID, postID string) (bool, error) {
	n, err := q.Exec(ctx, `
		DELETE FROM featured
		WHERE blog_id = ? AND post_id = ?`, blogID, postID)
	return n > 0, err
}
