package delivery

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Unwind makes due what waits because the clock was ahead (database.PullBack). A claim moves next_attempt_at to the end of its lease, so
// the lease of a process that died then ends with it; cancelled rows have one as well, which newer ones wait for.
func Unwind(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	const longest = maxRetryAfter + time.Hour
	return database.PullBack(ctx, db, now,
		database.Ahead{Table: "deliveries", Column: "next_attempt_at", Longest: longest, Where: "state = '" + Pending + "'", Also: "lease_until = 0"},
		database.Ahead{Table: "deliveries", Column: "next_attempt_at", Longest: longest, Where: "state = '" + Cancelled + "'", Also: "lease_until = 0"},
		database.Ahead{Table: "hosts", Column: "paused_until", Longest: deadPause + time.Hour},
		database.Ahead{Table: "host_schemes", Column: "expires_at", Longest: keepScheme},
	)
}
