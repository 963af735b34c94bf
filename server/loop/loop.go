package loop

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// The bounds of a loop's sleep.
const (
	Least = time.Second      // unless it is woken
	Most  = 30 * time.Second // whatever the tables say
)

// Waker wakes a loop. A part that has one embeds it, which gives it the method Wake. The zero value
// is ready; it must not be copied.
type Waker struct {
	once sync.Once
	c    chan struct{}
}

// Wake makes the loop look at once. It never blocks, and may be called before the loop runs and
// after it has ended.
func (w *Waker) Wake() {
	select {
	case w.woken() <- struct{}{}:
	default: // it will look anyway
	}
}

// Woken returns the channel on which a hint arrives, for loops that wait for other things as well.
func (w *Waker) Woken() <-chan struct{} { return w.woken() }

func (w *Waker) woken() chan struct{} {
	w.once.Do(func() { w.c = make(chan struct{}, 1) })
	return w.c
}

// sleep waits for d, a hint or the end of ctx.
func (w *Waker) sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-w.woken():
	case <-timer.C:
	}
}

// Rest returns how long a loop sleeps if the next row is due at that time, at least so long; the
// zero time means that there is none.
func Rest(now, due time.Time, least time.Duration) time.Duration {
	if due.IsZero() {
		return max(Most, least)
	}
	return max(min(due.Sub(now), Most), least)
}

// Loop is work that is done in rounds. All fields must be set.
type Loop struct {
	Waker *Waker
	Now   func() time.Time
	Log   *slog.Logger
	// Round does what is due, or begins it. An error ends the round, not the loop.
	Round func(ctx context.Context) error
	// Next returns when the next row is due, the zero time if there is none. It should cost one
	// look into an index.
	Next func(ctx context.Context) (time.Time, error)
}

// Run does rounds until ctx ends. It returns nil.
func (l Loop) Run(ctx context.Context) error {
	var trouble string
	for ctx.Err() == nil {
		rest, err := l.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && err.Error() != trouble:
			trouble = err.Error()
			l.Log.Error("a round failed and is tried again each second", "err", err)
		case err == nil && trouble != "":
			trouble = ""
			l.Log.Info("rounds succeed again")
		}
		l.Waker.sleep(ctx, rest)
	}
	return nil
}

// turn does one round and returns how long to sleep. A hint that came before the round began is
// answered by it.
func (l Loop) turn(ctx context.Context) (time.Duration, error) {
	select {
	case <-l.Waker.woken():
	default:
	}
	if err := l.Round(ctx); err != nil {
		return Least, err
	}
	due, err := l.Next(ctx)
	if err != nil {
		return Least, err
	}
	return Rest(l.Now(), due, Least), nil
}

// Sooner returns the earlier of two times at which something is due; zero means never.
func Sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
