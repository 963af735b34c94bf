package replies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// reply is a row to be written.
type reply struct {
	Reply
	hash    database.Digest // of the content as its author wrote it
	page    database.Digest // of the URL, where the reply may be found by it
	site    string          // of its author's server
	letGoAt time.Time       // when its text goes; zero for never
	why     Why
	before  string // where a block has hidden it, the status that it has when the block is lifted; "" leaves what is stored

	whyBefore Why // it has that
}

// storedReply is a row without its content: what decisions about it need.
type storedReply struct {
	Reply
	Hash       database.Digest
	AuthorURI  string
	ApprovedAt time.Time // by a moderator; zero for one that was shown by rule
	Why        Why
	handles    []string // of its blog: what is trimmed from the start of its text
	size       int
	letGoAt    time.Time // zero for never, and where the text is gone
	before     string    // what a block took from it; of a deleted one, whether it was hidden or spam
}

// handles are the ways people write a blog's handle at the start of a reply.
func handles(username, host string) []string {
	return []string{"@" + username + "@" + host, "@" + username}
}

const selectStored = `
SELECT r.id, r.blog_id, r.post_id, r.parent_id, r.root_id, r.root_at, r.sort_at, r.object_uri, r.author_id, r.visibility, r.kind, r.status, r.published_at,
	r.edited_at, r.received_at, r.approved_at, r.content_hash, r.size, COALESCE(r.let_go_at, 0), r.status_before, COALESCE(a.uri, ''),
	` + whyColumns + `, COALESCE(b.username, ''), COALESCE(b.handle_host, '')
FROM replies r
LEFT JOIN remote_actors a ON a.id = r.author_id
LEFT JOIN blogs b ON b.id = r.blog_id`

func scanStored(row database.Scanner) (r storedReply, err error) {
	var published, edited, received, approved, letGoAt int64
	var username, host string
	var why scannedWhy
	into := []any{&r.ID, &r.BlogID, &r.PostID, &r.ParentID, &r.RootID, &r.rootAt, &r.sortAt, &r.ObjectURI, &r.AuthorID, &r.Visibility,
		&r.Kind, &r.Status, &published, &edited, &received, &approved, &r.Hash, &r.size, &letGoAt, &r.before, &r.AuthorURI}
	err = row.Scan(append(append(into, why.into()...), &username, &host)...)
	r.Why = why.value()
	r.PublishedAt, r.EditedAt, r.ReceivedAt = database.Time(published), database.Time(edited), database.Time(received)
	r.ApprovedAt, r.letGoAt = database.Time(approved), database.Time(letGoAt)
	r.handles = handles(username, host)
	return r, err
}

// replyByURI finds a reply by its id; database.ErrNotFound where there is none, as for the other reads of one reply.
func replyByURI(ctx context.Context, q database.Querier, uri string) (storedReply, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.object_hash = ?`, database.Hash(uri)))
}

func replyByID(ctx context.Context, q database.Querier, id database.ID) (storedReply, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.id = ?`, id))
}

// contentByID is a reply with what it says.
func contentByID(ctx context.Context, q database.Querier, id database.ID) (Reply, error) {
	return scanReply(q.QueryRow(ctx, selectReply+`
FROM replies r
WHERE r.id = ?`, id))
}

// replyByPage finds a reply by the address of its page, the oldest of several.
func replyByPage(ctx context.Context, q database.Querier, uri string) (storedReply, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.url_hash = ?
ORDER BY r.id
LIMIT 1`, database.Hash(uri)))
}

// blogOfPost reads no more of a post than where it belongs: its content is large and has to be cleaned at each read. A held one is unknown.
func blogOfPost(ctx context.Context, q database.Querier, postID string) (blogID database.ID, removed bool, err error) {
	var at int64
	err = q.QueryRow(ctx, `
SELECT blog_id, removed_at
FROM posts
WHERE id = ? AND held_at = 0`, postID).Scan(&blogID, &at)
	return blogID, at != 0, err
}

// millisOrNull is a time at which something is due, NULL for never.
func millisOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return database.Millis(at)
}

// insertReply returns errRace where the object is there already: who asked just before must ask again.
func insertReply(ctx context.Context, q database.Querier, r reply) error {
	_, err := q.Exec(ctx, `
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, url_hash, author_id, html,
	cw, language, attachments, tags, visibility, kind, status, published_at, edited_at, received_at, approved_at, content_hash, site, size,
	let_go_at, status_rule, status_evidence, status_since)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.BlogID, r.PostID, r.ParentID, r.RootID, r.rootAt, r.sortAt, database.Hash(r.ObjectURI), r.ObjectURI, r.URL, r.page.OrNull(),
		r.AuthorID, r.HTML.String(), r.CW, r.Language, encodeAttachments(r.Attachments), encodeTags(r.Tags), r.Visibility, r.Kind, r.Status,
		database.Millis(r.PublishedAt), database.Millis(r.EditedAt), database.Millis(r.ReceivedAt), r.hash, r.site, r.size(),
		millisOrNull(r.letGoAt), r.why.Rule, r.why.Evidence, database.Millis(r.why.At))
	if errors.Is(err, database.ErrDuplicate) {
		return errRace
	}
	if err != nil {
		return fmt.Errorf("store the reply: %w", err)
	}
	return nil
}

// isReplyNow says whether there is a reply with this id, as isRememberedNow does.
func isReplyNow(ctx context.Context, q database.Querier, uri string) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET object_hash = object_hash
WHERE object_hash = ?`, database.Hash(uri))
	return rows > 0, err
}

// updateReply writes r over old, if old is still what is there; errRace if not.
func updateReply(ctx context.Context, q database.Querier, old storedReply, r reply) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET url = ?, url_hash = ?, html = ?, cw = ?, language = ?, attachments = ?, tags = ?, visibility = ?, status = ?, edited_at = ?, content_hash = ?, size = ?,
	let_go_at = ?, status_rule = ?, status_evidence = ?, status_since = ?,
	rule_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE rule_before END,
	evidence_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE evidence_before END,
	status_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE status_before END
WHERE id = ? AND status = ? AND edited_at = ? AND content_hash = ?`,
		r.URL, r.page.OrNull(), r.HTML.String(), r.CW, r.Language, encodeAttachments(r.Attachments), encodeTags(r.Tags), r.Visibility, r.Status,
		database.Millis(r.EditedAt), r.hash, r.size(), millisOrNull(r.letGoAt),
		r.why.Rule, r.why.Evidence, database.Millis(r.why.At),
		r.before, Shown, Withheld, r.whyBefore.Rule, r.before, Shown, Withheld, r.whyBefore.Evidence, r.before, Shown, Withheld, r.before, old.ID, old.Status, database.Millis(old.EditedAt), old.Hash)
	return exactlyOne(rows, err, "edit the reply")
}

// authored is a reply in the list of one author's.
type authored struct {
	id         database.ID
	blogID     database.ID
	postID     string
	root       database.ID
	sortAt     int64
	kind       string
	visibility string
	status     string
}

const authoredPage = 500

// eachAuthored calls f with every reply of an author on a blog (0: on all) that is not deleted.
func eachAuthored(ctx context.Context, q database.Querier, blogID, authorID database.ID, f func(authored) error) error {
	for after := database.ID(0); ; {
		page, err := database.Collect(func(row database.Scanner) (r authored, err error) {
			return r, row.Scan(&r.id, &r.blogID, &r.postID, &r.root, &r.sortAt, &r.kind, &r.visibility, &r.status)
		})(q.Query(ctx, `
SELECT id, blog_id, post_id, root_id, sort_at, kind, visibility, status
FROM replies
WHERE author_id = ? AND (? = 0 OR blog_id = ?) AND status <> ? AND id > ?
ORDER BY id
LIMIT ?`, authorID, blogID, blogID, Deleted, after, authoredPage))
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			after = r.id
		}
	}
}

// purgeAuthor purges every reply of an author, and notes what that changes.
func purgeAuthor(ctx context.Context, q database.Querier, authorID database.ID, c changes) error {
	return eachAuthored(ctx, q, 0, authorID, func(r authored) error {
		if err := c.turn(ctx, q, r, Deleted); err != nil {
			return err
		}
		return purgeReply(ctx, q, r.id, r.status)
	})
}

const selectReply = `
SELECT r.id, r.blog_id, r.post_id, r.parent_id, r.root_id, r.root_at, r.sort_at, r.object_uri, r.url, r.author_id, r.html, r.cw, r.language, r.attachments, COALESCE(r.tags, ''), r.visibility,
	r.kind, r.status, r.published_at, r.edited_at, r.received_at`

// scanReply reads selectReply, and what else the query has into more. The HTML is cleaned again, by the rules of today.
func scanReply(row database.Scanner, more ...any) (Reply, error) {
	w, err := scanWritten(row, more...)
	w.read(w.html, w.attached, w.tags)
	return w.Reply, err
}

// read gives a reply what it says, as it is written in its row.
func (r *Reply) read(html, attached, tags string) {
	r.HTML, r.URL = safehtml.Comment(html), handedOn(r.URL, r.ObjectURI)
	r.Attachments, r.Tags = decodeAttachments(attached, r.ObjectURI), decodeTags(tags)
}

// scanWritten is scanReply for who does not know yet whether the reply is wanted: cleaning HTML costs more than reading it.
func scanWritten(row database.Scanner, more ...any) (w written, err error) {
	var published, edited, received int64
	dest := []any{&w.ID, &w.BlogID, &w.PostID, &w.ParentID, &w.RootID, &w.rootAt, &w.sortAt, &w.ObjectURI, &w.URL, &w.AuthorID, &w.html, &w.CW,
		&w.Language, &w.attached, &w.tags, &w.Visibility, &w.Kind, &w.Status, &published, &edited, &received}
	err = row.Scan(append(dest, more...)...)
	w.PublishedAt, w.EditedAt, w.ReceivedAt = database.Time(published), database.Time(edited), database.Time(received)
	return w, err
}

// wholeReply reads a reply both ways: what decisions need, and what it says.
func wholeReply(ctx context.Context, q database.Querier, id database.ID) (storedReply, Reply, error) {
	stored, err := replyByID(ctx, q, id)
	if err != nil {
		return stored, Reply{}, err
	}
	r, err := contentByID(ctx, q, id)
	return stored, r, err
}

// size is how many bytes of a row its author has chosen.
func (r reply) size() int {
	return len(r.HTML.String()) + len(r.CW) + len(encodeAttachments(r.Attachments)) + len(encodeTags(r.Tags)) + len(r.URL)
}

// maxIDs is how many ids one IN list has.
const maxIDs = 500

// purgeReply makes a deleted reply of one with this status, and leaves nothing of what it said. That it was hidden or spam is remembered,
// for when it is restored.
func purgeReply(ctx context.Context, q database.Querier, id database.ID, status string) error {
	before := ""
	if status == Hidden || status == Spam {
		before = status
	}
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?, url = '', url_hash = NULL, html = '', cw = '', language = '', attachments = '[]', tags = NULL, content_hash = ?, size = 0, let_go_at = NULL,
	status_rule = '', status_evidence = '', status_since = 0, status_before = ?, rule_before = '', evidence_before = ''
WHERE id = ? AND status = ?`, Deleted, database.Digest{}, before, id, status)
	return exactlyOne(rows, err, "purge the reply")
}
