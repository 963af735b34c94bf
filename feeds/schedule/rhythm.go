package schedule

import (
	"slices"
	"time"
)

// Rhythm is how a blog publishes.
type Rhythm struct {
	Posted   []time.Time // its newest posts, newest first
	ActiveAt time.Time   // when it was added here, or last had something new
	PushedAt time.Time   // when a hub that we are subscribed to last told of news
	DueAt    time.Time   // when the next new post is announced; zero without one, or where that is too soon to read the feed before
}

// WhyAsked is why a feed rests whose server sent Retry-After.
const WhyAsked = "its server asked to be left alone until then"

// wait follows a blog's own habits: the shortest interval after something new and around the times
// of day at which it publishes, a longer one otherwise. A long wait ends where a usual time begins.
func (r Rhythm) wait(now time.Time, interval time.Duration) (time.Duration, string) {
	if now.Sub(r.ActiveAt) < livelyFor || len(r.Posted) > 0 && now.Sub(r.Posted[0]) < livelyFor {
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

func (r Rhythm) since(t time.Time) []time.Time {
	old := slices.IndexFunc(r.Posted, func(at time.Time) bool { return at.Before(t) })
	if old < 0 {
		return r.Posted
	}
	return r.Posted[:old]
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
