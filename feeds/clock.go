package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
)

// What somebody sets has a longest, so that what waits for longer is known to wait because of a
// wrong clock: that would be made due again and again.
const (
	// MostInterval is the longest feed.poll_interval.
	MostInterval = 7 * 24 * time.Hour
	// mostQueue is how far ahead the last of a blog's posts may be due where more are let out
	// behind it.
	mostQueue = 21 * 24 * time.Hour
)

const (
	longestPoll      = MostInterval + 9*24*time.Hour // half a day of jitter, and skipDays may name six days
	longestDue       = mostQueue + 9*24*time.Hour    // thirty posts of a go
	longestPageCheck = 40 * 24 * time.Hour           // afterLeaving
	ahead            = 5 * time.Minute               // what clocks differ by
)

// Unwind makes due what waits because the clock was ahead (database.PullBack). A poll says when it
// was made, and one that was made in the future is made again, however far that is. It leaves posts
// to UnwindPosts.
func Unwind(ctx context.Context, db *database.DB, now time.Time) (n int64, err error) {
	at := database.Millis(now)
	n, err = db.Exec(ctx, `
UPDATE polls
SET next_at = ?, polled_at = ?, retry_at = 0, lease_until = 0
WHERE polled_at > ? AND stopped_at = 0`, at, at, database.Millis(now.Add(ahead)))
	if err != nil {
		return n, fmt.Errorf("look for polls of the future: %w", err)
	}
	moved, err := database.PullBack(ctx, db, now,
		database.Ahead{Table: "polls", Column: "next_at", Longest: longestPoll},
		database.Ahead{Table: "polls", Column: "retry_at", Longest: schedule.MaxRetryAfter + ahead},
		database.Ahead{Table: "polls", Column: "lease_until", Longest: leaseFor + ahead},
		database.Ahead{Table: "pages", Column: "check_at", Longest: longestPageCheck},
		database.Ahead{Table: "pages", Column: "lease_until", Longest: pageCheckLease + ahead, Where: "check_at IS NOT NULL"},
	)
	return n + moved, err
}

// UnwindPosts is Unwind for when posts are announced. That cannot be called back, and what a clock
// wrote that was ahead looks as right times do to a clock that is behind: the caller believes that
// now is right.
func UnwindPosts(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	return database.PullBack(ctx, db, now, database.Ahead{Table: "posts", Column: "due_at", Longest: longestDue})
}
