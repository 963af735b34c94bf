package feeds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
)

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

// PollSoon makes a feed due because somebody says that there is news: at once, or as soon as the last such poll is long enough ago. Those
// who say so meanwhile get that poll too. A feed that is stopped stays so. In a transaction it
// waits for a poll that is being settled, and goes by what that one has found: on MySQL only a row
// that was written is read as it is by now.
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

// ReadNow makes a feed due because its owner wants it read. One that was stopped starts again, and one that asked for time is not given it.
func ReadNow(ctx context.Context, tx *database.Tx, blogID database.ID, now time.Time) error {
	if _, err := tx.Exec(ctx, `
UPDATE polls
SET stopped_at = 0, gone = 0, retry_at = 0
WHERE blog_id = ? AND (stopped_at > 0 OR retry_at > 0)`, blogID); err != nil {
		return fmt.Errorf("start a feed again: %w", err)
	}
	return PollSoon(ctx, tx, blogID, now)
}

// HubChanges lists the polls whose feed has named another hub, or none, since HubFollowed was last called for them.
func HubChanges(ctx context.Context, q database.Querier, now time.Time, limit int) ([]Poll, error) {
	return database.Collect(scanPoll)(q.Query(ctx, selectPoll+`
WHERE hub_changed_at <= ?
ORDER BY hub_changed_at
LIMIT ?`, database.Millis(now), limit))
}

// HubFollowed says that the subscriptions of a blog are as its feed wanted them when the poll was read.
func HubFollowed(ctx context.Context, q database.Querier, p Poll) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET hub_changed_at = NULL
WHERE blog_id = ? AND hub_url = ? AND topic_url = ?`, p.BlogID, p.Hub.URL, p.Hub.Topic)
	return err
}

// FoundSince counts all posts of a blog that are known, held and removed ones too, and those of them that were edited since.
func FoundSince(ctx context.Context, q database.Querier, blogID database.ID, since time.Time) (known, edited int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COUNT(CASE WHEN edited_at >= ? THEN 1 END)
FROM posts
WHERE blog_id = ?`, database.Millis(since), blogID).Scan(&known, &edited)
	return known, edited, err
}
