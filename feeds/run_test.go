package feeds_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// newBubble is a world on the bubble's clock, which begins in the year 2000.
func newBubble(t *testing.T) *world {
	t.Helper()
	time.Sleep(time.Until(start))
	w := newWorld(t, databasetest.Open(t), post(1))
	w.poller.Now = time.Now
	return w
}

// run starts a poller in the bubble and returns how to stop it and wait for its end.
func run(t *testing.T, p *feeds.Poller) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func TestRunPollsEachFeedAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		asked := len(w.web.asked())
		stop := run(t, w.poller)
		defer stop()
		time.Sleep(time.Hour + time.Second)
		if n := len(w.web.asked()) - asked; n < 6 || n > 7 {
			t.Errorf("%d polls in an hour at an interval of 10 minutes", n)
		}
	})
}

func TestWakeLooksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		stop := run(t, w.poller)
		defer stop()
		time.Sleep(time.Minute)
		synctest.Wait()
		asked := len(w.web.asked())
		if _, err := w.db.Exec(t.Context(), `
UPDATE polls
SET next_at = 0`); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		w.poller.Wake()
		w.poller.Wake()
		for len(w.web.asked()) == asked {
			time.Sleep(time.Millisecond)
		}
		if late := time.Since(began); late > 100*time.Millisecond {
			t.Errorf("it looked %v later", late)
		}
	})
}

// A process that died leaves its lease behind, and tells nobody.
func TestFeedIsPolledWhenTheLeaseOfAnotherProcessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		began, asked := time.Now(), len(w.web.asked())
		if _, err := w.db.Exec(t.Context(), `
UPDATE polls
SET next_at = 0, lease_until = ?`, database.Millis(began.Add(17*time.Second))); err != nil {
			t.Fatal(err)
		}
		stop := run(t, w.poller)
		defer stop()
		for len(w.web.asked()) == asked {
			time.Sleep(10 * time.Millisecond)
		}
		if after := time.Since(began); after < 17*time.Second || after > 17100*time.Millisecond {
			t.Errorf("it was polled after %v, want 17 s", after)
		}
	})
}

func TestTwoPollersShareTheFeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		for i := range 20 {
			w.add(fmt.Sprintf("https://fedi%d.example", i), "blog", fmt.Sprintf("blog%d.example", i))
		}
		var polling, most atomic.Int64
		slow := func() {
			most.Store(max(most.Load(), polling.Add(1)))
			time.Sleep(5 * time.Second)
			polling.Add(-1)
		}
		w.web.set(feedURL, page{body: rss(post(2), post(1)), before: slow})
		other := w.newPoller()
		other.Now = time.Now
		before := len(w.web.asked())
		stop, stopOther := run(t, w.poller), run(t, other)
		time.Sleep(time.Minute)
		stop()
		stopOther()
		if n := len(w.web.asked()) - before; n != 21 {
			t.Errorf("%d requests for 21 feeds", n)
		}
		if most.Load() != 1 {
			t.Errorf("%d polls of one feed at once", most.Load())
		}
	})
}

func TestSlowFeedsDoNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.web.set(feedURL, page{before: func() { time.Sleep(9 * time.Second) }, body: rss()})
		quick := w.add("https://quick.example", "quick", "quick.example")
		stop := run(t, w.poller)
		defer stop()
		time.Sleep(2 * time.Second)
		if p, err := feeds.PollOf(t.Context(), w.db, quick.ID); err != nil || !p.NextAt.After(start) {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestStopWaitsForPollsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.web.set(feedURL, page{before: func() { time.Sleep(5 * time.Second) }, body: rss()})
		stop := run(t, w.poller)
		time.Sleep(time.Second)
		stop()
		if p := w.record(); !p.LeaseUntil.IsZero() {
			t.Errorf("the lease is left behind until %v", p.LeaseUntil)
		}
	})
}

// While one poll waits for slow pages, which may be a minute, others parse their feeds.
func TestSlowPagesOfOneBlogDoNotHoldUpOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.web.set("https://slow.example/feed.xml", page{body: strings.ReplaceAll(rss(post(1)), "tea.example", "slow.example")})
		found, err := fetch.Discover(t.Context(), w.web.client(), "https://slow.example/feed.xml")
		if err != nil {
			t.Fatal(err)
		}
		slow, err := feeds.Add(t.Context(), w.db, feeds.NewBlog{Found: found, BaseURL: "https://fedi.example", Username: "slow"}, time.Now(), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.web.set("https://slow.example/feed.xml", page{body: strings.ReplaceAll(rss(post(7)), "tea.example", "slow.example")})
		w.web.set("https://slow.example/1/", page{before: func() { time.Sleep(4 * time.Second) }})
		done := make(chan error)
		go func() { done <- w.poller.Poll(t.Context(), slow.ID) }()
		time.Sleep(time.Second)
		w.publish(post(2), post(1))
		began := time.Now()
		w.mustPoll()
		if took := time.Since(began); took > time.Second {
			t.Errorf("it waited %v", took)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if time.Since(began) < time.Second {
			t.Error("the slow page was not asked")
		}
	})
}

// TestKindsOfPollsThatWereKilled: who asks for a poll by hand waits for one that is alive, and not for two minutes for one that is not.
func TestKindsOfPollsThatWereKilled(t *testing.T) {
	const patience = 15 * time.Second
	for name, c := range map[string]struct {
		began, released time.Duration // of the other poll: before who asks, and after; 0 for never
		waits           time.Duration // about
	}{
		"nobody reads":           {},
		"killed a moment ago":    {began: time.Second, waits: patience},
		"killed in this moment":  {began: time.Millisecond, waits: patience},
		"killed a minute ago":    {began: time.Minute},
		"alive, and ready soon":  {began: time.Second, released: 3 * time.Second, waits: 4 * time.Second},
		"alive, and takes years": {began: 20 * time.Second, released: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newBubble(t)
				w.poller.Patience = patience
				if c.began > 0 {
					w.exec(`UPDATE polls SET lease_until = ?`, time.Now().Add(2*time.Minute-c.began).UnixMilli())
				}
				if c.released > 0 {
					time.AfterFunc(c.released, func() { w.exec(`UPDATE polls SET lease_until = 0`) })
				}
				asked := time.Now()
				w.publish(post(2), post(1))
				w.mustPoll()
				if took := time.Since(asked); took > c.waits+time.Second || took < c.waits-2*time.Second {
					t.Errorf("it waited %v", took)
				}
				if n := len(w.posts()); n != 2 {
					t.Errorf("%d posts", n)
				}
			})
		})
	}
}
