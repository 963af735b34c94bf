package feeds

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

const (
	// maxBackoff is the longest wait after failures, unless the interval itself is longer: a blog that comes back after a bad week shall
	// not wait a day for its first post.
	maxBackoff = 6 * time.Hour
	// maxRetryAfter bounds how long a server may ask to be left alone.
	maxRetryAfter = 24 * time.Hour
	// maxWish bounds what caches, ttl and hubs may make of the wait.
	maxWish = 6 * time.Hour

	livelyFor  = 24 * time.Hour      // after a post, an edit or its addition a blog is asked at the shortest interval
	aliveFor   = 90 * 24 * time.Hour // a blog without a post for longer is dormant
	maxQuiet   = time.Hour           // between two polls of one that is not
	maxDormant = 6 * time.Hour
	around     = time.Hour // before and after a usual time of day
	rhythmOf   = 20        // the newest posts tell a blog's rhythm

	// minStretched is the interval below which nothing is stretched: only tests and the demo poll faster than once a minute.
	minStretched = time.Minute

	goneWait    = 24 * time.Hour  // between the first 410 and the second, which ends it
	forcedEvery = 5 * time.Second // at most one poll in this time because somebody says that there is news
	secondPoll  = time.Minute     // after a poll that was asked for and found nothing: hubs are faster than the cache before a blog
	hubReaction = 10 * time.Minute
)

// timing is all that decides when a feed is polled next.
type timing struct {
	now      time.Time
	interval time.Duration // the shortest
	failures int           // in a row
	asked    time.Duration // how long the server wants to be left alone, 0 if it did not say
	wishes   parser.PollHints
	rhythm   rhythm
	pushed   bool    // a hub tells of news, and has told of the last
	jitter   float64 // from 0 to 1: it spreads the feeds of one host by a tenth of the wait
}

// rhythm is how a blog publishes.
type rhythm struct {
	posted   []time.Time // its newest posts, newest first
	activeAt time.Time   // when it was added here, or last had something new
	pushedAt time.Time   // when a hub that we are subscribed to last told of news
	dueAt    time.Time   // when the next new post is announced; zero without one, or where that is too soon to read the feed before
}

const whyAsked = "its server asked to be left alone until then"

// next is when, and the reason as a person reads it after "because".
func (p timing) next() (time.Time, string) {
	wait, why := p.wait()
	wait += time.Duration((p.jitter - 0.5) * 0.1 * float64(wait))
	if p.asked > wait {
		wait, why = p.asked, whyAsked
	}
	if p.failures > 0 || p.interval < minStretched {
		return p.now.Add(wait), why
	}
	if cached := min(p.wishes.CacheUntil.Sub(p.now), maxWish); cached > wait {
		wait, why = cached, "its answer may be kept that long (Cache-Control, Expires)"
	}
	if ttl := min(p.wishes.TTL, maxWish); ttl > wait {
		wait, why = ttl, "the feed wishes it (ttl, sy:updatePeriod)"
	}
	at := p.now.Add(wait)
	if later := allowed(p.wishes, at); later.After(at) {
		at, why = later, "the feed wishes to rest before (skipHours, skipDays)"
	}
	if check := p.rhythm.dueAt.Add(-lastCheck); !p.rhythm.dueAt.IsZero() && p.asked == 0 && check.Before(at) {
		at, why = check, "a new post is about to be announced, and may have been edited or taken back"
	}
	return at, why
}

// wait is the wait before the server's and the feed's own wishes.
func (p timing) wait() (time.Duration, string) {
	switch {
	case p.failures > 0:
		return backoff(p.interval, maxBackoff, p.failures), "the last " + manyPolls(p.failures) + " failed"
	case p.interval < minStretched:
		return p.interval, "feed.poll_interval is under a minute"
	case p.pushed: // never longer than maxWish, whatever the jitter: a hub that falls silent must not cost more
		return max(p.interval, maxWish*20/21), "its hub tells of news before that"
	}
	return p.rhythm.wait(p.now, p.interval)
}

func manyPolls(n int) string {
	if n == 1 {
		return "poll"
	}
	return Counted(n, "poll")
}

// backoff doubles the wait with each failure in a row after the first, up to longest or to the first wait if that is longer.
func backoff(first, longest time.Duration, failures int) time.Duration {
	wait, longest := first, max(first, longest)
	for range max(failures-1, 0) {
		if wait *= 2; wait >= longest {
			return longest
		}
	}
	return wait
}

// wait follows a blog's own habits: the shortest interval after something new and around the times of day at which it publishes, a longer
// one otherwise. A long wait ends where a usual time begins.
func (r rhythm) wait(now time.Time, interval time.Duration) (time.Duration, string) {
	if now.Sub(r.activeAt) < livelyFor || len(r.posted) > 0 && now.Sub(r.posted[0]) < livelyFor {
		return interval, "it had something new within a day"
	}
	posted := r.since(now.Add(-aliveFor))
	if len(posted) == 0 {
		return max(interval, maxDormant), "it has had no new post for 90 days"
	}
	longest := min(max(gap(posted, now)/24, interval), max(maxQuiet, interval))
	for wait := interval; wait < longest; wait += interval {
		if usual(posted, now.Add(wait)) {
			return wait, "it often publishes at this time of day"
		}
	}
	return longest, "that is enough for how often it publishes"
}

func (r rhythm) since(t time.Time) []time.Time {
	old := slices.IndexFunc(r.posted, func(at time.Time) bool { return at.Before(t) })
	if old < 0 {
		return r.posted
	}
	return r.posted[:old]
}

// gap is the median time between two posts; of a single one, the time since.
func gap(posted []time.Time, now time.Time) time.Duration {
	if len(posted) == 1 {
		return now.Sub(posted[0])
	}
	var gaps []time.Duration
	for i, at := range posted[1:] {
		gaps = append(gaps, posted[i].Sub(at))
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// usual says whether a fifth of the posts, at least one, were published at about this time of day.
func usual(posted []time.Time, at time.Time) bool {
	const day = 24 * time.Hour
	near := 0
	for _, one := range posted {
		apart := (at.Sub(one)%day + day) % day
		if min(apart, day-apart) <= around {
			near++
		}
	}
	return near > 0 && near*5 >= len(posted)
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

// forced is when a feed is polled after somebody said that there is news: at once, but not more often than it is good for a server, and
// less so for one in trouble, and not before the time that it has named.
func (p Poll) forced(now time.Time) time.Time {
	wait := forcedEvery
	if p.Failures > 0 {
		wait = secondPoll
	}
	return later(now, p.AnsweredAt.Add(wait), p.RetryAt)
}

// afterAsking is a poll that was asked for, if it was, with when it is done again: soon, unless it found what was announced or must wait.
func (p Poll) afterAsking(now time.Time, found bool) Poll {
	if p.PushedAt.IsZero() {
		return p
	}
	p.AnsweredAt = now
	if again := now.Add(secondPoll); !found && again.Before(p.NextAt) {
		p.NextAt = again
	}
	return p
}

// retryAfter reads both forms of the header (RFC 9110 §10.2.3), up to a day.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
