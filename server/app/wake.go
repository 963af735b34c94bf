package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
)

// Wake has all loops look at once. What is done by hand may concern any of them, and a look costs
// each two queries.
func (a *App) Wake() {
	for _, part := range a.parts() {
		part.Wake()
	}
}

// announced has the deliveries of a post be sent: by this process, and by the others that share a
// MySQL server.
func (a *App) announced() {
	a.Worker.Wake()
	if a.DB.Engine() == database.MySQL {
		TellServers(a.DB, a.Log)
	}
}

// heed wakes the loops when another process has changed rows: a command, which says so at its end.
// Until ctx ends it asks each second; seen is the number at which they were last woken. It returns
// nil.
func (a *App) heed(ctx context.Context, seen int64) error {
	return loop.Loop{
		Waker: &loop.Waker{}, Now: a.Now, Log: a.part("wakeups"),
		Round: func(ctx context.Context) error {
			now, err := a.DB.Wakeups(ctx)
			if err != nil {
				return fmt.Errorf("ask whether other processes have changed anything: %w", err)
			}
			if now != seen {
				seen = now
				a.Comments.ChangedElsewhere()
				a.Wake()
			}
			return nil
		},
		Next: func(context.Context) (time.Time, error) { return a.Now(), nil },
	}.Run(ctx)
}

// TellServers tells the servers on a database that this process has changed rows, if it has. It is
// called at the end, even of a command that was interrupted, and where there is much work to share.
func TellServers(db *database.DB, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := db.WakeOthers(ctx); err != nil {
		log.Warn("a running server was not told; it sees within 30 s what was changed", "component", "wakeups", "err", err)
	}
}
