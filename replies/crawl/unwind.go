package crawl

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Unwind makes due what waits because the clock was ahead (database.PullBack).
func Unwind(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	const ahead = 5 * time.Minute
	return database.PullBack(ctx, db, now,
		database.Ahead{Table: "received", Column: "next_attempt_at", Longest: retryAfter[len(retryAfter)-1] + time.Hour, Where: "state = 'queued'"},
		database.Ahead{Table: "received", Column: "lease_until", Longest: lease + ahead, Where: "state = 'queued'"},
		database.Ahead{Table: "crawls", Column: "due_at", Longest: 8 * 24 * time.Hour},
		database.Ahead{Table: "crawls", Column: "lease_until", Longest: crawlLease + ahead, Where: "due_at > 0"},
	)
}
