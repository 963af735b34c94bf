package schedule

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
	old := Rhythm{ActiveAt: noon.AddDate(-1, 0, 0)}
	quiet := Rhythm{ActiveAt: noon.AddDate(-1, 0, 0), Posted: daily(10, 48*hour+5*hour)} // at 7, daily until two days ago
	tests := []struct {
		name   string
		Timing Timing
		want   time.Duration
		why    string
	}{
		{"just added", Timing{Rhythm: Rhythm{ActiveAt: noon}}, 10 * minute, "within a day"},
		{"posted today", Timing{Rhythm: Rhythm{Posted: daily(3, hour)}}, 10 * minute, "within a day"},
		{"edited today", Timing{Rhythm: Rhythm{Posted: daily(3, 50*hour), ActiveAt: noon.Add(-hour)}}, 10 * minute, "within a day"},
		{"quiet", Timing{Rhythm: quiet}, hour, "how often it publishes"},
		{"quiet, at its usual time", Timing{Rhythm: Rhythm{Posted: daily(10, 48*hour)}}, 10 * minute, "time of day"},
		{"quiet, shortly before its usual time", Timing{Rhythm: Rhythm{Posted: daily(10, 48*hour-90*minute)}}, 30 * minute, "time of day"},
		{"busy last week", Timing{Rhythm: Rhythm{Posted: []time.Time{noon.Add(-30 * hour), noon.Add(-34 * hour), noon.Add(-41 * hour)}}}, 17*minute + 30*time.Second, "often"},
		{"one post", Timing{Rhythm: Rhythm{Posted: daily(1, 30*24*hour+6*hour)}}, hour, "often"},
		{"dormant", Timing{Rhythm: Rhythm{Posted: daily(5, 91*24*hour)}}, 6 * hour, "90 days"},
		{"never a post", Timing{Rhythm: old}, 6 * hour, "90 days"},
		{"slow by configuration", Timing{Interval: 12 * hour, Rhythm: old}, 12 * hour, "90 days"},
		{"a test's interval", Timing{Interval: 100 * time.Millisecond, Rhythm: old, Hints: parser.PollHints{TTL: hour}}, 100 * time.Millisecond, "under a minute"},
		{"pushed", Timing{Rhythm: Rhythm{Posted: daily(3, hour)}, Pushed: true}, maxWish * 20 / 21, "hub"},
		{"pushed, but failing", Timing{Pushed: true, Failures: 1}, 10 * minute, "failed"},
		{"failing for the third time", Timing{Failures: 3}, 40 * minute, "failed"},
		{"failing for days", Timing{Failures: 90}, 6 * hour, "failed"},
		{"asked to wait", Timing{Failures: 1, Asked: 10 * hour}, 10 * hour, "left alone"},
		{"cached", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{CacheUntil: noon.Add(2 * hour)}}, 2 * hour, "Cache-Control"},
		{"cached for a year", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{CacheUntil: noon.AddDate(1, 0, 0)}}, 6 * hour, "Cache-Control"},
		{"cached until yesterday", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{CacheUntil: noon.AddDate(0, 0, -1)}}, 10 * minute, "within a day"},
		{"ttl", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{TTL: 90 * minute}}, 90 * minute, "ttl"},
		{"ttl of a week", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{TTL: 7 * 24 * hour}}, 6 * hour, "ttl"},
		{"rests at noon", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{SkipHours: 1<<12 | 1<<13}}, 2 * hour, "rest"},
		{"rests over the weekend", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{TTL: 6 * hour, SkipHours: 1 << 18, SkipDays: 1<<6 | 1<<0}}, 7 * hour, "rest"},
		{"rests today and over the weekend", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{SkipDays: 1<<5 | 1<<6 | 1<<0}}, 60 * hour, "rest"},
		{"rests for ever", Timing{Rhythm: Rhythm{ActiveAt: noon}, Hints: parser.PollHints{SkipDays: parser.AllDays}}, 10 * minute, "within a day"},
	}
	for _, test := range tests {
		p := test.Timing
		p.Now, p.Jitter = noon, 0.5
		if p.Interval == 0 {
			p.Interval = 10 * minute
		}
		if at, why := p.Next(); at.Sub(noon) != test.want || !strings.Contains(why, test.why) {
			t.Errorf("%s: polled after %v because %s; want %v", test.name, at.Sub(noon), why, test.want)
		}
	}
}

// TestNoFeedIsForgottenOrHammered draws feeds of all kinds.
func TestNoFeedIsForgottenOrHammered(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	within := func(d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
	for range 20_000 {
		p := Timing{Now: noon.Add(within(7 * 24 * time.Hour)), Interval: time.Minute + within(2*time.Hour), Jitter: r.Float64(), Pushed: r.IntN(4) == 0}
		at := p.Now
		for range r.IntN(RhythmOf + 1) {
			at = at.Add(-within(10 * 24 * time.Hour))
			p.Rhythm.Posted = append(p.Rhythm.Posted, at)
		}
		p.Rhythm.ActiveAt = p.Now.Add(-within(100 * 24 * time.Hour))
		if r.IntN(2) == 0 {
			p.Hints = parser.PollHints{TTL: within(48 * time.Hour), CacheUntil: p.Now.Add(within(48*time.Hour) - 24*time.Hour)}
		}
		if some := r.Uint32(); r.IntN(2) == 0 { // at most some of them: a feed that always rests is treated as one that never does
			p.Hints.SkipHours, p.Hints.SkipDays = some&(parser.AllHours-1), uint8(some>>24)&(parser.AllDays-1)
		}
		if r.IntN(4) == 0 {
			p.Failures, p.Asked = r.IntN(100), within(24*time.Hour)
		}
		checkPlan(t, p)
		if t.Failed() {
			return
		}
	}
}

func checkPlan(t *testing.T, p Timing) {
	t.Helper()
	next, why := p.Next()
	wait := next.Sub(p.Now)
	longest := max(p.Interval, maxWish, p.Asked) * 106 / 100
	resting := p.Hints.SkipHours != 0 || p.Hints.SkipDays != 0
	switch {
	case wait < p.Interval*94/100:
		t.Errorf("%+v: hammered after %v", p, wait)
	case wait > longest && !(resting && p.Failures == 0 && wait <= longest+7*24*time.Hour):
		t.Errorf("%+v: forgotten for %v", p, wait)
	case wait < p.Asked:
		t.Errorf("%+v: not left alone, %v", p, wait)
	case why == "":
		t.Errorf("%+v: no reason", p)
	}
	if p.Failures > 0 {
		return
	}
	if until := min(p.Hints.CacheUntil.Sub(p.Now), maxWish); wait < until || wait < min(p.Hints.TTL, maxWish) {
		t.Errorf("%+v: wishes of %v and %v not kept, %v", p, until, p.Hints.TTL, wait)
	}
	if p.Hints.SkipHours&(1<<next.UTC().Hour()) != 0 || p.Hints.SkipDays&(1<<next.UTC().Weekday()) != 0 {
		t.Errorf("%+v: polled at %v, when it rests", p, next)
	}
}
