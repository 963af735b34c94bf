package moderation

import (
	"context"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

func withheldAnswersTo(ctx context.Context, q database.Querier, postID string, parent database.ID, limit int) ([]database.ID, error) {
	return database.Collect(database.ScanID)(q.Query(ctx, `
SELECT id
FROM replies
WHERE author_id = ? AND post_id = ? AND status = ? AND parent_id = ?
ORDER BY id
LIMIT ?`, thread.OfTheBlog, postID, thread.Withheld, parent, limit))
}

func showWithheld(ctx context.Context, q database.Querier, id database.ID) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?
WHERE id = ? AND status = ?`, thread.Shown, id, thread.Withheld)
	return thread.ExactlyOne(rows, err, "show the answer")
}
