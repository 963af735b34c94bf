package feeds

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const pageColumns = `g.post_id, g.blog_id, g.etag, g.last_modified, g.status, g.title, g.text_digest, g.base_hash, g.feed_hash, g.trusted,
	g.filled, g.looks, g.gone_since, g.checked_at, g.check_at, g.lease_until`

func scanPageCheck(row database.Scanner, more ...any) (l PageCheck, err error) {
	var gone, checked, lease int64
	var check sql.NullInt64
	err = row.Scan(append([]any{&l.PostID, &l.BlogID, &l.ETag, &l.LastModified, &l.Status, &l.Title, &l.Digest, &l.Base, &l.Feed, &l.Trusted,
		&l.Filled, &l.Answers, &gone, &checked, &check, &lease}, more...)...)
	l.GoneSince, l.CheckedAt = database.Time(gone), database.Time(checked)
	l.CheckAt, l.LeaseUntil = database.Time(check.Int64), database.Time(lease)
	return l, err
}

// PageCheckOf is what is known of a post's page; database.ErrNotFound where nobody has looked or will.
func PageCheckOf(ctx context.Context, q database.Querier, postID string) (PageCheck, error) {
	return scanPageCheck(q.QueryRow(ctx, `
SELECT `+pageColumns+`
FROM pages g
WHERE g.post_id = ?`, postID))
}

// schedulePageCheck has a post's page looked at, at that time at the latest. It is for the
// transaction that finds a post to be out of its feed. A check that is under way loses its lease:
// it has read the post as it was before, and would say when the next check at that one is.
func schedulePageCheck(ctx context.Context, q database.Querier, postID string, blogID database.ID, at time.Time) error {
	due := database.Millis(at)
	n, err := q.Exec(ctx, `
UPDATE pages
SET check_at = CASE WHEN check_at < ? THEN check_at ELSE ? END, lease_until = 0
WHERE post_id = ? AND (check_at IS NULL OR check_at > ? OR lease_until > 0)`, due, due, postID, due)
	if err != nil || n > 0 {
		return err
	}
	err = insertPageCheck(ctx, q, PageCheck{PostID: postID, BlogID: blogID, CheckAt: at})
	if errors.Is(err, database.ErrDuplicate) {
		return nil // it is due earlier
	}
	return err
}

func insertPageCheck(ctx context.Context, q database.Querier, l PageCheck) error {
	_, err := q.Exec(ctx, `
INSERT INTO pages (post_id, blog_id, etag, last_modified, status, title, text_digest, base_hash, feed_hash, trusted, filled, looks,
	gone_since, checked_at, check_at, lease_until)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, append([]any{l.PostID, l.BlogID}, l.remembered()...)...)
	return err
}

// remembered are the values of a check from etag to check_at.
func (l PageCheck) remembered() []any {
	return []any{
		l.ETag, l.LastModified, l.Status, l.Title, l.Digest.OrNull(), l.Base.OrNull(), l.Feed.OrNull(), l.Trusted, l.Filled, l.Answers,
		database.Millis(l.GoneSince), database.Millis(l.CheckedAt), millisOrNull(l.CheckAt),
	}
}

// duePageCheck is a check to take, with the host of its blog's site.
type duePageCheck struct {
	PageCheck
	host string
}

func scanDuePageCheck(row database.Scanner) (d duePageCheck, err error) {
	d.PageCheck, err = scanPageCheck(row, &d.host)
	return d, err
}

// duePageChecks lists checks that are due and nobody is taking, the longest due first, except those at sites that are busy.
func duePageChecks(ctx context.Context, q database.Querier, now time.Time, busy []string, limit int) ([]duePageCheck, error) {
	free, hosts := atFree(busy)
	args := append([]any{database.Millis(now), database.Millis(now)}, hosts...)
	return database.Collect(scanDuePageCheck)(q.Query(ctx, `
SELECT `+pageColumns+`, b.site_host
FROM pages g
JOIN blogs b ON b.id = g.blog_id
WHERE g.check_at <= ? AND g.lease_until <= ? `+free+`
ORDER BY g.check_at
LIMIT ?`, append(args, limit)...))
}

// soonestPageCheck returns when the next check is due, except at sites that are busy; one that a
// process is taking is due again when its lease ends. It is the zero time where none is due before
// that time: where a site is busy, all of its pages would be gone through.
func soonestPageCheck(ctx context.Context, q database.Querier, before time.Time, busy []string) (time.Time, error) {
	free, hosts := atFree(busy)
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > check_at THEN lease_until ELSE check_at END)
FROM (
	SELECT g.check_at, g.lease_until
	FROM pages g
	JOIN blogs b ON b.id = g.blog_id
	WHERE g.check_at < ? `+free+`
	ORDER BY g.check_at
	LIMIT ?
) soonest`, append(append([]any{database.Millis(before)}, hosts...), database.MaxLeased)...))
}

// atFree is the condition that leaves out the checks at busy sites.
func atFree(busy []string) (condition string, hosts []any) {
	if len(busy) == 0 {
		return "", nil
	}
	return "AND b.site_host NOT IN (" + database.Marks(len(busy)) + ")", database.Args(busy)
}

// leasePageCheck claims a check for one process, if it is still as it was read.
func leasePageCheck(ctx context.Context, q database.Querier, l PageCheck, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE pages
SET lease_until = ?
WHERE post_id = ? AND lease_until = ? AND looks = ?`, database.Millis(until), l.PostID, database.Millis(l.LeaseUntil), l.Answers)
	return n == 1, err
}

func releasePageCheck(ctx context.Context, q database.Querier, l PageCheck) error {
	_, err := q.Exec(ctx, `
UPDATE pages
SET lease_until = 0
WHERE post_id = ? AND lease_until = ?`, l.PostID, database.Millis(l.LeaseUntil))
	return err
}

// settlePageCheck records a check's outcome and ends its lease. errLeaseLost means that the lease
// was no longer ours, and nothing is changed.
func settlePageCheck(ctx context.Context, q database.Querier, l PageCheck) error {
	n, err := q.Exec(ctx, `
UPDATE pages
SET etag = ?, last_modified = ?, status = ?, title = ?, text_digest = ?, base_hash = ?, feed_hash = ?, trusted = ?, filled = ?, looks = ?,
	gone_since = ?, checked_at = ?, check_at = ?, lease_until = 0
WHERE post_id = ? AND lease_until = ?`, append(l.remembered(), l.PostID, database.Millis(l.LeaseUntil))...)
	if err == nil && n == 0 {
		err = errLeaseLost
	}
	return err
}

// forgetPage is for a post that is forgotten itself.
func forgetPage(ctx context.Context, q database.Querier, postID string) error {
	_, err := q.Exec(ctx, `
DELETE FROM pages
WHERE post_id = ?`, postID)
	return err
}

// removeGone removes a post whose page is gone, if by now it is still missing from its feed. What judge has seen is asked again here,
// because a poll may have found it in the meantime.
func removeGone(ctx context.Context, q database.Querier, postID string, now time.Time) (bool, error) {
	NoteChange(postID)
	n, err := q.Exec(ctx, `
UPDATE posts
SET removed_at = ?, removed_by = ?, due_at = ?
WHERE id = ? AND removed_at = 0 AND held_at = 0 AND absent_polls >= ? AND absent_since > 0 AND absent_since <= ?`,
		database.Millis(now), RemovedGone, database.Millis(now), postID, gonePolls, database.Millis(now.Add(-goneAfter)))
	return n == 1, err
}

// updateFromPage stores what a page has changed, if the post is still as it was compared, and still out of its feed.
func updateFromPage(ctx context.Context, q database.Querier, c change) (bool, error) {
	p := c.post
	NoteChange(p.ID)
	n, err := q.Exec(ctx, `
UPDATE posts
SET title = ?, teaser = ?, content = ?, image_url = ?, image_alt = ?, edited_at = CASE WHEN due_at IS NULL AND announce = ? THEN ? ELSE ? END,
	content_hash = ?, hash_version = ?, due_at = COALESCE(due_at, CASE WHEN announce = ? THEN ? END)
WHERE id = ? AND content_hash = ? AND removed_at = 0 AND held_at = 0 AND absent_since > 0`,
		p.Title, p.Teaser, p.Content.String(), p.ImageURL, p.ImageAlt, true, database.Millis(c.editedAt()), database.Millis(p.EditedAt),
		p.ContentHash, p.HashVersion, true, millisOrNull(c.dueAt()), p.ID, c.known.Hash)
	return n == 1, err
}

// reading is what a feed said of a post whose text is its page's since.
type reading struct {
	postID string
	hash   database.Digest
}

// feedReadings are, for those of the posts that were edited from their page and not by their feed since, the hashes of what the feed had
// said before. An item with that hash is no edit: the feed is behind, and taking it over would undo what the page has.
func feedReadings(ctx context.Context, q database.Querier, ids []string) (map[string]database.Digest, error) {
	known := map[string]database.Digest{}
	for some := range slices.Chunk(ids, database.MaxMarks) {
		all, err := database.Collect(func(row database.Scanner) (r reading, err error) {
			return r, row.Scan(&r.postID, &r.hash)
		})(q.Query(ctx, `
SELECT g.post_id, g.feed_hash
FROM pages g
JOIN posts p ON p.id = g.post_id
WHERE g.post_id IN (`+database.Marks(len(some))+`) AND g.feed_hash IS NOT NULL AND g.base_hash = p.content_hash
LIMIT ?`, append(database.Args(some), database.MaxMarks)...))
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			known[r.postID] = r.hash
		}
	}
	return known, nil
}

// filledPages are those of the posts whose page gave something.
func filledPages(ctx context.Context, q database.Querier, ids []string) ([]PageCheck, error) {
	var found []PageCheck
	for some := range slices.Chunk(ids, database.MaxMarks) {
		looks, err := database.Collect(func(row database.Scanner) (PageCheck, error) { return scanPageCheck(row) })(q.Query(ctx, `
SELECT `+pageColumns+`
FROM pages g
WHERE g.post_id IN (`+database.Marks(len(some))+`) AND g.filled <> ''
LIMIT ?`, append(database.Args(some), database.MaxMarks)...))
		if err != nil {
			return nil, err
		}
		found = append(found, looks...)
	}
	return found, nil
}
