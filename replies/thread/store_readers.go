package thread

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
)

// Readers lists the ids of the people who answered, liked, boosted or quoted a post or an answer to
// it, the first at first, at most limit. Their servers have the post, whoever there follows the
// blog. Whether their words are shown, wait or were hidden makes no difference.
func Readers(ctx context.Context, q database.Querier, postID string, limit int) ([]database.ID, error) {
	ids, err := database.Collect(func(row database.Scanner) (id database.ID, err error) {
		return id, row.Scan(&id)
	})(q.Query(ctx, `
SELECT actor_id
FROM (
	SELECT author_id AS actor_id, received_at AS at
	FROM replies
	WHERE post_id = ? AND author_id > 0
	UNION ALL
	SELECT actor_id, created_at AS at
	FROM reactions
	WHERE post_id = ?
) readers
GROUP BY actor_id
ORDER BY MIN(at), actor_id
LIMIT ?`, postID, postID, limit))
	if err != nil {
		return nil, fmt.Errorf("list the readers of post %s: %w", postID, err)
	}
	return ids, nil
}
