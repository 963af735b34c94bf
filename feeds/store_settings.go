package feeds

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Settings are stored as a JSON object of texts. A name that this version does not know was written by a newer one: it means nothing here
// and is still there after an edit. A known name with a value that is not known is an error, not a default: a post must not become public
// because an older program does not understand the word that keeps it from it.

// readSettings reads what json wrote; "" is all defaults.
func readSettings(text string, b Blog) (s Settings, err error) {
	if text == "" {
		return s, nil
	}
	stored, err := settingsMap(text)
	for _, k := range settingKeys {
		var value string
		raw, ok := stored[k.Name]
		if err != nil || !ok {
			continue
		}
		if err = json.Unmarshal(raw, &value); err == nil {
			err = k.set(&s, value)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", k.Name, err)
		}
	}
	if err != nil {
		return Settings{}, fmt.Errorf("the settings of %s cannot be read, perhaps a newer version of Bloghorn wrote them: %w", b.Handle(), err)
	}
	return s, nil
}

// json writes the settings into what is stored; "" where there are none.
func (s Settings) json(stored string) string {
	all, err := settingsMap(stored)
	if err != nil {
		all = map[string]json.RawMessage{}
	}
	for _, k := range settingKeys {
		delete(all, k.Name)
		if value := k.get(&s); value != "" {
			all[k.Name], _ = json.Marshal(value) // strings always marshal
		}
	}
	if len(all) == 0 {
		return ""
	}
	text, _ := json.Marshal(all) // so do maps of them
	return string(text)
}

func settingsMap(text string) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if text == "" {
		return all, nil
	}
	return all, json.Unmarshal([]byte(text), &all)
}

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
WHERE id = ?`, b.Title, b.Summary, b.SiteURL, b.SiteHost, b.FeedURL, b.IconURL, textOrNull(b.Settings.json(stored)),
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
