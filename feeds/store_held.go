package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// HeldGroups lists what is held by blog and rule: first what waits for its owner, the longest in
// front, then what waits for its date. blogID 0 means all blogs.
func HeldGroups(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]HeldGroup, error) {
	where, args := ofBlog(blogID)
	return database.Collect(scanHeldGroup)(q.Query(ctx, `
SELECT p.blog_id, held_by, COUNT(*), MAX(held_at), MIN(published_at), MIN(held_why), MAX(held_why)
FROM posts p
WHERE p.held_at > 0 `+where+`
GROUP BY blog_id, held_by
ORDER BY CASE WHEN held_by = ? THEN 1 ELSE 0 END, MIN(held_at), blog_id, held_by
LIMIT ?`, append(args, HeldDated, limit)...))
}

func scanHeldGroup(row database.Scanner) (g HeldGroup, err error) {
	var until, first int64
	var other string
	err = row.Scan(&g.BlogID, &g.Rule, &g.Count, &until, &first, &g.Reason, &other)
	g.Until, g.First = database.Time(until), database.Time(first)
	if g.Reason != other {
		g.Reason = ""
	}
	return g, err
}

// HeldIn lists the posts of a group, the longest held and oldest first, without content.
func HeldIn(ctx context.Context, q database.Querier, g HeldGroup, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.held_at > 0 AND p.held_at <= ? AND p.blog_id = ? AND p.held_by = ?
ORDER BY p.held_at, p.published_at, p.id
LIMIT ?`, database.Millis(g.Until), g.BlogID, g.Rule, limit))
}

// heldAmong is HeldIn for those of the group that have these ids.
func heldAmong(ctx context.Context, q database.Querier, g HeldGroup, ids []string) ([]Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := append(database.Args(ids), database.Millis(g.Until), g.BlogID, g.Rule, len(ids))
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.id IN (`+database.Marks(len(ids))+`) AND p.held_at > 0 AND p.held_at <= ? AND p.blog_id = ? AND p.held_by = ?
ORDER BY p.held_at, p.published_at, p.id
LIMIT ?`, args...))
}

// CountHeldIn counts the posts of a group.
func CountHeldIn(ctx context.Context, q database.Querier, g HeldGroup) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE held_at > 0 AND held_at <= ? AND blog_id = ? AND held_by = ?`, database.Millis(g.Until), g.BlogID, g.Rule).Scan(&n)
	return n, err
}

// Resembled finds the posts that held ones may be, by their ids, without content.
func Resembled(ctx context.Context, q database.Querier, held []Post) (map[string]Post, error) {
	var ids []any
	for _, p := range held {
		if p.HeldLike != "" {
			ids = append(ids, p.HeldLike)
		}
	}
	found := map[string]Post{}
	if len(ids) == 0 {
		return found, nil
	}
	posts, err := database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.id IN (`+database.Marks(len(ids))+`)
LIMIT ?`, append(ids, len(ids))...))
	for _, p := range posts {
		found[p.ID] = p
	}
	return found, err
}

// firstTime lets a post be announced that nobody was told of. What was edited in it before is part
// of what they are told: edited_at of a post that is due is that of an edit which they are told of.
const firstTime = `announce = ?, due_at = ?, edited_at = 0`

const freed = `held_at = 0, held_by = '', held_why = '', held_like = ''`

// datedWhenFound dates what waited for its date.
const datedWhenFound = `published_at = CASE WHEN published_at > held_at THEN held_at ELSE published_at END`

// setFree ends the holding of a post. What waits for a date after at is dated then, or when it was
// found where at is zero. It is web.ErrNotFound where nothing holds the post any more.
func setFree(ctx context.Context, q database.Querier, id string, at time.Time, set string, values ...any) error {
	dated := datedWhenFound
	if !at.IsZero() {
		dated = `published_at = CASE WHEN published_at > ? THEN ? ELSE published_at END`
		values = append([]any{database.Millis(at), database.Millis(at)}, values...)
	}
	n, err := q.Exec(ctx, `
UPDATE posts
SET `+dated+`, `+freed+`, `+set+`
WHERE id = ? AND held_at > 0`, append(values, id)...)
	if err == nil && n == 0 {
		err = noHeldPost(id)
	}
	return err
}

func noHeldPost(id string) error {
	return fmt.Errorf("%w: no held post has the id %s", web.ErrNotFound, id)
}

// freeGroup makes history of a whole group. What waited for its date is dated when it was found.
func freeGroup(ctx context.Context, q database.Querier, g HeldGroup) (int, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET `+datedWhenFound+`, `+freed+`, announce = ?
WHERE held_at > 0 AND held_at <= ? AND blog_id = ? AND held_by = ?`, false, database.Millis(g.Until), g.BlogID, g.Rule)
	return int(n), err
}

// HeldPosts lists what is held, the longest first and of one poll the oldest post first; without
// content. blogID 0 means all blogs.
func HeldPosts(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	where, args := ofBlog(blogID)
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.held_at > 0 `+where+`
ORDER BY p.held_at, p.published_at, p.id
LIMIT ?`, append(args, limit)...))
}

// CountHeld counts what is held.
func CountHeld(ctx context.Context, q database.Querier, blogID database.ID) (n int, err error) {
	where, args := ofBlog(blogID)
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts p
WHERE p.held_at > 0 `+where, args...).Scan(&n)
	return n, err
}

// ofBlog is the condition that chooses the posts of a blog, or of all with 0.
func ofBlog(blogID database.ID) (condition string, args []any) {
	if blogID == 0 {
		return "", nil
	}
	return "AND p.blog_id = ?", []any{blogID}
}

// CountDated counts what waits for its date, on all blogs.
func CountDated(ctx context.Context, q database.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE held_at > 0 AND held_by = ?`, HeldDated).Scan(&n)
	return n, err
}
