//go:build !race

package costtest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
)

// failing hears whether a test would have failed.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper()               {}
func (f *failing) Errorf(string, ...any) { f.failed = true }

func TestOnlyWhatIsSlowEachTimeFails(t *testing.T) {
	for name, c := range map[string]struct {
		takes []time.Duration // the last of them again and again
		fails bool
		best  time.Duration
	}{
		"quick":        {takes: []time.Duration{time.Second}, best: time.Second},
		"slow once":    {takes: []time.Duration{time.Minute, time.Minute, time.Second}, best: time.Second},
		"slow forever": {takes: []time.Duration{time.Minute, 3 * time.Second}, fails: true, best: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				judge, runs := &failing{TB: t}, 0
				best := costtest.Within(judge, 2*time.Second, "a test", func() {
					time.Sleep(c.takes[min(runs, len(c.takes)-1)])
					runs++
				})
				if judge.failed != c.fails || best != c.best {
					t.Errorf("failed: %v, best %v, want %v, %v", judge.failed, best, c.fails, c.best)
				}
			})
		})
	}
}
