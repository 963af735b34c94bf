package feeds

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// listColumns are those of a post without its content, which lists and threads do not show and
// which costs most to read.
const listColumns = `p.id, p.blog_id, p.guid, p.url, p.title, p.teaser, p.image_url, p.image_alt, p.tags, p.author, p.language,
	p.published_at, p.first_seen_at, p.edited_at, p.content_hash, p.hash_version, p.announce, p.removed_at, p.removed_by, p.due_at,
	p.generation, p.attachments, p.pinned_at, p.held_at, p.held_by, p.held_why, p.held_like, p.absent_since, p.absent_polls`

const selectPost = `
SELECT ` + listColumns + `, p.content
FROM posts p`

func scanPost(row database.Scanner) (Post, error) {
	var content string
	p, err := scanListed(row, &content)
	p.Content = safehtml.Article(content, nil) // cleaned at every read as well, by the rules of today
	return p, err
}

// scanListed reads listColumns, and what else the query has into more.
func scanListed(row database.Scanner, more ...any) (p Post, err error) {
	var tags string
	var attachments sql.NullString
	var published, seen, edited, removed, pinned, held, absent int64
	var due sql.NullInt64
	dest := []any{&p.ID, &p.BlogID, &p.GUID, &p.URL, &p.Title, &p.Teaser, &p.ImageURL, &p.ImageAlt, &tags, &p.Author, &p.Language,
		&published, &seen, &edited, &p.ContentHash, &p.HashVersion, &p.Announce, &removed, &p.RemovedBy, &due,
		&p.Generation, &attachments, &pinned, &held, &p.HeldBy, &p.HeldWhy, &p.HeldLike, &absent, &p.AbsentPolls}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return Post{}, err
	}
	p.PublishedAt, p.FirstSeenAt = database.Time(published), database.Time(seen)
	p.EditedAt, p.RemovedAt, p.DueAt = database.Time(edited), database.Time(removed), database.Time(due.Int64)
	p.PinnedAt, p.HeldAt, p.AbsentSince = database.Time(pinned), database.Time(held), database.Time(absent)
	if err := json.Unmarshal([]byte(tags), &p.Tags); err != nil {
		return Post{}, fmt.Errorf("tags of post %s: %w", p.ID, err)
	}
	if attachments.Valid {
		if err := json.Unmarshal([]byte(attachments.String), &p.Attachments); err != nil {
			return Post{}, fmt.Errorf("attachments of post %s: %w", p.ID, err)
		}
	}
	return p, nil
}

func scanListedPosts(row database.Scanner) (Post, error) { return scanListed(row) }

// PostByID returns the post, also a removed or held one (Post.IsPublic); database.ErrNotFound where
// there never was one.
func PostByID(ctx context.Context, q database.Querier, id string) (Post, error) {
	return scanPost(q.QueryRow(ctx, selectPost+`
WHERE p.id = ?`, id))
}

// DuePosts lists posts about which there is something to say, the longest due first.
func DuePosts(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Post, error) {
	return database.Collect(scanPost)(q.Query(ctx, selectPost+`
WHERE p.due_at <= ?
ORDER BY p.due_at
LIMIT ?`, database.Millis(now), limit))
}

// NextDuePost returns when the next post is due, zero where none will be.
func NextDuePost(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(due_at)
FROM posts`))
}

// NewestPosts lists a blog's posts, newest first, from the one after before; nil begins. Removed
// and held ones are left out.
func NewestPosts(ctx context.Context, q database.Querier, blogID database.ID, before *Post, limit int) ([]Post, error) {
	if before == nil {
		return database.Collect(scanPost)(q.Query(ctx, selectPost+`
WHERE p.blog_id = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
	}
	at := database.Millis(before.PublishedAt)
	return database.Collect(scanPost)(q.Query(ctx, selectPost+`
WHERE p.blog_id = ? AND p.published_at <= ? AND (p.published_at < ? OR p.id < ?) AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, at, at, before.ID, limit))
}

// CountPosts counts a blog's public posts. It is a count in one index less one in another, since a
// held post is never a removed one: SQLite would go through the posts of all blogs to find those
// with held_at = 0, and the outbox is asked by strangers.
func CountPosts(ctx context.Context, q database.Querier, blogID database.ID) (n int, err error) {
	return countPublic(ctx, q, blogID, q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE blog_id = ? AND removed_at = 0`, blogID))
}

// CountAllPosts counts the posts of all blogs that are public.
func CountAllPosts(ctx context.Context, q database.Querier) (n int, err error) {
	return countPublic(ctx, q, 0, q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE removed_at = 0`))
}

// countPublic takes the held posts of a blog, or of all with 0, from those that are not removed.
func countPublic(ctx context.Context, q database.Querier, blogID database.ID, kept database.Scanner) (n int, err error) {
	if err := kept.Scan(&n); err != nil {
		return 0, err
	}
	held, err := CountHeld(ctx, q, blogID)
	return n - held, err
}

// Announced says that the world knows the post as p has it. If it was edited or removed since p was
// read, it stays due.
func Announced(ctx context.Context, q database.Querier, p Post) error {
	_, err := q.Exec(ctx, `
UPDATE posts
SET due_at = NULL
WHERE id = ? AND content_hash = ? AND removed_at = ?`, p.ID, p.ContentHash, database.Millis(p.RemovedAt))
	return err
}

// Postpone makes a due post due later, so that posts which wait do not fill the publisher's batch.
// One that has become due at another time since p was read stays so: its owner may have removed it,
// and its Delete waits for nothing.
func Postpone(ctx context.Context, q database.Querier, p Post, until time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE posts
SET due_at = ?
WHERE id = ? AND due_at = ?`, database.Millis(until), p.ID, database.MillisOrNull(p.DueAt))
	return err
}

// ListPosts lists all posts of a blog, removed and held ones too, without their content, newest
// first, from the one after before; nil begins.
func ListPosts(ctx context.Context, q database.Querier, blogID database.ID, before *Post, limit int) ([]Post, error) {
	if before == nil {
		return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ?
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
	}
	at := database.Millis(before.PublishedAt)
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.published_at <= ? AND (p.published_at < ? OR p.id < ?)
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, at, at, before.ID, limit))
}

// maxPerPage bounds how many posts are looked at that share one address.
const maxPerPage = 100

// PostByURL finds the post that is or was at this address, in any of its spellings; of several, the
// one FindPost takes. Content is left empty: who asks for a page's thread does not show it.
// database.ErrNotFound where there is none.
func PostByURL(ctx context.Context, q database.Querier, rawURL string) (Post, error) {
	p, _, err := FindPost(ctx, q, rawURL, "")
	return p, err
}

// FindPost finds the post at an address and its blog. Of several posts it takes one of the blog
// whose site has that host, then of the oldest blog; blogName ("tea" or "tea@blog.example") decides
// instead where it is not empty. Content is left empty. The error is database.ErrNotFound, or
// FindBlog's for the name.
func FindPost(ctx context.Context, q database.Querier, rawURL, blogName string) (Post, Blog, error) {
	copies, err := FindCopies(ctx, q, rawURL, blogName)
	if err != nil {
		return Post{}, Blog{}, err
	}
	return copies[0].Post, copies[0].Blog, nil
}

// Copy is a post that a page is known as, with its blog.
type Copy struct {
	Post Post // without its Content
	Blog Blog
}

// FindCopies finds all posts at an address: several blogs of one server may publish the same page.
// The first is the one that FindPost takes, and the others follow, those of the oldest blog first.
// The errors are FindPost's; without one there is at least one copy.
func FindCopies(ctx context.Context, q database.Querier, rawURL, blogName string) ([]Copy, error) {
	page := pageurl.Normalise(rawURL)
	if page == "" {
		return nil, database.ErrNotFound
	}
	posts, err := postsAt(ctx, q, database.Hash(page))
	if err == nil && blogName != "" {
		posts, err = onlyOf(ctx, q, posts, blogName)
	}
	if err != nil {
		return nil, err
	}
	if len(posts) == 0 {
		return nil, database.ErrNotFound
	}
	return siteFirst(ctx, q, posts, pageurl.Host(rawURL))
}

// postsAt lists the posts with that page key, those of the oldest blog first: one that is added
// later does not take the place of another.
func postsAt(ctx context.Context, q database.Querier, key database.Digest) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM post_aliases a
JOIN posts p ON p.id = a.post_id
WHERE a.page_key = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.blog_id, p.published_at, p.id
LIMIT ?`, key, maxPerPage))
}

// OwnersPosts lists the posts at an address for their owner, who is shown held and removed ones
// too: the public ones first, then the held ones. database.ErrNotFound where there is none.
func OwnersPosts(ctx context.Context, q database.Querier, rawURL string) ([]Post, error) {
	page := pageurl.Normalise(rawURL)
	if page == "" {
		return nil, database.ErrNotFound
	}
	posts, err := database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM post_aliases a
JOIN posts p ON p.id = a.post_id
WHERE a.page_key = ?
ORDER BY CASE WHEN p.removed_at > 0 THEN 2 WHEN p.held_at > 0 THEN 1 ELSE 0 END, p.blog_id, p.published_at, p.id
LIMIT ?`, database.Hash(page), maxPerPage))
	if err == nil && len(posts) == 0 {
		err = database.ErrNotFound
	}
	return posts, err
}

func onlyOf(ctx context.Context, q database.Querier, posts []Post, blogName string) ([]Post, error) {
	b, err := FindBlog(ctx, q, blogName)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(posts, func(p Post) bool { return p.BlogID != b.ID }), nil
}

// siteFirst reads the blogs of posts, and puts the first post whose blog is on the host before the
// others.
func siteFirst(ctx context.Context, q database.Querier, posts []Post, host string) ([]Copy, error) {
	copies := make([]Copy, len(posts))
	for i, p := range posts {
		b, err := BlogByID(ctx, q, p.BlogID)
		if err != nil {
			return nil, err
		}
		copies[i] = Copy{p, b}
	}
	if i := slices.IndexFunc(copies, func(c Copy) bool { return c.Blog.SiteHost == host }); i > 0 {
		own := copies[i]
		copies = slices.Insert(slices.Delete(copies, i, i+1), 0, own)
	}
	return copies, nil
}

func pinnedPosts(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.pinned_at > 0 AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.pinned_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
}

// newestListed is NewestPosts without content.
func newestListed(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, blogID, limit))
}

// setPinned pins or, with the zero time, unpins a post for which the condition holds.
func setPinned(ctx context.Context, q database.Querier, postID string, at time.Time, condition string) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET pinned_at = ?
WHERE id = ? AND `+condition, database.Millis(at), postID)
	return n > 0, err
}
