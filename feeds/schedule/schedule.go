package schedule

import (
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

const (
	// maxBackoff is the longest wait after failures, unless the interval itself is longer: a blog
	// that comes back after a bad week shall not wait a day for its first post.
	maxBackoff = 6 * time.Hour
	// MaxRetryAfter bounds how long a server may ask to be left alone.
	MaxRetryAfter = 24 * time.Hour
	// maxWish bounds what caches, ttl and hubs may make of the wait.
	maxWish = 6 * time.Hour

	livelyFor  = 24 * time.Hour      // after a post, an edit or its addition a blog is asked at the shortest interval
	aliveFor   = 90 * 24 * time.Hour // a blog without a post for longer is dormant
	maxQuiet   = time.Hour           // between two polls of one that is not
	maxDormant = 6 * time.Hour
	around     = time.Hour // before and after a usual time of day
	// RhythmOf is how many of the newest posts tell a blog's rhythm.
	RhythmOf = 20

	lastCheck = 20 * time.Second // before a post is announced its feed is read
	lookAhead = 5 * time.Minute  // before a post is announced its page is looked at, if its feed does not list it
	// LeastWait is how long a post, and two polls, must wait for that: readers do not wait for it
	// where there is no delay.
	LeastWait = 40*time.Second + lastCheck

	// minStretched is the interval below which nothing is stretched: only tests and the demo poll
	// faster than once a minute.
	minStretched = time.Minute
)

// Timing is all that decides when a feed is polled next.
type Timing struct {
	Now      time.Time
	Interval time.Duration // the shortest
	Failures int           // in a row
	Asked    time.Duration // how long the server wants to be left alone, 0 if it did not say
	Hints    parser.PollHints
	Rhythm   Rhythm
	Pushed   bool    // a hub tells of news, and has told of the last
	Jitter   float64 // from 0 to 1: it spreads the feeds of one host by a tenth of the wait
}

// Next is when, and the reason as a person reads it after "because".
func (p Timing) Next() (time.Time, string) {
	wait, why := p.wait()
	wait += time.Duration((p.Jitter - 0.5) * 0.1 * float64(wait))
	if p.Asked > wait {
		wait, why = p.Asked, WhyAsked
	}
	if p.Failures > 0 || p.Interval < minStretched {
		return p.Now.Add(wait), why
	}
	if cached := min(p.Hints.CacheUntil.Sub(p.Now), maxWish); cached > wait {
		wait, why = cached, "its answer may be kept that long (Cache-Control, Expires)"
	}
	if ttl := min(p.Hints.TTL, maxWish); ttl > wait {
		wait, why = ttl, "the feed wishes it (ttl, sy:updatePeriod)"
	}
	at := p.Now.Add(wait)
	if later := allowed(p.Hints, at); later.After(at) {
		at, why = later, "the feed wishes to rest before (skipHours, skipDays)"
	}
	if check := p.Rhythm.DueAt.Add(-lastCheck); !p.Rhythm.DueAt.IsZero() && p.Asked == 0 && check.Before(at) {
		at, why = check, "a new post is about to be announced, and may have been edited or taken back"
	}
	return at, why
}

// wait is the wait before the server's and the feed's own wishes.
func (p Timing) wait() (time.Duration, string) {
	switch {
	case p.Failures > 0:
		return backoff(p.Interval, maxBackoff, p.Failures), "the last " + manyPolls(p.Failures) + " failed"
	case p.Interval < minStretched:
		return p.Interval, "feed.poll_interval is under a minute"
	case p.Pushed: // never longer than maxWish, whatever the jitter: a hub that falls silent must not cost more
		return max(p.Interval, maxWish*20/21), "its hub tells of news before that"
	}
	return p.Rhythm.wait(p.Now, p.Interval)
}

func manyPolls(n int) string {
	if n == 1 {
		return "poll"
	}
	return fmt.Sprintf("%d polls", n)
}

// backoff doubles the wait with each failure in a row after the first, up to longest or to the
// first wait if that is longer.
func backoff(first, longest time.Duration, failures int) time.Duration {
	wait, longest := first, max(first, longest)
	for range max(failures-1, 0) {
		if wait *= 2; wait >= longest {
			return longest
		}
	}
	return wait
}

// allowed is the first moment from at on that neither skipHours nor skipDays names.
func allowed(w parser.PollHints, at time.Time) time.Time {
	utc := at.UTC()
	for range 8 * 24 { // a week has all hours of all days
		if w.SkipHours&(1<<utc.Hour()) == 0 && w.SkipDays&(1<<utc.Weekday()) == 0 {
			return utc
		}
		utc = utc.Truncate(time.Hour).Add(time.Hour)
	}
	return at
}

// PageBefore is when the page of a post that waits to be announced is looked at, zero where it does
// not wait long enough.
func PageBefore(due, now time.Time) time.Time {
	if at := due.Add(-lookAhead); at.After(now) {
		return at
	}
	return time.Time{}
}
