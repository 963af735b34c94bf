package feeds

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

// noon is a Friday.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// daily are posts at the same time of day, the newest so long ago.
func daily(n int, newest time.Duration) (posted []time.Time) {
	for i := range n {
		posted = append(posted, noon.Add(-newest).AddDate(0, 0, -i))
	}
	return posted
}

func TestFeedIsPolledByRhythmAndWishes(t *testing.T) {
	const minute, hour = time.Minute, time.Hour
	old := rhythm{activeAt: noon.AddDate(-1, 0, 0)}
	quiet := rhythm{activeAt: noon.AddDate(-1, 0, 0), posted: daily(10, 48*hour+5*hour)} // at 7, daily until two days ago
	tests := []struct {
		name   string
		timing timing
		want   time.Duration
		why    string
	}{
		{"just added", timing{rhythm: rhythm{activeAt: noon}}, 10 * minute, "within a day"},
		{"posted today", timing{rhythm: rhythm{posted: daily(3, hour)}}, 10 * minute, "within a day"},
		{"edited today", timing{rhythm: rhythm{posted: daily(3, 50*hour), activeAt: noon.Add(-hour)}}, 10 * minute, "within a day"},
		{"quiet", timing{rhythm: quiet}, hour, "how often it publishes"},
		{"quiet, at its usual time", timing{rhythm: rhythm{posted: daily(10, 48*hour)}}, 10 * minute, "time of day"},
		{"quiet, shortly before its usual time", timing{rhythm: rhythm{posted: daily(10, 48*hour-90*minute)}}, 30 * minute, "time of day"},
		{"busy last week", timing{rhythm: rhythm{posted: []time.Time{noon.Add(-30 * hour), noon.Add(-34 * hour), noon.Add(-41 * hour)}}}, 17*minute + 30*time.Second, "often"},
		{"one post", timing{rhythm: rhythm{posted: daily(1, 30*24*hour+6*hour)}}, hour, "often"},
		{"dormant", timing{rhythm: rhythm{posted: daily(5, 91*24*hour)}}, 6 * hour, "90 days"},
		{"never a post", timing{rhythm: old}, 6 * hour, "90 days"},
		{"slow by configuration", timing{interval: 12 * hour, rhythm: old}, 12 * hour, "90 days"},
		{"a test's interval", timing{interval: 100 * time.Millisecond, rhythm: old, wishes: parser.PollHints{TTL: hour}}, 100 * time.Millisecond, "under a minute"},
		{"pushed", timing{rhythm: rhythm{posted: daily(3, hour)}, pushed: true}, maxWish * 20 / 21, "hub"},
		{"pushed, but failing", timing{pushed: true, failures: 1}, 10 * minute, "failed"},
		{"failing for the third time", timing{failures: 3}, 40 * minute, "failed"},
		{"failing for days", timing{failures: 90}, 6 * hour, "failed"},
		{"asked to wait", timing{failures: 1, asked: 10 * hour}, 10 * hour, "left alone"},
		{"cached", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{CacheUntil: noon.Add(2 * hour)}}, 2 * hour, "Cache-Control"},
		{"cached for a year", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{CacheUntil: noon.AddDate(1, 0, 0)}}, 6 * hour, "Cache-Control"},
		{"cached until yesterday", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{CacheUntil: noon.AddDate(0, 0, -1)}}, 10 * minute, "within a day"},
		{"ttl", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{TTL: 90 * minute}}, 90 * minute, "ttl"},
		{"ttl of a week", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{TTL: 7 * 24 * hour}}, 6 * hour, "ttl"},
		{"rests at noon", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{SkipHours: 1<<12 | 1<<13}}, 2 * hour, "rest"},
		{"rests over the weekend", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{TTL: 6 * hour, SkipHours: 1 << 18, SkipDays: 1<<6 | 1<<0}}, 7 * hour, "rest"},
		{"rests today and over the weekend", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{SkipDays: 1<<5 | 1<<6 | 1<<0}}, 60 * hour, "rest"},
		{"rests for ever", timing{rhythm: rhythm{activeAt: noon}, wishes: parser.PollHints{SkipDays: parser.AllDays}}, 10 * minute, "within a day"},
	}
	for _, test := range tests {
		p := test.timing
		p.now, p.jitter = noon, 0.5
		if p.interval == 0 {
			p.interval = 10 * minute
		}
		if at, why := p.next(); at.Sub(noon) != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: polled after %v because %s; want %v", test.name, at.Sub(noon), why, test.want)
		}
	}
}

// TestNoFeedIsForgottenOrHammered draws feeds of all kinds.
func TestNoFeedIsForgottenOrHammered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	within := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	for range 20_000 {
		p := timing{now: noon.Add(within(7 * 24 * time.Hour)), interval: time.Minute + within(2*time.Hour), jitter: r.Float64(), pushed: r.IntN(4) == 0}
		at := p.now
		for range r.IntN(rhythmOf + 1) {
			at = at.Add(-within(10 * 24 * time.Hour))
			p.rhythm.posted = append(p.rhythm.posted, at)
		}
		p.rhythm.activeAt = p.now.Add(-within(100 * 24 * time.Hour))
		if r.IntN(2) == 0 {
			p.wishes = parser.PollHints{TTL: within(48 * time.Hour), CacheUntil: p.now.Add(within(48*time.Hour) - 24*time.Hour)}
		}
		if some := r.Uint32(); r.IntN(2) == 0 { // at most some of them: a feed that always rests is treated as one that never does
			p.wishes.SkipHours, p.wishes.SkipDays = some&(parser.AllHours-1), uint8(some>>24)&(parser.AllDays-1)
		}
		if r.IntN(4) == 0 {
			p.failures, p.asked = r.IntN(100), within(24*time.Hour)
		}
		checkPlan(t, p)
		if t.Failed() {
			return
		}
	}
}

func checkPlan(t *testing.T, p timing) {
	t.Helper()
	next, why := p.next()
	wait := next.Sub(p.now)
	longest := max(p.interval, maxWish, p.asked) * 106 / 100
	resting := p.wishes.SkipHours != 0 || p.wishes.SkipDays != 0
	switch {
	case wait < p.interval*94/100:
		t.Errorf("%+v: hammered after %v", p, wait)
	case wait > longest && !(resting && p.failures == 0 && wait <= longest+7*24*time.Hour):
		t.Errorf("%+v: forgotten for %v", p, wait)
	case wait < p.asked:
		t.Errorf("%+v: not left alone, %v", p, wait)
	case why == "":
		t.Errorf("%+v: no reason", p)
	}
	if p.failures > 0 {
		return
	}
	if until := min(p.wishes.CacheUntil.Sub(p.now), maxWish); wait < until || wait < min(p.wishes.TTL, maxWish) {
		t.Errorf("%+v: wishes of %v and %v not kept, %v", p, until, p.wishes.TTL, wait)
	}
	if p.wishes.SkipHours&(1<<next.UTC().Hour()) != 0 || p.wishes.SkipDays&(1<<next.UTC().Weekday()) != 0 {
		t.Errorf("%+v: polled at %v, when it rests", p, next)
	}
}

func TestForcedPollsAreBounded(t *testing.T) {
	for _, test := range []struct {
		name string
		poll Poll
		want time.Duration
	}{
		{"the first", Poll{}, 0},
		{"long after another", Poll{AnsweredAt: noon.Add(-time.Minute)}, 0},
		{"just after another", Poll{AnsweredAt: noon.Add(-time.Second)}, 4 * time.Second},
		{"of a server in trouble", Poll{AnsweredAt: noon.Add(-time.Second), Failures: 1}, 59 * time.Second},
		{"of a server that asked for time", Poll{Failures: 1, RetryAt: noon.Add(time.Hour)}, time.Hour},
		{"of a server that had asked for time", Poll{Failures: 1, RetryAt: noon.Add(-time.Second)}, 0},
	} {
		if got := test.poll.forced(noon).Sub(noon); got != test.want {
			t.Errorf("%s: after %v, want %v", test.name, got, test.want)
		}
	}
}
