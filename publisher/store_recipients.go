package publisher

import (
	"context"
	"errors"

	"github.com/bloghorn/bloghorn/server/database"
)

// maxSamePage bounds how many posts with the address of another are looked at.
const maxSamePage = 100

// samePage lists the other posts, of any blog, that are or were at an address of this post, each
// once: those that moved together share several. The address of the site is none of a post.
func samePage(ctx context.Context, q database.Querier, postID string, site database.Digest) ([]sibling, error) {
	return database.Collect(scanSibling)(q.Query(ctx, `
		SELECT DISTINCT p.id, p.blog_id, COALESCE(t.created_at, 0), COALESCE(t.deleted_at, 0)
		FROM post_aliases mine
		JOIN post_aliases other ON other.page_key = mine.page_key
		JOIN posts p ON p.id = other.post_id
		LEFT JOIN announcements t ON t.post_id = other.post_id
		WHERE mine.post_id = ? AND mine.page_key <> ? AND other.post_id <> ? AND p.removed_at = 0
		LIMIT ?`, postID, site, postID, maxSamePage))
}

// pageTurn is a page that other posts have as well, and how often one of them was announced.
type pageTurn struct {
	page database.Digest
	turn int64
}

// turnsOf are those of the pages that a post shares with others.
func turnsOf(ctx context.Context, q database.Querier, postID string, site database.Digest) ([]pageTurn, error) {
	return database.Collect(func(row database.Scanner) (p pageTurn, err error) {
		return p, row.Scan(&p.page, &p.turn)
	})(q.Query(ctx, `
		SELECT DISTINCT mine.page_key, COALESCE(t.turn, 0)
		FROM post_aliases mine
		JOIN post_aliases other ON other.page_key = mine.page_key AND other.post_id <> mine.post_id
		LEFT JOIN page_turns t ON t.page_key = mine.page_key
		WHERE mine.post_id = ? AND mine.page_key <> ?
		ORDER BY mine.page_key
		LIMIT ?`, postID, site, maxSamePage))
}

// take counts one more. It is database.ErrConflict where another transaction did since this one
// read p.
func (p pageTurn) take(ctx context.Context, q database.Querier) error {
	if p.turn == 0 {
		_, err := q.Exec(ctx, `
			INSERT INTO page_turns (page_key, turn)
			VALUES (?, 1)`, p.page)
		if errors.Is(err, database.ErrDuplicate) {
			return database.ErrConflict
		}
		return err
	}
	n, err := q.Exec(ctx, `
		UPDATE page_turns
		SET turn = turn + 1
		WHERE page_key = ? AND turn = ?`, p.page, p.turn)
	if err == nil && n == 0 {
		return database.ErrConflict
	}
	return err
}

func scanSibling(row database.Scanner) (s sibling, err error) {
	var id string
	var created, deleted int64
	err = row.Scan(&id, &s.blog, &created, &deleted)
	if deleted == 0 {
		s.toldAt = database.Time(created)
	}
	return s, err
}

// followersOfBoth lists who follows the blog and followed the sibling's when that was told, from
// after one actor's id to another's.
func followersOfBoth(
	ctx context.Context, q database.Querier, blogID database.ID, other sibling, after, last database.ID, limit int,
) ([]database.ID, error) {
	return database.Collect(func(row database.Scanner) (id database.ID, err error) {
		return id, row.Scan(&id)
	})(q.Query(ctx, `
		SELECT f.actor_id
		FROM followers f
		JOIN followers o ON o.actor_id = f.actor_id AND o.blog_id = ?
		WHERE f.blog_id = ? AND f.actor_id > ? AND f.actor_id <= ? AND o.created_at <= ?
		LIMIT ?`, other.blog, blogID, after, last, database.Millis(other.toldAt), limit))
}
