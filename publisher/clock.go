package publisher

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Unwind makes due what waits because the clock was ahead (database.PullBack). A key that was asked
// for in the future is asked for again.
func Unwind(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	n, err := database.PullBack(ctx, db, now,
		database.Ahead{Table: "departures", Column: "due_at", Longest: followers.AskEvery + time.Hour},
		database.Ahead{Table: "remote_keys", Column: "tried_at", Longest: remote.ClocksDiffer, Also: "fetched_at = 0, failure = ''"},
	)
	if err != nil {
		return n, err
	}
	sent, err := delivery.Unwind(ctx, db, now)
	return n + sent, err
}
