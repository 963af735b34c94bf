package feeds

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/database"
)

// store keeps the posts that are not known, neither by their id nor by their address: a post whose guid has changed since is no second one.
func (o *older) store(ctx context.Context, posts []Post) (stored int, err error) {
	err = o.DB.InTx(ctx, func(tx *database.Tx) error {
		stored = 0
		for _, p := range posts {
			known, err := isKnown(ctx, tx, o.blog, p)
			if err != nil {
				return err
			}
			if known {
				continue
			}
			p.AbsentSince = o.Now() // its feed does not list it any more
			if err := insertPost(ctx, tx, p); err != nil {
				return err
			}
			stored++
		}
		return nil
	})
	return stored, err
}

func isKnown(ctx context.Context, q database.Querier, b Blog, p Post) (bool, error) {
	var id string
	err := q.QueryRow(ctx, `
SELECT id
FROM posts
WHERE id = ?`, p.ID).Scan(&id)
	if !errors.Is(err, database.ErrNotFound) {
		return err == nil, err
	}
	if p.URL == "" || pageurl.Normalise(p.URL) == pageurl.Normalise(b.SiteURL) {
		return false, nil
	}
	err = q.QueryRow(ctx, `
SELECT post_id
FROM post_aliases
WHERE page_key = ? AND blog_id = ?
LIMIT 1`, pageurl.Key(p.URL), b.ID).Scan(&id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// historyPosts are a blog's newest public posts from before it had an account, without content: a list that later posts do not move.
func historyPosts(ctx context.Context, q database.Querier, b Blog, since time.Time, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.published_at < ? AND p.published_at >= ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, b.ID, database.Millis(b.CreatedAt), database.Millis(since), limit))
}

// lastDue is when the last of a blog's posts is announced that wait for that; zero where none does. Edits and removals of what was
// announced are due as well, and keep nobody waiting: a post that nobody was told of has no edit (firstTime).
func lastDue(ctx context.Context, q database.Querier, blogID database.ID) (time.Time, error) {
	var due int64
	err := q.QueryRow(ctx, `
SELECT COALESCE(MAX(due_at), 0)
FROM posts
WHERE due_at > 0 AND blog_id = ? AND announce = ? AND edited_at = 0 AND removed_at = 0 AND held_at = 0`, blogID, true).Scan(&due)
	return database.Time(due), err
}

// announceAt lets history be announced; false where that has been decided already.
func announceAt(ctx context.Context, q database.Querier, postID string, at time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET `+firstTime+`
WHERE id = ? AND announce = ? AND removed_at = 0 AND held_at = 0`, true, database.Millis(at), postID, false)
	return n > 0, err
}
