package feeds

import (
	"context"
	"database/sql"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func storedSettings(ctx context.Context, q database.Querier, id database.ID) (string, error) {
	var settings sql.NullString
	err := q.QueryRow(ctx, `
SELECT settings
FROM blogs
WHERE id = ?`, id).Scan(&settings)
	return settings.String, err
}

// LockBlog reads a blog; who wants to lock or edit it too waits until the transaction ends. Call it
// first in the transaction: it writes to the row, as on MySQL only a write waits for others, and
// only what is read after that has what they left.
func LockBlog(ctx context.Context, tx *database.Tx, id database.ID) (Blog, error) {
	if _, err := tx.Exec(ctx, `
UPDATE blogs
SET username = username
WHERE id = ?`, id); err != nil {
		return Blog{}, err
	}
	return BlogByID(ctx, tx, id)
}

// updateBlog stores what an owner may change. Everything that an id is made of stays as it is.
func updateBlog(ctx context.Context, q database.Querier, b Blog) error {
	stored, err := storedSettings(ctx, q, b.ID)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, `
UPDATE blogs
SET title = ?, summary = ?, site_url = ?, site_host = ?, feed_url = ?, icon_url = ?, settings = ?, also_known_as = ?, moved_to = ?,
	moved_at = ?
WHERE id = ?`, b.Title, b.Summary, b.SiteURL, b.SiteHost, b.FeedURL, b.IconURL, textOrNull(b.Settings.JSON(stored)),
		textOrNull(b.AlsoKnownAs), b.MovedTo, database.Millis(b.MovedAt), b.ID)
	return err
}

// readAnew makes a blog's feed due at once and its next answer new, whatever it is. A poll that is under way loses its lease: it has read
// the blog as it was before.
func readAnew(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET etag = '', last_modified = '', body_hash = NULL, next_at = ?, lease_until = 0
WHERE blog_id = ?`, database.Millis(now), id)
	return err
}

// forgetBody makes the next answer of a feed new, whatever it is.
func forgetBody(ctx context.Context, q database.Querier, id database.ID) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET etag = '', last_modified = '', body_hash = ?
WHERE blog_id = ?`, noBody, id)
	return err
}

// forgetFeed drops what was true of another address. A subscription to the hub of that address is left: the next poll would see no change
// where the new feed names no hub either. MySQL sets columns from left to right, so hub_changed_at comes before hub_url.
func forgetFeed(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET hub_changed_at = CASE WHEN hub_url = '' THEN hub_changed_at ELSE ? END,
	moved_to = '', failures = 0, last_error = '', gone = 0, stopped_at = 0, cache_until = 0, hub_url = '', topic_url = ''
WHERE blog_id = ?`, database.Millis(now), id)
	return err
}
