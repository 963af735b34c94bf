package inbox

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// wasApproved says whether a moderator approved a reply of this person, on any blog.
func wasApproved(ctx context.Context, q database.Querier, person string) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM remote_actors a
JOIN replies r ON r.author_id = a.id
WHERE a.uri_hash = ? AND r.approved_at > 0
LIMIT 1`, database.Hash(person)))
}

// isHostKnown says whether somebody of this host has followed since then or longer, or wrote what a
// moderator approved.
func isHostKnown(ctx context.Context, q database.Querier, host string, since time.Time) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM remote_actors a
WHERE a.host = ? AND (
	EXISTS (SELECT 1 FROM followers WHERE actor_id = a.id AND created_at <= ?)
	OR EXISTS (SELECT 1 FROM replies WHERE author_id = a.id AND approved_at > 0))
LIMIT 1`, host, database.Millis(since)))
}

// sumHeldOfHost is sumHeld for the people of one host of a site, whose room bounds how much that
// can be.
func sumHeldOfHost(ctx context.Context, q database.Querier, blogID database.ID, status, site, host string) (n, size int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COALESCE(SUM(r.size), 0)
FROM replies r
JOIN remote_actors a ON a.id = r.author_id
WHERE r.blog_id = ? AND r.status = ? AND r.site = ? AND r.size > 0 AND a.host = ?`, blogID, status, site, host).Scan(&n, &size)
	return n, size, err
}

// sumHeld says how many replies wait on a blog, or have another status and still a text, up to max,
// and of how much text: those of a site, of an author on it, or of all where both are zero. One
// index has all of it.
func sumHeld(
	ctx context.Context, q database.Querier, blogID database.ID, status, site string, authorID database.ID, max int,
) (n, size int, err error) {
	where, args := "blog_id = ? AND status = ? AND size > 0", []any{blogID, status}
	if site != "" {
		where, args = where+" AND site = ?", append(args, site)
	}
	if authorID != 0 {
		where, args = where+" AND author_id = ?", append(args, authorID)
	}
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COALESCE(SUM(size), 0)
FROM (
	SELECT size
	FROM replies
	WHERE `+where+`
	LIMIT ?) held`, append(args, max)...).Scan(&n, &size)
	return n, size, err
}
