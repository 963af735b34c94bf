package thread

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Row is a reply as it is written to its table.
type Row struct {
	Reply
	Hash    database.Digest // of the content as its author wrote it
	Page    database.Digest // of the URL, where the reply may be found by it
	Site    string          // of its author's server
	LetGoAt time.Time       // when its text goes; zero for never
	Why     Why
	Before  string // where a block has hidden it, the status that it has when the block is lifted; "" leaves what is stored

	WhyBefore Why // it has that
}

// Stored is a row without its content: what decisions about it need.
type Stored struct {
	Reply
	Hash       database.Digest
	AuthorURI  string
	ApprovedAt time.Time // by a moderator; zero for one that was shown by rule
	Why        Why
	Handles    []string // of its blog: what is trimmed from the start of its text
	Size       int
	LetGoAt    time.Time // zero for never, and where the text is gone
	Before     string    // what a block took from it; of a deleted one, whether it was hidden
}

// Handles are the ways people write a blog's handle at the start of a reply.
func Handles(username, host string) []string {
	return []string{"@" + username + "@" + host, "@" + username}
}

const selectStored = `
SELECT r.id, r.blog_id, r.post_id, r.parent_id, r.root_id, r.root_at, r.sort_at, r.object_uri, r.author_id, r.visibility, r.kind, r.status, r.published_at,
	r.edited_at, r.received_at, r.approved_at, r.content_hash, r.size, COALESCE(r.let_go_at, 0), r.status_before, COALESCE(a.uri, ''),
	` + WhyColumns + `, COALESCE(b.username, ''), COALESCE(b.handle_host, '')
FROM replies r
LEFT JOIN remote_actors a ON a.id = r.author_id
LEFT JOIN blogs b ON b.id = r.blog_id`

func scanStored(row database.Scanner) (r Stored, err error) {
	var published, edited, received, approved, letGoAt int64
	var username, host string
	var why ScannedWhy
	into := []any{&r.ID, &r.BlogID, &r.PostID, &r.ParentID, &r.RootID, &r.RootAt, &r.SortAt, &r.ObjectURI, &r.AuthorID, &r.Visibility,
		&r.Kind, &r.Status, &published, &edited, &received, &approved, &r.Hash, &r.Size, &letGoAt, &r.Before, &r.AuthorURI}
	err = row.Scan(append(append(into, why.Into()...), &username, &host)...)
	r.Why = why.Value()
	r.PublishedAt, r.EditedAt, r.ReceivedAt = database.Time(published), database.Time(edited), database.Time(received)
	r.ApprovedAt, r.LetGoAt = database.Time(approved), database.Time(letGoAt)
	r.Handles = Handles(username, host)
	return r, err
}

// ReplyByURI finds a reply by its id; database.ErrNotFound where there is none, as for the other
// reads of one reply.
func ReplyByURI(ctx context.Context, q database.Querier, uri string) (Stored, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.object_hash = ?`, database.Hash(uri)))
}

// ReplyByID finds a reply by the id of its row.
func ReplyByID(ctx context.Context, q database.Querier, id database.ID) (Stored, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.id = ?`, id))
}

// contentByID is a reply with what it says.
func contentByID(ctx context.Context, q database.Querier, id database.ID) (Reply, error) {
	return ScanReply(q.QueryRow(ctx, SelectReply+`
FROM replies r
WHERE r.id = ?`, id))
}

// replyByPage finds a reply by the address of its page, the oldest of several.
func replyByPage(ctx context.Context, q database.Querier, uri string) (Stored, error) {
	return scanStored(q.QueryRow(ctx, selectStored+`
WHERE r.url_hash = ?
ORDER BY r.id
LIMIT 1`, database.Hash(uri)))
}

// BlogOfPost reads no more of a post than where it belongs: its content is large and has to be
// cleaned at each read. A held one is unknown.
func BlogOfPost(ctx context.Context, q database.Querier, postID string) (blogID database.ID, removed bool, err error) {
	var at int64
	err = q.QueryRow(ctx, `
SELECT blog_id, removed_at
FROM posts
WHERE id = ? AND held_at = 0`, postID).Scan(&blogID, &at)
	return blogID, at != 0, err
}

// MillisOrNull is a time at which something is due, NULL for never.
func MillisOrNull(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return database.Millis(at)
}

// InsertReply returns ErrRace where the object is there already: who asked just before must ask
// again.
func InsertReply(ctx context.Context, q database.Querier, r Row) error {
	_, err := q.Exec(ctx, `
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, url_hash, author_id, html,
	cw, language, attachments, tags, visibility, kind, status, published_at, edited_at, received_at, approved_at, content_hash, site, size,
	let_go_at, status_rule, status_evidence, status_since)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.BlogID, r.PostID, r.ParentID, r.RootID, r.RootAt, r.SortAt, database.Hash(r.ObjectURI), r.ObjectURI, r.URL, r.Page.OrNull(),
		r.AuthorID, r.HTML.String(), r.CW, r.Language, encodeAttachments(r.Attachments), encodeTags(r.Tags), r.Visibility, r.Kind, r.Status,
		database.Millis(r.PublishedAt), database.Millis(r.EditedAt), database.Millis(r.ReceivedAt), r.Hash, r.Site, r.Size(),
		MillisOrNull(r.LetGoAt), r.Why.Rule, r.Why.Evidence, database.Millis(r.Why.At))
	if errors.Is(err, database.ErrDuplicate) {
		return ErrRace
	}
	if err != nil {
		return fmt.Errorf("store the reply: %w", err)
	}
	return nil
}

// IsReplyNow says whether there is a reply with this id, as isRememberedNow does.
func IsReplyNow(ctx context.Context, q database.Querier, uri string) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET object_hash = object_hash
WHERE object_hash = ?`, database.Hash(uri))
	return rows > 0, err
}

// UpdateReply writes r over old, if old is still what is there; ErrRace if not.
func UpdateReply(ctx context.Context, q database.Querier, old Stored, r Row) error {
	rows, err := q.Exec(ctx, `
UPDATE replies
SET url = ?, url_hash = ?, html = ?, cw = ?, language = ?, attachments = ?, tags = ?, visibility = ?, status = ?, edited_at = ?, content_hash = ?, size = ?,
	let_go_at = ?, status_rule = ?, status_evidence = ?, status_since = ?,
	rule_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE rule_before END,
	evidence_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE evidence_before END,
	status_before = CASE WHEN ? <> '' AND status_before IN (?, ?) THEN ? ELSE status_before END
WHERE id = ? AND status = ? AND edited_at = ? AND content_hash = ?`,
		r.URL, r.Page.OrNull(), r.HTML.String(), r.CW, r.Language, encodeAttachments(r.Attachments), encodeTags(r.Tags), r.Visibility, r.Status,
		database.Millis(r.EditedAt), r.Hash, r.Size(), MillisOrNull(r.LetGoAt),
		r.Why.Rule, r.Why.Evidence, database.Millis(r.Why.At),
		r.Before, Shown, Withheld, r.WhyBefore.Rule, r.Before, Shown, Withheld, r.WhyBefore.Evidence, r.Before, Shown, Withheld, r.Before, old.ID, old.Status, database.Millis(old.EditedAt), old.Hash)
	return ExactlyOne(rows, err, "edit the reply")
}

// Authored is a reply in the list of one author's.
type Authored struct {
	ID         database.ID
	BlogID     database.ID
	PostID     string
	Root       database.ID
	SortAt     int64
	Kind       string
	Visibility string
	Status     string
}

// AuthoredPage is how many replies are read at once where somebody may have very many.
const AuthoredPage = 500

// EachAuthored calls f with every reply of an author on a blog (0: on all) that is not deleted.
func EachAuthored(ctx context.Context, q database.Querier, blogID, authorID database.ID, f func(Authored) error) error {
	for after := database.ID(0); ; {
		page, err := database.Collect(func(row database.Scanner) (r Authored, err error) {
			return r, row.Scan(&r.ID, &r.BlogID, &r.PostID, &r.Root, &r.SortAt, &r.Kind, &r.Visibility, &r.Status)
		})(q.Query(ctx, `
SELECT id, blog_id, post_id, root_id, sort_at, kind, visibility, status
FROM replies
WHERE author_id = ? AND (? = 0 OR blog_id = ?) AND status <> ? AND id > ?
ORDER BY id
LIMIT ?`, authorID, blogID, blogID, Deleted, after, AuthoredPage))
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			if err := f(r); err != nil {
				return err
			}
			after = r.ID
		}
	}
}

// PurgeAuthor purges every reply of an author, and notes what that changes.
func PurgeAuthor(ctx context.Context, q database.Querier, authorID database.ID, c Changes) error {
	return EachAuthored(ctx, q, 0, authorID, func(r Authored) error {
		if err := c.Turn(ctx, q, r, Deleted); err != nil {
			return err
		}
		return PurgeReply(ctx, q, r.ID, r.Status)
	})
}

// SelectReply reads what ScanReply scans, of replies r.
const SelectReply = `
SELECT r.id, r.blog_id, r.post_id, r.parent_id, r.root_id, r.root_at, r.sort_at, r.object_uri, r.url, r.author_id, r.html, r.cw, r.language, r.attachments, COALESCE(r.tags, ''), r.visibility,
	r.kind, r.status, r.published_at, r.edited_at, r.received_at`

// ScanReply reads SelectReply, and what else the query has into more. The HTML is cleaned again, by
// the rules of today.
func ScanReply(row database.Scanner, more ...any) (Reply, error) {
	w, err := scanWritten(row, more...)
	w.read(w.html, w.attached, w.tags)
	return w.Reply, err
}

// read gives a reply what it says, as it is written in its row.
func (r *Reply) read(html, attached, tags string) {
	r.HTML, r.URL = safehtml.Comment(html), handedOn(r.URL, r.ObjectURI)
	r.Attachments, r.Tags = decodeAttachments(attached, r.ObjectURI), decodeTags(tags)
}

// scanWritten is ScanReply for who does not know yet whether the reply is wanted: cleaning HTML
// costs more than reading it.
func scanWritten(row database.Scanner, more ...any) (w written, err error) {
	var published, edited, received int64
	dest := []any{&w.ID, &w.BlogID, &w.PostID, &w.ParentID, &w.RootID, &w.RootAt, &w.SortAt, &w.ObjectURI, &w.URL, &w.AuthorID, &w.html, &w.CW,
		&w.Language, &w.attached, &w.tags, &w.Visibility, &w.Kind, &w.Status, &published, &edited, &received}
	err = row.Scan(append(dest, more...)...)
	w.PublishedAt, w.EditedAt, w.ReceivedAt = database.Time(published), database.Time(edited), database.Time(received)
	return w, err
}

// WholeReply reads a reply both ways: what decisions need, and what it says.
func WholeReply(ctx context.Context, q database.Querier, id database.ID) (Stored, Reply, error) {
	stored, err := ReplyByID(ctx, q, id)
	if err != nil {
		return stored, Reply{}, err
	}
	r, err := contentByID(ctx, q, id)
	return stored, r, err
}

// Size is how many bytes of a row its author has chosen.
func (r Row) Size() int {
	return len(r.HTML.String()) + len(r.CW) + len(encodeAttachments(r.Attachments)) + len(encodeTags(r.Tags)) + len(r.URL)
}

// MaxIDs is how many ids one IN list has.
const MaxIDs = 500

// PurgeReply makes a deleted reply of one with this status, and leaves nothing of what it said.
// That it was hidden is remembered, for when it is restored.
func PurgeReply(ctx context.Context, q database.Querier, id database.ID, status string) error {
	before := ""
	if status == Hidden {
		before = status
	}
	rows, err := q.Exec(ctx, `
UPDATE replies
SET status = ?, url = '', url_hash = NULL, html = '', cw = '', language = '', attachments = '[]', tags = NULL, content_hash = ?, size = 0, let_go_at = NULL,
	status_rule = '', status_evidence = '', status_since = 0, status_before = ?, rule_before = '', evidence_before = ''
WHERE id = ? AND status = ?`, Deleted, database.Digest{}, before, id, status)
	return ExactlyOne(rows, err, "purge the reply")
}
