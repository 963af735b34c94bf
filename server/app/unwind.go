package app

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/crawl"
	"github.com/bloghorn/bloghorn/server/database"
)

// UnwindEvery is how soon rows are looked at again that wait for a time which a wrong clock has
// named.
const UnwindEvery = 10 * time.Minute

// ClockRightAfter is how long a process has run until its clock is believed as to when posts are
// announced. A computer without a battery starts with a clock that is far behind, and has asked
// another one by then.
const ClockRightAfter = time.Hour

// unwind looks, at the start and then again and again until ctx ends, for what waits because a
// clock was ahead. It returns nil.
func (a *App) unwind(ctx context.Context) error {
	return a.every(ctx, UnwindEvery, "clock", func(ctx context.Context) error { return a.unwindAll(ctx, a.Now()) })
}

func (a *App) unwindAll(ctx context.Context, now time.Time) error {
	var n int64
	parts := []func(context.Context, *database.DB, time.Time) (int64, error){feeds.Unwind, websub.Unwind, publisher.Unwind, crawl.Unwind}
	if time.Since(a.began) >= ClockRightAfter {
		parts = append(parts, feeds.UnwindPosts)
	}
	for _, unwind := range parts {
		moved, err := unwind(ctx, a.DB, now)
		if err != nil {
			return err
		}
		n += moved
	}
	if n > 0 {
		a.part("clock").Warn("a clock was ahead: what waited too long because of that is due now", "rows", n)
		for _, part := range a.parts() {
			part.Wake()
		}
	}
	return nil
}
