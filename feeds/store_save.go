package feeds

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// insertPost stores a new post and its address. One that is there already stays as it is.
func insertPost(ctx context.Context, q database.Querier, p Post) error {
	_, err := q.Exec(ctx, `
INSERT INTO posts (id, blog_id, guid, guid_hash, url, title, teaser, content, image_url, image_alt, tags, author, language,
	published_at, first_seen_at, edited_at, content_hash, hash_version, announce, removed_at, due_at, generation, attachments,
	held_at, held_by, held_why, held_like, absent_since)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.BlogID, p.GUID, database.Hash(p.GUID), p.URL, p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, tagsJSON(p.Tags),
		p.Author, p.Language, database.Millis(p.PublishedAt), database.Millis(p.FirstSeenAt), database.Millis(p.EditedAt),
		p.ContentHash, p.HashVersion, p.Announce, database.Millis(p.RemovedAt), database.MillisOrNull(p.DueAt), p.Generation,
		attachmentsJSON(p.Attachments), database.Millis(p.HeldAt), p.HeldBy, p.HeldWhy, p.HeldLike, database.Millis(p.AbsentSince))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	if err != nil {
		return err
	}
	return insertAlias(ctx, q, p, p.FirstSeenAt)
}

// updatePost stores what an edit changed, and the name its feed gives the post now; false where the
// post has another hash than it was read with, or is no more. A due time that is set stays. Its id, and when it was published and first seen, never change. A post whose
// owner has released it since, or whose time has come, may have been announced as it was: it gets
// an Update.
func updatePost(ctx context.Context, q database.Querier, c change) (bool, error) {
	p := c.post
	NoteChange(p.ID)
	n, err := q.Exec(ctx, `
UPDATE posts
SET guid = ?, guid_hash = ?, url = ?, title = ?, teaser = ?, content = ?, image_url = ?, image_alt = ?, tags = ?, author = ?,
	language = ?, attachments = ?, edited_at = CASE WHEN due_at IS NULL AND announce = ? THEN ? ELSE ? END, content_hash = ?,
	hash_version = ?, due_at = COALESCE(due_at, CASE WHEN announce = ? THEN ? END)
WHERE id = ? AND content_hash = ?`,
		p.GUID, database.Hash(p.GUID), p.URL, p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, tagsJSON(p.Tags), p.Author, p.Language,
		attachmentsJSON(p.Attachments), true, database.Millis(c.editedAt()), database.Millis(p.EditedAt), p.ContentHash,
		p.HashVersion, true, database.MillisOrNull(c.dueAt()), p.ID, c.known.Hash)
	if err != nil || n == 0 {
		return false, err
	}
	if err := insertAlias(ctx, q, p, later(p.FirstSeenAt, p.EditedAt)); err != nil {
		return false, err
	}
	return true, trimAliases(ctx, q, p.ID)
}

func tagsJSON(tags []string) string {
	if len(tags) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(tags) // strings always marshal
	return string(text)
}

func attachmentsJSON(attachments []parser.Attachment) any {
	if len(attachments) == 0 {
		return nil
	}
	var text strings.Builder
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false)    // "\u003c" for "<" would not fit the column
	_ = to.Encode(attachments) // strings always marshal
	return strings.TrimSpace(text.String())
}

// recordMissing stores what one poll has found out about a post; false where the post is no more.
func recordMissing(ctx context.Context, q database.Querier, a match.Missing) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET absent_since = ?, absent_polls = ?
WHERE id = ?`, database.Millis(a.Since), a.Polls, a.ID)
	return n > 0, err
}

// confirmMissing counts a poll that found the feed as it was: what was missing is still missing.
func confirmMissing(ctx context.Context, q database.Querier, poll Poll, now time.Time) error {
	if poll.Missing == 0 {
		return nil
	}
	if _, err := q.Exec(ctx, `
UPDATE posts
SET absent_polls = absent_polls + 1
WHERE blog_id = ? AND absent_since > ? AND absent_polls > 0 AND removed_at = 0`,
		poll.BlogID, database.Millis(now.Add(-match.RememberedFor))); err != nil {
		return err
	}
	return dropWithdrawn(ctx, q, poll.BlogID, now)
}

// dropWithdrawn forgets held posts that their feed has taken back before anybody saw them, by the
// rule for missing posts.
func dropWithdrawn(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) error {
	ids, err := database.Collect(func(row database.Scanner) (id string, err error) {
		return id, row.Scan(&id)
	})(q.Query(ctx, `
SELECT id
FROM posts
WHERE blog_id = ? AND absent_since > 0 AND absent_since <= ? AND absent_polls >= ? AND held_at > 0
LIMIT ?`, blogID, database.Millis(now.Add(-goneAfter)), gonePolls, match.MaxAround))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := dropHeld(ctx, q, id); err != nil {
			return err
		}
	}
	return nil
}

// dropHeld forgets a held post that its feed has withdrawn. It is false where nothing holds it any
// more.
func dropHeld(ctx context.Context, q database.Querier, id string) (bool, error) {
	n, err := q.Exec(ctx, `
DELETE FROM posts
WHERE id = ? AND held_at > 0`, id)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err = q.Exec(ctx, `
DELETE FROM post_aliases
WHERE post_id = ?`, id); err != nil {
		return false, err
	}
	return true, pages.Forget(ctx, q, id)
}

// removeGone removes a post whose page is gone, if by now it is still missing from its feed. What
// judge has seen is asked again here, because a poll may have found it in the meantime.
func removeGone(ctx context.Context, q database.Querier, postID string, now time.Time) (bool, error) {
	NoteChange(postID)
	n, err := q.Exec(ctx, `
UPDATE posts
SET removed_at = ?, removed_by = ?, due_at = ?
WHERE id = ? AND removed_at = 0 AND held_at = 0 AND absent_polls >= ? AND absent_since > 0 AND absent_since <= ?`,
		database.Millis(now), RemovedGone, database.Millis(now), postID, gonePolls, database.Millis(now.Add(-goneAfter)))
	return n == 1, err
}

// updateFromPage stores what a page has changed, if the post is still as it was compared, and still
// out of its feed.
func updateFromPage(ctx context.Context, q database.Querier, c change) (bool, error) {
	p := c.post
	NoteChange(p.ID)
	n, err := q.Exec(ctx, `
UPDATE posts
SET title = ?, teaser = ?, content = ?, image_url = ?, image_alt = ?, edited_at = CASE WHEN due_at IS NULL AND announce = ? THEN ? ELSE ? END,
	content_hash = ?, hash_version = ?, due_at = COALESCE(due_at, CASE WHEN announce = ? THEN ? END)
WHERE id = ? AND content_hash = ? AND removed_at = 0 AND held_at = 0 AND absent_since > 0`,
		p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, true, database.Millis(c.editedAt()), database.Millis(p.EditedAt),
		p.ContentHash, p.HashVersion, true, database.MillisOrNull(c.dueAt()), p.ID, c.known.Hash)
	return n == 1, err
}

const (
	// maxAliases bounds how many addresses of one post are kept: the first maxAddresses, which
	// readers have, and the last.
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

// trimAliases forgets what something made up between a post's first addresses and its last ones: a
// feed with a new one at every reading would fill the table.
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
