package delivery

import (
	"context"
	"strconv"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// longestHonest is how far ahead a delivery waits that no operator holds: what is for a dead host
// waits a day longer than its pause (pause.hold).
const longestHonest = 2*deadPause + time.Hour

// Unwind makes due what waits because the clock was ahead (database.PullBack). A claim moves next_attempt_at to the end of its lease, so
// the lease of a process that died then ends with it; cancelled rows have one as well, which newer ones wait for.
//
// What an operator holds back waits as long as they want, be it a hundred years (Pause); it is left
// alone. A pause of the breaker is not, since it has a longest; it is looked at first.
func Unwind(ctx context.Context, db *database.DB, now time.Time) (int64, error) {
	free := ` AND NOT EXISTS (
			SELECT 1
			FROM hosts h
			WHERE h.host = deliveries.host
			AND h.held_until > ` + strconv.FormatInt(database.Millis(now), 10) + `
		)`
	waits := func(state string) database.Ahead {
		return database.Ahead{
			Table: "deliveries", Column: "next_attempt_at", Longest: longestHonest,
			Where: "state = '" + state + "'" + free, Also: "lease_until = 0",
		}
	}
	return database.PullBack(ctx, db, now,
		database.Ahead{Table: "hosts", Column: "paused_until", Longest: deadPause + time.Hour},
		waits(Pending),
		waits(Cancelled),
		database.Ahead{Table: "host_schemes", Column: "expires_at", Longest: keepScheme},
	)
}
