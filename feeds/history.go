package feeds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// MaxReleased is how many posts of the history are announced in one go.
	MaxReleased = 30
	// ReleaseEvery is how far apart they are.
	ReleaseEvery = 10 * time.Minute
)

// History are the last posts from before the blog had its account that were not announced: of the newest last ones, or of those since a
// date. It changes with what is announced, not with what is published, so a second Release finds nothing left. More than MaxReleased is
// web.ErrInvalid.
func History(ctx context.Context, q database.Querier, b Blog, last int, since time.Time) ([]Post, error) {
	if last <= 0 {
		last = MaxReleased + 1
	}
	posts, err := historyPosts(ctx, q, b, since, last)
	if err != nil {
		return nil, fmt.Errorf("list the history of %s: %w", b.Handle(), err)
	}
	if len(posts) > MaxReleased {
		return nil, fmt.Errorf("%w: that are more than %d posts, which is more than anybody wants to get", web.ErrInvalid, MaxReleased)
	}
	return slices.DeleteFunc(posts, func(p Post) bool { return p.Announce }), nil
}

// Release lets posts that History found be announced, the oldest first, one every ten minutes, behind whatever waits already. It returns
// how many there were and when the last one goes out. A crash afterwards changes nothing: when each is due is in its row.
func Release(ctx context.Context, tx *database.Tx, b Blog, posts []Post, now time.Time) (n int, last time.Time, err error) {
	at, err := lastDue(ctx, tx, b.ID)
	if err != nil {
		return 0, last, fmt.Errorf("look for what is due: %w", err)
	}
	if at, err = behind(at, now); err != nil {
		return 0, last, err
	}
	for _, p := range slices.Backward(posts) {
		released, err := announceAt(ctx, tx, p.ID, at)
		if err != nil {
			return n, last, fmt.Errorf("let post %s be announced: %w", p.ID, err)
		}
		if !released {
			continue
		}
		if look := schedule.PageBefore(at, now); !p.AbsentSince.IsZero() && !look.IsZero() {
			if err := schedulePageCheck(ctx, tx, p.ID, b.ID, look); err != nil {
				return n, last, fmt.Errorf("have the page of post %s looked at before: %w", p.ID, err)
			}
		}
		n, last, at = n+1, at, at.Add(ReleaseEvery)
	}
	return n, last, readBefore(ctx, tx, b.ID, now)
}

// behind is when the next post is due that is let out behind those that wait; web.ErrRefused where they wait for weeks.
func behind(lastDue, now time.Time) (time.Time, error) {
	if lastDue.After(now.Add(mostQueue)) {
		return time.Time{}, fmt.Errorf("%w: posts of this blog wait to be announced until %s already; let out more when there are fewer",
			web.ErrRefused, lastDue.UTC().Format(time.DateOnly))
	}
	return later(now, lastDue.Add(ReleaseEvery)), nil
}
