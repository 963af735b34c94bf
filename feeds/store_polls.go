package feeds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
)

// Poll is what the poller remembers of a blog's feed.
type Poll struct {
	BlogID       database.ID
	ETag         string          // as the last readable answer had it
	LastModified string          // the same
	BodyHash     database.Digest // of the last readable answer: a known body is not parsed again
	HashVersion  int             // of the posts' hashes then; after an upgrade a known body is parsed once more
	MovedTo      string          // where the feed's address has permanently moved, "" if it has not
	Imported     bool            // false until the history is stored, which is never announced
	NextAt       time.Time
	LeaseUntil   time.Time // a process is polling until then; zero when none is
	PolledAt     time.Time
	SucceededAt  time.Time
	ChangedAt    time.Time // when there was last a new or edited post
	Failures     int       // in a row
	LastError    string    // a sentence for the owner; "" after a success
	StoppedAt    time.Time // the feed is not asked any more; zero while it is
	Gone         int       // answers of 410 in a row
	Format       string    // "RSS 2.0", as the feed last had it; "" until it is read
	PushedAt     time.Time // somebody said then that there is news, and nobody has looked yet; zero otherwise
	AnsweredAt   time.Time // when somebody last looked because of that
	Charset      string    // how its characters were read, by name; "" where every encoding reads them alike
	RetryAt      time.Time // the last answer's Retry-After; zero where it had none
	ReadAt       time.Time // when the server last sent the feed itself
	DeafAt       time.Time // when it was last caught answering 304 though there was news; zero where it never was

	Known   Fingerprint      // what tells this feed from another one
	MostNew int              // the most new posts that one poll brought and that were let through
	Missing int              // posts that should be in the feed and are not
	Wishes  parser.PollHints // when the feed wants to be asked
	Hub     parser.Hub       // who tells us of news before we ask

	rhythm schedule.Rhythm // of the blog, read before a poll and not stored here
}

// Fingerprint is what the hold rules know a feed by; empty fields are not known.
type Fingerprint struct {
	FeedHost string // where the feed's answer came from, after redirects
	LinkHost string // where most of its posts are
	Title    string
	Language string
}

const selectPoll = `
SELECT blog_id, etag, last_modified, body_hash, hash_version, moved_to, imported, next_at, lease_until, polled_at, succeeded_at, changed_at,
	failures, last_error, stopped_at, gone, feed_host, link_host, feed_title, feed_language, most_new, missing,
	ttl, skip_hours, skip_days, cache_until, hub_url, topic_url, pushed_at, answered_at, feed_format, feed_charset, retry_at, read_at, deaf_at
FROM polls`

func scanPoll(row database.Scanner) (p Poll, err error) {
	var next, lease, polled, succeeded, changed, stopped, ttl, cached, pushed, answered, retry, read, deaf int64
	err = row.Scan(&p.BlogID, &p.ETag, &p.LastModified, &p.BodyHash, &p.HashVersion, &p.MovedTo, &p.Imported, &next, &lease, &polled,
		&succeeded, &changed, &p.Failures, &p.LastError, &stopped, &p.Gone, &p.Known.FeedHost, &p.Known.LinkHost, &p.Known.Title,
		&p.Known.Language, &p.MostNew, &p.Missing, &ttl, &p.Wishes.SkipHours, &p.Wishes.SkipDays, &cached, &p.Hub.URL, &p.Hub.Topic,
		&pushed, &answered, &p.Format, &p.Charset, &retry, &read, &deaf)
	p.NextAt, p.LeaseUntil, p.PolledAt = database.Time(next), database.Time(lease), database.Time(polled)
	p.SucceededAt, p.ChangedAt, p.StoppedAt = database.Time(succeeded), database.Time(changed), database.Time(stopped)
	p.Wishes.TTL, p.Wishes.CacheUntil = time.Duration(ttl)*time.Minute, database.Time(cached)
	p.PushedAt, p.AnsweredAt, p.RetryAt = database.Time(pushed), database.Time(answered), database.Time(retry)
	p.ReadAt, p.DeafAt = database.Time(read), database.Time(deaf)
	return p, err
}

// PollOf returns database.ErrNotFound where there is no such blog.
func PollOf(ctx context.Context, q database.Querier, blogID database.ID) (Poll, error) {
	return scanPoll(q.QueryRow(ctx, selectPoll+`
WHERE blog_id = ?`, blogID))
}

// duePolls lists polls that are due and nobody is doing, the longest due first.
func duePolls(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Poll, error) {
	return database.Collect(scanPoll)(q.Query(ctx, selectPoll+`
WHERE next_at <= ? AND lease_until <= ? AND stopped_at = 0
ORDER BY next_at
LIMIT ?`, database.Millis(now), database.Millis(now), limit))
}

// soonestPoll returns when the next poll is due; one that a process is doing is due again when its
// lease ends.
func soonestPoll(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > next_at THEN lease_until ELSE next_at END)
FROM (
	SELECT next_at, lease_until
	FROM polls
	WHERE stopped_at = 0
	ORDER BY next_at
	LIMIT ?
) soonest`, database.MaxLeased))
}

// leasePoll claims a poll for one process, if it is still as it was read.
func leasePoll(ctx context.Context, q database.Querier, p Poll, until time.Time) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE polls
SET lease_until = ?
WHERE blog_id = ? AND lease_until = ? AND next_at = ?`,
		database.Millis(until), p.BlogID, database.Millis(p.LeaseUntil), database.Millis(p.NextAt))
	return n == 1, err
}

// releasePoll gives a claim back, so that a restart does not wait for its end.
func releasePoll(ctx context.Context, q database.Querier, p Poll) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET lease_until = 0
WHERE blog_id = ? AND lease_until = ?`, p.BlogID, database.Millis(p.LeaseUntil))
	return err
}

// settlePoll records a poll's outcome and ends its lease. errLeaseLost means that the lease was no
// longer ours, and nothing is changed. Who said that there is news while the poll was under way
// gets a poll of their own, also of a feed that this one would stop. The order counts: MySQL
// assigns from left to right.
func settlePoll(ctx context.Context, q database.Querier, p Poll) error {
	pushed := database.Millis(p.PushedAt)
	n, err := q.Exec(ctx, `
UPDATE polls
SET next_at = CASE WHEN pushed_at = ? THEN ? ELSE ? END, stopped_at = CASE WHEN pushed_at = ? THEN ? ELSE 0 END,
	pushed_at = CASE WHEN pushed_at = ? THEN 0 ELSE pushed_at END,
	hub_changed_at = CASE WHEN hub_url = ? AND topic_url = ? THEN hub_changed_at ELSE ? END, lease_until = 0,
	etag = ?, last_modified = ?, body_hash = ?, hash_version = ?, moved_to = ?, imported = ?, polled_at = ?, succeeded_at = ?,
	changed_at = ?, failures = ?, last_error = ?, gone = ?, feed_host = ?, link_host = ?, feed_title = ?,
	feed_language = ?, most_new = ?, missing = ?, ttl = ?, skip_hours = ?, skip_days = ?, cache_until = ?, hub_url = ?, topic_url = ?,
	answered_at = ?, feed_format = ?, feed_charset = ?, retry_at = ?, read_at = ?, deaf_at = ?
WHERE blog_id = ? AND lease_until = ?`, slices.Concat([]any{
		pushed, database.Millis(p.NextAt), database.Millis(later(p.PolledAt.Add(forcedEvery), p.RetryAt)),
		pushed, database.Millis(p.StoppedAt), pushed,
		p.Hub.URL, p.Hub.Topic, database.Millis(p.PolledAt),
	}, p.remembered(), []any{p.BlogID, database.Millis(p.LeaseUntil)})...)
	if err == nil && n == 0 {
		err = pages.ErrLeaseLost
	}
	return err
}

func insertPoll(ctx context.Context, q database.Querier, p Poll) error {
	var hubChanged any
	if p.Hub != (parser.Hub{}) {
		hubChanged = database.Millis(p.PolledAt)
	}
	_, err := q.Exec(ctx, `
INSERT INTO polls (blog_id, next_at, hub_changed_at, lease_until, etag, last_modified, body_hash, hash_version, moved_to, imported,
	polled_at, succeeded_at, changed_at, failures, last_error, gone, feed_host, link_host, feed_title, feed_language,
	most_new, missing, ttl, skip_hours, skip_days, cache_until, hub_url, topic_url, answered_at, feed_format, feed_charset, retry_at, read_at, deaf_at)
VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append([]any{p.BlogID, database.Millis(p.NextAt), hubChanged}, p.remembered()...)...)
	return err
}

// remembered are the values of a poll from etag to deaf_at, without its lease, its next time and
// its end.
func (p Poll) remembered() []any {
	return []any{
		p.ETag, p.LastModified, p.BodyHash.OrNull(), p.HashVersion, p.MovedTo, p.Imported,
		database.Millis(p.PolledAt), database.Millis(p.SucceededAt), database.Millis(p.ChangedAt), p.Failures, p.LastError,
		p.Gone, p.Known.FeedHost, p.Known.LinkHost, p.Known.Title, p.Known.Language,
		p.MostNew, p.Missing, int64(p.Wishes.TTL / time.Minute), p.Wishes.SkipHours, p.Wishes.SkipDays, database.Millis(p.Wishes.CacheUntil),
		p.Hub.URL, p.Hub.Topic, database.Millis(p.AnsweredAt), p.Format, p.Charset, database.Millis(p.RetryAt),
		database.Millis(p.ReadAt), database.Millis(p.DeafAt),
	}
}

func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// HubChanges lists the polls whose feed has named another hub, or none, since HubFollowed was last
// called for them.
func HubChanges(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Poll, error) {
	return database.Collect(scanPoll)(q.Query(ctx, selectPoll+`
WHERE hub_changed_at <= ?
ORDER BY hub_changed_at
LIMIT ?`, database.Millis(now), limit))
}

// HubFollowed says that the subscriptions of a blog are as its feed wanted them when the poll was
// read.
func HubFollowed(ctx context.Context, q database.Querier, p Poll) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET hub_changed_at = NULL
WHERE blog_id = ? AND hub_url = ? AND topic_url = ?`, p.BlogID, p.Hub.URL, p.Hub.Topic)
	return err
}

// FoundSince counts all posts of a blog that are known, held and removed ones too, and those of
// them that were edited since.
func FoundSince(ctx context.Context, q database.Querier, blogID database.ID, since time.Time) (known, edited int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COUNT(CASE WHEN edited_at >= ? THEN 1 END)
FROM posts
WHERE blog_id = ?`, database.Millis(since), blogID).Scan(&known, &edited)
	return known, edited, err
}

// readAnew makes a blog's feed due at once and its next answer new, whatever it is. A poll that is
// under way loses its lease: it has read the blog as it was before.
func readAnew(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET etag = '', last_modified = '', body_hash = NULL, next_at = ?, lease_until = 0
WHERE blog_id = ?`, database.Millis(now), id)
	return err
}

// forgetBody makes the next answer of a feed new, whatever it is.
func forgetBody(ctx context.Context, q database.Querier, id database.ID) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET etag = '', last_modified = '', body_hash = ?
WHERE blog_id = ?`, noBody, id)
	return err
}

// forgetFeed drops what was true of another address. A subscription to the hub of that address is
// left: the next poll would see no change where the new feed names no hub either. MySQL sets
// columns from left to right, so hub_changed_at comes before hub_url.
func forgetFeed(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET hub_changed_at = CASE WHEN hub_url = '' THEN hub_changed_at ELSE ? END,
	moved_to = '', failures = 0, last_error = '', gone = 0, stopped_at = 0, cache_until = 0, hub_url = '', topic_url = ''
WHERE blog_id = ?`, database.Millis(now), id)
	return err
}

// rhythmIn reads how a blog publishes, and what its hub last told.
func rhythmIn(ctx context.Context, q database.Querier, b Blog, poll Poll, now time.Time) (r schedule.Rhythm, err error) {
	r.ActiveAt = b.CreatedAt
	if r.DueAt, err = soonestCheck(ctx, q, b.ID, now); err != nil {
		return r, err
	}
	if r.Posted, err = database.Collect(scanTime)(q.Query(ctx, `
SELECT published_at
FROM posts
WHERE blog_id = ? AND removed_at = 0
ORDER BY published_at DESC
LIMIT ?`, b.ID, schedule.RhythmOf)); err != nil || poll.Hub == (parser.Hub{}) {
		return r, err
	}
	var pushed int64
	err = q.QueryRow(ctx, `
SELECT pushed_at
FROM subscriptions
WHERE blog_id = ? AND name_hash = ? AND state = 'active' AND expires_at > ?`,
		b.ID, poll.Hub.Name(), database.Millis(now)).Scan(&pushed)
	if errors.Is(err, database.ErrNotFound) {
		err = nil
	}
	r.PushedAt = database.Time(pushed)
	return r, err
}

func scanTime(row database.Scanner) (time.Time, error) {
	var millis int64
	err := row.Scan(&millis)
	return database.Time(millis), err
}

// PollSoon makes a feed due because somebody says that there is news: at once, or as soon as the
// last such poll is long enough ago. Those who say so meanwhile get that poll too. A feed that is
// stopped stays so. In a transaction it waits for a poll that is being settled, and goes by what
// that one has found: on MySQL only a row that was written is read as it is by now.
func PollSoon(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) error {
	if _, err := q.Exec(ctx, `
UPDATE polls
SET pushed_at = ?
WHERE blog_id = ? AND stopped_at = 0`, database.Millis(now), blogID); err != nil {
		return fmt.Errorf("ask for a poll: %w", err)
	}
	poll, err := PollOf(ctx, q, blogID)
	if err != nil {
		return fmt.Errorf("find the poll that was asked for: %w", err)
	}
	due := database.Millis(poll.forced(now))
	_, err = q.Exec(ctx, `
UPDATE polls
SET next_at = ?
WHERE blog_id = ? AND stopped_at = 0 AND next_at > ?`, due, blogID, due)
	if err != nil {
		return fmt.Errorf("make a poll due: %w", err)
	}
	return nil
}

// ReadNow makes a feed due because its owner wants it read. One that was stopped starts again, and
// one that asked for time is not given it.
func ReadNow(ctx context.Context, tx *database.Tx, blogID database.ID, now time.Time) error {
	if _, err := tx.Exec(ctx, `
UPDATE polls
SET stopped_at = 0, gone = 0, retry_at = 0
WHERE blog_id = ? AND (stopped_at > 0 OR retry_at > 0)`, blogID); err != nil {
		return fmt.Errorf("start a feed again: %w", err)
	}
	return PollSoon(ctx, tx, blogID, now)
}
