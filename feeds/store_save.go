package feeds

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// stored is what must be known of a post to tell whether an item is news.
type stored struct {
	id                           string
	hash                         database.Digest
	version                      int
	announce, removed            bool
	publishedAt, editedAt, dueAt time.Time
}

// maxMarks bounds the values of one IN list.
const maxMarks = 200

// storedPosts are those of the ids that are known.
func storedPosts(ctx context.Context, q database.Querier, ids []string) (map[string]stored, error) {
	known := map[string]stored{}
	for some := range slices.Chunk(ids, maxMarks) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		rows, err := database.Collect(scanStored)(q.Query(ctx, `
SELECT id, content_hash, hash_version, announce, published_at, edited_at, removed_at, due_at
FROM posts
WHERE id IN (`+database.Marks(len(some))+`)`, args...))
		if err != nil {
			return nil, err
		}
		for _, s := range rows {
			known[s.id] = s
		}
	}
	return known, nil
}

func scanStored(rows *sql.Rows) (s stored, err error) {
	var published, edited, removed int64
	var due sql.NullInt64
	err = rows.Scan(&s.id, &s.hash, &s.version, &s.announce, &published, &edited, &removed, &due)
	s.publishedAt, s.editedAt, s.dueAt = database.Time(published), database.Time(edited), database.Time(due.Int64)
	s.removed = removed != 0
	return s, err
}

// insertPost stores a new post and its address. One that is there already stays as it is.
func insertPost(ctx context.Context, q database.Querier, p Post) error {
	_, err := q.Exec(ctx, `
INSERT INTO posts (id, blog_id, guid, guid_hash, url, title, teaser, content, image_url, image_alt, tags, author, language,
	published_at, first_seen_at, edited_at, content_hash, hash_version, announce, removed_at, due_at, generation, attachments,
	held_at, held_why, held_like)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.BlogID, p.GUID, database.Hash(p.GUID), p.URL, p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, tagsJSON(p.Tags),
		p.Author, p.Language, database.Millis(p.PublishedAt), database.Millis(p.FirstSeenAt), database.Millis(p.EditedAt),
		p.ContentHash, p.HashVersion, p.Announce, database.Millis(p.RemovedAt), millisOrNull(p.DueAt), p.Generation,
		attachmentsJSON(p.Attachments), database.Millis(p.HeldAt), p.HeldWhy, p.HeldLike)
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	if err != nil {
		return err
	}
	return insertAlias(ctx, q, p, p.FirstSeenAt)
}

// updatePost stores what an edit changed, if the post still has the old hash, and the name its feed gives it now. A due time that is set
// stays: the earlier one counts. Its id, and when it was published and first seen, never change.
func updatePost(ctx context.Context, q database.Querier, p Post, old database.Digest, due time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE posts
SET guid = ?, guid_hash = ?, url = ?, title = ?, teaser = ?, content = ?, image_url = ?, image_alt = ?, tags = ?, author = ?,
	language = ?, attachments = ?, edited_at = ?, content_hash = ?, hash_version = ?, due_at = COALESCE(due_at, ?)
WHERE id = ? AND content_hash = ?`,
		p.GUID, database.Hash(p.GUID), p.URL, p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, tagsJSON(p.Tags), p.Author, p.Language,
		attachmentsJSON(p.Attachments), database.Millis(p.EditedAt), p.ContentHash, p.HashVersion, millisOrNull(due), p.ID, old)
	if err != nil {
		return err
	}
	return insertAlias(ctx, q, p, later(p.FirstSeenAt, p.EditedAt))
}

// insertAlias makes a post found by its address; the addresses it had before keep finding it.
func insertAlias(ctx context.Context, q database.Querier, p Post, now time.Time) error {
	if p.URL == "" {
		return nil
	}
	_, err := q.Exec(ctx, `
INSERT INTO post_aliases (page_key, post_id, blog_id, created_at)
VALUES (?, ?, ?, ?)`, PageKey(p.URL), p.ID, p.BlogID, database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

func tagsJSON(tags []string) string {
	if len(tags) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(tags) // strings always marshal
	return string(text)
}

func attachmentsJSON(attachments []Attachment) any {
	if len(attachments) == 0 {
		return nil
	}
	text, _ := json.Marshal(attachments) // strings always marshal
	return string(text)
}

func millisOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return database.Millis(t)
}
