package remote

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
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

// TestFewNetworksDoNotHaveAllTurns has four networks make us ask sites that never answer, and newcomers of other networks and sites come
// meanwhile.
func TestFewNetworksDoNotHaveAllTurns(t *testing.T) {
	t.Parallel()
	for what, network := range map[string]func(n int) string{
		"IPv4":            func(n int) string { return fmt.Sprint("198.51.100.", n%4) },
		"of one customer": func(n int) string { return fmt.Sprintf("[2a00:1:2:%x::1]", n%64) },
		"a single one":    func(int) string { return "198.51.100.1" },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &Directory{}
				var all sync.WaitGroup
				var met, held, most atomic.Int64
				const seconds = 60
				all.Go(func() {
					for n := range seconds * 40 {
						all.Go(func() {
							ctx, address := from(t, network(n)), fmt.Sprintf("https://h%d.evil%d.test/%d", n, n%50, n)
							_, err := m.questions.ask(ctx, address, address, false, func(context.Context) (any, error) {
								for now := held.Add(1); now > most.Load(); {
									most.Store(now)
								}
								defer held.Add(-1)
								time.Sleep(10 * time.Second)
								return nil, nil
							})
							if err == nil {
								m.Unverified(ctx, signature.ErrKeyUnreachable)
							}
						})
						if n > 400 { // come at once
							time.Sleep(time.Second / 40)
						}
					}
				})
				const newcomers = 4 * seconds
				var longest atomic.Int64
				for n := range newcomers {
					all.Go(func() {
						address := fmt.Sprintf("https://pasture%d.test/", n)
						came := time.Now()
						_, err := m.questions.ask(from(t, fmt.Sprint("203.0.113.", n)), address, address, false, func(context.Context) (any, error) {
							longest.Store(max(longest.Load(), int64(time.Since(came))))
							time.Sleep(time.Second)
							return nil, nil
						})
						if err == nil {
							met.Add(1)
						}
					})
					time.Sleep(time.Second / 4)
				}
				all.Wait()
				t.Logf("%d of %d newcomers were met, the last after %v; %d turns were held", met.Load(), newcomers, time.Duration(longest.Load()), most.Load())
				if met.Load() != newcomers || longest.Load() > int64(time.Second) || most.Load() > bounds.LookupsAtOnce*9/10 {
					t.Error("newcomers were kept out")
				}
			})
		})
	}
}
