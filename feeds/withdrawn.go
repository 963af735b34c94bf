package feeds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// A post that waits to be announced can be taken back for nothing: nobody was told. So much less
// proof is enough than for a Delete (page_check.go: judge). One good poll that should list the post
// and does not, or one answer of its page that it is gone, makes it wait on; as soon as the feed
// has it again, it goes out, since feeds flicker. For that the feed is read once more shortly
// before a post is announced, and the page of one that the feed does not list any more.
//
// Nothing ends that waiting but the rules for every post, and its owner (post history): a post may
// be back after a week of second thoughts. Only one that its feed cannot list any more, because
// newer ones came or because it is old, becomes history after a day without its page.

const (
	leastRest = 10 * time.Minute // of a post that was withdrawn, until somebody looks whether it is back
	mostRest  = time.Hour
)

// Withdrawal is whether a post that nobody was told of yet shall be announced.
type Withdrawal int

// What can be known of a post that waits.
const (
	NotWithdrawn Withdrawal = iota
	MaybeWithdrawn
	SurelyWithdrawn // it is history from now on
)

// WithdrawalOf says what is known of a post that is due for the first time.
func WithdrawalOf(ctx context.Context, q database.Querier, p Post) (Withdrawal, error) {
	switch {
	case p.AbsentPolls > 0:
		return MaybeWithdrawn, nil
	case p.AbsentSince.IsZero():
		return NotWithdrawn, nil
	}
	page, err := pages.CheckOf(ctx, q, p.ID)
	switch {
	case errors.Is(err, database.ErrNotFound), err == nil && page.GoneSince.IsZero():
		return NotWithdrawn, nil
	case err != nil:
		return NotWithdrawn, fmt.Errorf("read what is known of its page: %w", err)
	case page.CheckedAt.Before(page.GoneSince.Add(goneAfter)):
		return MaybeWithdrawn, nil
	}
	return SurelyWithdrawn, nil
}

// WaitOn makes a post that may be withdrawn due later: soon at first. Where its page is all that
// can say that it is back, that is looked at before.
func WaitOn(ctx context.Context, tx database.Querier, p Post, now time.Time) error {
	until := now.Add(min(max(now.Sub(p.AbsentSince)/4, leastRest), mostRest))
	if err := Postpone(ctx, tx, p, until); err != nil || p.AbsentPolls > 0 {
		return err
	}
	return pages.Schedule(ctx, tx, p.ID, p.BlogID, schedule.PageBefore(until, now))
}

// StillDue is for the transaction that announces a post, which must not go by what it has read: it
// says whether the post is as due as p and as much in its feed, and collides with whoever takes it
// back at this moment.
func StillDue(ctx context.Context, q database.Querier, p Post) (bool, error) {
	n, err := q.Exec(ctx, `
UPDATE posts
SET due_at = due_at + 1
WHERE id = ? AND due_at = ? AND announce = ? AND removed_at = 0 AND held_at = 0 AND absent_since = ? AND absent_polls = ?`,
		p.ID, database.MillisOrNull(p.DueAt), true, database.Millis(p.AbsentSince), p.AbsentPolls)
	return n > 0, err
}

// CallOff makes history of a post that waits to be announced. It is web.ErrNotFound where it does
// not wait. The caller knows that nobody was told of it, and calls it in the transaction in which
// that was read.
func CallOff(ctx context.Context, tx database.Querier, id string) error {
	n, err := tx.Exec(ctx, `
UPDATE posts
SET announce = ?, due_at = NULL
WHERE id = ? AND announce = ? AND due_at IS NOT NULL AND removed_at = 0 AND held_at = 0`, false, id, true)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: no post with the id %s waits to be announced", web.ErrNotFound, id)
	}
	return err
}

// DueOf lists the posts of a blog that wait for their Create or an Update, the soonest first,
// without content.
func DueOf(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.due_at > 0 AND p.blog_id = ? AND p.announce = ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.due_at
LIMIT ?`, blogID, true, limit))
}

// soonestCheck is when the next of a blog's posts is announced for the first time, if there is time
// enough to read its feed before; zero where there is none.
func soonestCheck(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(due_at)
FROM posts
WHERE due_at >= ? AND blog_id = ? AND announce = ? AND edited_at = 0 AND absent_polls = 0 AND removed_at = 0`,
		database.Millis(now.Add(schedule.LeastWait)), blogID, true))
}

// firstDue is when the first of the plan's new posts is announced, as soonestCheck says it.
func (pl *plan) firstDue(now time.Time) (due time.Time) {
	for _, c := range pl.changes {
		if c.known == nil && c.post.Announce && !c.due.Before(now.Add(schedule.LeastWait)) && (due.IsZero() || c.due.Before(due)) {
			due = c.due
		}
	}
	return due
}

// readBefore has a feed read at once, since its posts have begun to go out one after another; later
// polls see to themselves.
func readBefore(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE polls
SET next_at = ?
WHERE blog_id = ? AND next_at > ? AND stopped_at = 0 AND retry_at <= ?`,
		database.Millis(now), blogID, database.Millis(now), database.Millis(now))
	return err
}
