package delivery

import (
	"context"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// report writes one line for each try: at debug level while all goes well or another try follows, at info where an answer ended it.
func (l *loop) report(ctx context.Context, r result, c change) {
	level := slog.LevelDebug
	if c.state == Refused || c.state == Gone || c.state == Expired {
		level = slog.LevelInfo
	}
	if r.untried || !l.w.Log.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.String("inbox", r.job.inbox),
		slog.String("host", r.job.host),
		slog.Int("attempt", r.job.attempts+1),
		slog.String("state", c.state),
		slog.Int("status", r.status),
		slog.Duration("took", r.took),
	}
	if r.words != "" {
		attributes = append(attributes, slog.String("err", r.words))
	}
	if c.state == Pending {
		attributes = append(attributes, slog.Time("next", database.Time(c.nextAt)))
	}
	l.w.Log.LogAttrs(ctx, level, "delivery tried", attributes...)
}

// announce says when the breaker of a host opened or closed.
func (l *loop) announce(ctx context.Context, n *hostOutcome, now time.Time) {
	if n.closed {
		l.w.Log.InfoContext(ctx, "host answers again", "host", n.host)
	}
	if n.purged > 0 {
		l.w.Log.WarnContext(ctx, "host has not answered for 90 days, its followers are given up", "host", n.host, "followers", n.purged,
			"since", n.failingSince, "err", n.words)
	}
	if n.pausedUntil.After(now) && n.isDead(now) {
		l.w.Log.InfoContext(ctx, "host is dead and is asked once a day", "host", n.host, "since", n.failingSince, "err", n.words)
	} else if n.pausedUntil.After(now) {
		l.w.Log.InfoContext(ctx, "host fails and is left alone for a while", "host", n.host, "until", n.pausedUntil, "err", n.words)
	}
}

// inTrouble is for our own failures. The next look at the tables is the next chance, so none of them ends the loop.
func (l *loop) inTrouble(ctx context.Context, what string, err error) {
	l.trouble = true
	if ctx.Err() == nil {
		l.w.Log.ErrorContext(ctx, what, "err", err)
	}
}
