package publisher

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// TestSlowSitesDoNotHaveAllTurnsOfEverybody has somebody make us ask eight sites that never answer,
// behind a proxy that nobody named, and newcomers of other sites come the same way.
func TestSlowSitesDoNotHaveAllTurnsOfEverybody(t *testing.T) {
	t.Parallel()
	for _, perSecond := range []int{10, 50, bounds.LookupsWaitingAll / 5} { // the last fills the queue
		t.Run(fmt.Sprint(perSecond), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var q questions
				var all sync.WaitGroup
				ask := func(address string, takes time.Duration, met *atomic.Int64) {
					all.Go(func() {
						_, err := q.ask(from(t, "10.0.0.1"), address, address, false, func(context.Context) (any, error) {
							time.Sleep(takes)
							return nil, nil
						})
						if err == nil {
							met.Add(1)
						}
					})
				}
				var slow, newcomers atomic.Int64
				const seconds, before = 16, 8
				all.Go(func() {
					for n := range seconds * perSecond {
						ask(fmt.Sprintf("https://h%d.evil%d.test/%d", n, n%8, n), 10*time.Second, &slow)
						time.Sleep(time.Second / time.Duration(perSecond))
					}
				})
				time.Sleep(before * time.Second)
				for n := range seconds - before {
					ask(fmt.Sprintf("https://pasture%d.test/", n), 100*time.Millisecond, &newcomers)
					time.Sleep(time.Second)
				}
				all.Wait()
				if got := newcomers.Load(); got != seconds-before {
					t.Errorf("%d of %d newcomers were met", got, seconds-before)
				}
			})
		})
	}
}
