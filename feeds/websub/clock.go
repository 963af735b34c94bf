package websub

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Unwind makes due what waits because the clock was ahead (database.PullBack).
func Unwind(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	return database.PullBack(ctx, db, now,
		database.Ahead{Table: "subscriptions", Column: "next_at", Longest: maxLease},
		database.Ahead{Table: "subscriptions", Column: "lease_until", Longest: leaseFor + 5*time.Minute},
	)
}
