package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const (
	longestPoll = 8 * 24 * time.Hour  // skipDays may name six days
	longestDue  = 30 * 24 * time.Hour // thirty posts of a go, some goes behind each other, or a feed of edits
	longestLook = 40 * 24 * time.Hour // afterLeaving
	ahead       = 5 * time.Minute     // what clocks differ by
)

// Unwind makes due what waits because the clock was ahead (database.PullBack). A poll says when it was made, and one that was made in the
// future is made again, however far that is.
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
		database.Ahead{Table: "polls", Column: "retry_at", Longest: maxRetryAfter},
		database.Ahead{Table: "polls", Column: "lease_until", Longest: leaseFor + ahead},
		database.Ahead{Table: "posts", Column: "due_at", Longest: longestDue},
		database.Ahead{Table: "pages", Column: "check_at", Longest: longestLook},
		database.Ahead{Table: "pages", Column: "lease_until", Longest: lookLease + ahead, Where: "check_at IS NOT NULL"},
	)
	return n + moved, err
}
