package feeds

import (
	"testing"
	"time"
)

func TestForcedPollsAreBounded(t *testing.T) {
	start := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		poll Poll
		want time.Duration
	}{
		{"the first", Poll{}, 0},
		{"long after another", Poll{AnsweredAt: start.Add(-time.Minute)}, 0},
		{"just after another", Poll{AnsweredAt: start.Add(-time.Second)}, 4 * time.Second},
		{"of a server in trouble", Poll{AnsweredAt: start.Add(-time.Second), Failures: 1}, 59 * time.Second},
		{"of a server that asked for time", Poll{Failures: 1, RetryAt: start.Add(time.Hour)}, time.Hour},
		{"of a server that had asked for time", Poll{Failures: 1, RetryAt: start.Add(-time.Second)}, 0},
	} {
		if got := test.poll.forced(start).Sub(start); got != test.want {
			t.Errorf("%s: after %v, want %v", test.name, got, test.want)
		}
	}
}
