package pages

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// ErrLeaseLost says that another process has done the work meanwhile, and nothing was changed.
var ErrLeaseLost = errors.New("another process has taken over")

const columns = `g.post_id, g.blog_id, g.etag, g.last_modified, g.status, g.title, g.text_digest, g.base_hash, g.feed_hash, g.trusted,
	g.filled, g.looks, g.gone_since, g.checked_at, g.check_at, g.lease_until`

func scanCheck(row database.Scanner, more ...any) (l Check, err error) {
	var gone, checked, lease int64
	var check sql.NullInt64
	err = row.Scan(append([]any{&l.PostID, &l.BlogID, &l.ETag, &l.LastModified, &l.Status, &l.Title, &l.Digest, &l.Base, &l.Feed, &l.Trusted,
		&l.Filled, &l.Answers, &gone, &checked, &check, &lease}, more...)...)
	l.GoneSince, l.CheckedAt = database.Time(gone), database.Time(checked)
	l.CheckAt, l.LeaseUntil = database.Time(check.Int64), database.Time(lease)
	return l, err
}

// CheckOf is what is known of a post's page; database.ErrNotFound where nobody has looked or will.
func CheckOf(ctx context.Context, q database.Querier, postID string) (Check, error) {
	return scanCheck(q.QueryRow(ctx, `
SELECT `+columns+`
FROM pages g
WHERE g.post_id = ?`, postID))
}

// Schedule has a post's page looked at, at that time at the latest. It is for the
// transaction that finds a post to be out of its feed. A check that is under way loses its lease:
// it has read the post as it was before, and would say when the next check at that one is.
func Schedule(ctx context.Context, q database.Querier, postID string, blogID database.ID, at time.Time) error {
	due := database.Millis(at)
	n, err := q.Exec(ctx, `
UPDATE pages
SET check_at = CASE WHEN check_at < ? THEN check_at ELSE ? END, lease_until = 0
WHERE post_id = ? AND (check_at IS NULL OR check_at > ? OR lease_until > 0)`, due, due, postID, due)
	if err != nil || n > 0 {
		return err
	}
	err = Insert(ctx, q, Check{PostID: postID, BlogID: blogID, CheckAt: at})
	if errors.Is(err, database.ErrDuplicate) {
		return nil // it is due earlier
	}
	return err
}

func Insert(ctx context.Context, q database.Querier, l Check) error {
	_, err := q.Exec(ctx, `
INSERT INTO pages (post_id, blog_id, etag, last_modified, status, title, text_digest, base_hash, feed_hash, trusted, filled, looks,
	gone_since, checked_at, check_at, lease_until)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, append([]any{l.PostID, l.BlogID}, l.remembered()...)...)
	return err
}

// remembered are the values of a check from etag to check_at.
func (l Check) remembered() []any {
	return []any{
		l.ETag, l.LastModified, l.Status, l.Title, l.Digest.OrNull(), l.Base.OrNull(), l.Feed.OrNull(), l.Trusted, l.Filled, l.Answers,
		database.Millis(l.GoneSince), database.Millis(l.CheckedAt), database.MillisOrNull(l.CheckAt),
	}
}

// DueCheck is a check to take, with the host of its blog's site.
type DueCheck struct {
	Check
	Host string
}

func scanDue(row database.Scanner) (d DueCheck, err error) {
	d.Check, err = scanCheck(row, &d.Host)
	return d, err
}

// Due lists checks that are due and nobody is taking, the longest due first, except those at sites
// that are busy.
func Due(ctx context.Context, q database.Querier, now time.Time, busy []string, limit int) ([]DueCheck, error) {
	free, hosts := atFree(busy)
	args := append([]any{database.Millis(now), database.Millis(now)}, hosts...)
	return database.Collect(scanDue)(q.Query(ctx, `
SELECT `+columns+`, b.site_host
FROM pages g
JOIN blogs b ON b.id = g.blog_id
WHERE g.check_at <= ? AND g.lease_until <= ? `+free+`
ORDER BY g.check_at
LIMIT ?`, append(args, limit)...))
}

// Soonest returns when the next check is due, except at sites that are busy; one that a
// process is taking is due again when its lease ends. It is the zero time where none is due before
// that time: where a site is busy, all of its pages would be gone through.
func Soonest(ctx context.Context, q database.Querier, before time.Time, busy []string) (time.Time, error) {
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

// Lease claims a check for one process, if it is still as it was read.
func Lease(ctx context.Context, q database.Querier, l Check, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE pages
SET lease_until = ?
WHERE post_id = ? AND lease_until = ? AND looks = ?`, database.Millis(until), l.PostID, database.Millis(l.LeaseUntil), l.Answers)
	return n == 1, err
}

func Release(ctx context.Context, q database.Querier, l Check) error {
	_, err := q.Exec(ctx, `
UPDATE pages
SET lease_until = 0
WHERE post_id = ? AND lease_until = ?`, l.PostID, database.Millis(l.LeaseUntil))
	return err
}

// Settle records a check's outcome and ends its lease. errLeaseLost means that the lease
// was no longer ours, and nothing is changed.
func Settle(ctx context.Context, q database.Querier, l Check) error {
	n, err := q.Exec(ctx, `
UPDATE pages
SET etag = ?, last_modified = ?, status = ?, title = ?, text_digest = ?, base_hash = ?, feed_hash = ?, trusted = ?, filled = ?, looks = ?,
	gone_since = ?, checked_at = ?, check_at = ?, lease_until = 0
WHERE post_id = ? AND lease_until = ?`, append(l.remembered(), l.PostID, database.Millis(l.LeaseUntil))...)
	if err == nil && n == 0 {
		err = ErrLeaseLost
	}
	return err
}

// SaveRead stores a check that a poll has made. One that is there already keeps its time.
func SaveRead(ctx context.Context, q database.Querier, l Check) error {
	known, err := CheckOf(ctx, q, l.PostID)
	switch {
	case errors.Is(err, database.ErrNotFound):
		err = Insert(ctx, q, l)
	case err == nil:
		l.Answers, l.CheckAt, l.LeaseUntil = known.Answers+1, known.CheckAt, known.LeaseUntil
		gave := slices.Sorted(slices.Values(strings.Fields(known.Filled + " " + l.Filled)))
		l.Filled = strings.Join(slices.Compact(gave), " ")
		err = Settle(ctx, q, l)
	}
	if errors.Is(err, database.ErrDuplicate) || errors.Is(err, ErrLeaseLost) {
		return nil // somebody else has just read the page
	}
	return err
}

// FeedSays keeps what the feed says of a post that stays as it is, with the hash base: an item that
// says it again is no news.
func FeedSays(ctx context.Context, q database.Querier, postID string, blogID database.ID, base, says database.Digest) error {
	n, err := q.Exec(ctx, `
UPDATE pages
SET trusted = CASE WHEN base_hash = ? THEN trusted ELSE ? END, base_hash = ?, feed_hash = ?
WHERE post_id = ?`, base, false, base, says, postID)
	if err != nil || n > 0 {
		return err
	}
	err = Insert(ctx, q, Check{PostID: postID, BlogID: blogID, Base: base, Feed: says})
	if errors.Is(err, database.ErrDuplicate) {
		return nil // the next poll that reads it says it once more
	}
	return err
}

// Forget is for a post that is forgotten itself.
func Forget(ctx context.Context, q database.Querier, postID string) error {
	_, err := q.Exec(ctx, `
DELETE FROM pages
WHERE post_id = ?`, postID)
	return err
}

// reading is what a feed said of a post whose text is its page's since.
type reading struct {
	postID string
	hash   database.Digest
}

// FeedReadings are, for those of the posts that were edited from their page and not by their feed
// since, the hashes of what the feed had said before. An item with that hash is no edit: the feed
// is behind, and taking it over would undo what the page has.
func FeedReadings(ctx context.Context, q database.Querier, ids []string) (map[string]database.Digest, error) {
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

// Filled are those of the posts whose page gave something.
func Filled(ctx context.Context, q database.Querier, ids []string) ([]Check, error) {
	var found []Check
	for some := range slices.Chunk(ids, database.MaxMarks) {
		looks, err := database.Collect(func(row database.Scanner) (Check, error) { return scanCheck(row) })(q.Query(ctx, `
SELECT `+columns+`
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
