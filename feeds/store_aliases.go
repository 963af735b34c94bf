package feeds

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	// maxAliases bounds how many addresses of one post are kept: the first maxAddresses, which readers have, and the last.
	maxAliases = 20
	// aliasBatch is how many are forgotten at once.
	aliasBatch = 100
)

// insertAlias makes a post found by its address; the addresses it had before keep finding it.
func insertAlias(ctx context.Context, q database.Querier, p Post, now time.Time) error {
	if p.URL == "" {
		return nil
	}
	_, err := q.Exec(ctx, `
INSERT INTO post_aliases (page_key, post_id, blog_id, created_at)
VALUES (?, ?, ?, ?)`, pageurl.Key(p.URL), p.ID, p.BlogID, database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// trimAliases forgets what something made up between a post's first addresses and its last ones: a feed with a new one at every reading
// would fill the table.
func trimAliases(ctx context.Context, q database.Querier, postID string) error {
	keys, err := database.Collect(func(row database.Scanner) (key database.Digest, err error) {
		return key, row.Scan(&key)
	})(q.Query(ctx, `
SELECT page_key
FROM post_aliases
WHERE post_id = ?
ORDER BY created_at, page_key
LIMIT ?`, postID, maxAliases+aliasBatch))
	if err != nil || len(keys) <= maxAliases {
		return err
	}
	spare := database.Args(keys[maxAddresses : len(keys)-maxAliases+maxAddresses])
	_, err = q.Exec(ctx, `
DELETE FROM post_aliases
WHERE post_id = ? AND page_key IN (`+database.Marks(len(spare))+`)`, append([]any{postID}, spare...)...)
	return err
}
