package delivery_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// crowd is many hosts in a bubble. Those of wild.example answer after 14 seconds, the others at
// once, and it knows how many requests were open at a time at one site.
type crowd struct {
	mu    sync.Mutex
	open  map[string]int // by site
	most  map[string]int
	at    map[string][]time.Time // by site, when something arrived there
	slow  time.Duration          // of the hosts of wild.example
	quick time.Duration          // of all others
}

func newCrowd() *crowd {
	return &crowd{
		open: map[string]int{}, most: map[string]int{}, at: map[string][]time.Time{}, slow: 14 * time.Second, quick: 400 * time.Millisecond,
	}
}

func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	site := activitypub.Site(r.URL.String())
	if strings.HasPrefix(r.URL.Host, "a.h") {
		site = "honest"
	}
	c.count(site, 1)
	defer c.count(site, -1)
	wait := c.quick
	if site == "wild.example" {
		wait = c.slow
	}
	select {
	case <-time.After(wait):
		return respond(r, http.StatusAccepted, ""), nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func (c *crowd) count(site string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[site] += n
	c.most[site] = max(c.most[site], c.open[site])
	if n < 0 {
		c.at[site] = append(c.at[site], time.Now())
	}
}

// middle is the time by which half of the arrivals were there, and last that of the last one.
func (c *crowd) since(site string, began time.Time) (middle, last time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []time.Duration
	for _, at := range c.at[site] {
		if !at.Before(began) {
			all = append(all, at.Sub(began))
		}
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)-1]
}

func hostsOf(n int, name, site string) (inboxes []string) {
	for i := range n {
		inboxes = append(inboxes, fmt.Sprintf("https://%s%d.%s/inbox", name, i, site))
	}
	return inboxes
}

// TestManySlowHostsOfOneSiteHoldUpNobody: whoever has a domain has any number of hosts. Theirs
// answer after 14 seconds; honest readers are on hosts with domains of their own, and get a post
// while 5 activities wait for each of the slow hosts.
func TestManySlowHostsOfOneSiteHoldUpNobody(t *testing.T) {
	key := smallKey(t)
	room, slow, honest := costtest.Pick(200, 2000), costtest.Pick(400, 2500), costtest.Pick(100, 300)
	run := func(attacked bool) (middle, last time.Duration, most int) {
		synctest.Test(t, func(t *testing.T) {
			db, w := databasetest.Open(t), newCrowd()
			worker := newWorker(db, w, nil)
			worker.Keys = func(context.Context, string) (signature.Key, error) { return key, nil }
			worker.MaxRequests, worker.Jitter = room, nil
			stop := startAlone(t, worker)
			wild, readers := hostsOf(slow, "w", "wild.example"), []string{}
			for i := range honest {
				readers = append(readers, fmt.Sprintf("https://a.h%d.example/inbox", i))
			}
			accepting(t, db, append(wild, readers...)...)
			if attacked {
				for i := range 5 {
					a := activity("Create", fmt.Sprint(post, "/slow/", i), time.Now())
					enqueue(t, db, a, time.Now(), wild...)
				}
				worker.Wake()
				time.Sleep(20 * time.Second)
			}
			began := time.Now()
			enqueue(t, db, activity("Create", post, began), began, readers...)
			worker.Wake()
			time.Sleep(10 * time.Minute)
			middle, last = w.since("honest", began)
			stop()
			w.mu.Lock()
			defer w.mu.Unlock()
			if n := len(w.at["honest"]); n != honest {
				t.Errorf("%d honest arrivals, want %d", n, honest)
			}
			most = w.most["wild.example"]
		})
		return middle, last, most
	}
	clean, cleanLast, _ := run(false)
	middle, last, most := run(true)
	t.Logf("honest p50 %v, last %v; beside %d slow hosts of one site p50 %v, last %v, with %d of their requests open", clean, cleanLast, slow, middle, last, most)
	if middle > clean*5/4 || last > cleanLast*5/4+time.Second {
		t.Errorf("p50 %v, last %v; without the slow site %v and %v", middle, last, clean, cleanLast)
	}
	if most != bounds.RequestsPerSlowSite {
		t.Errorf("%d requests were open at the slow site, want %d", most, bounds.RequestsPerSlowSite)
	}
}

// TestALivelyPlatformDoesNotFeelItsBound: a platform gives each blog a host, and 600 of them read.
// Some are away, as always.
func TestALivelyPlatformDoesNotFeelItsBound(t *testing.T) {
	key := smallKey(t)
	synctest.Test(t, func(t *testing.T) {
		db, w := databasetest.Open(t), newCrowd()
		w.slow = w.quick
		worker := newWorker(db, w, nil)
		worker.Keys = func(context.Context, string) (signature.Key, error) { return key, nil }
		stop := startAlone(t, worker)
		platform := hostsOf(600, "w", "wild.example")
		accepting(t, db, platform...)
		for i := range 2 {
			began := time.Now()
			enqueue(t, db, activity("Create", fmt.Sprint(post, i), began), began, platform...)
			worker.Wake()
			time.Sleep(time.Minute)
			middle, last := w.since("wild.example", began)
			t.Logf("post %d: half of 600 hosts had it after %v, all after %v, with up to %d requests open", i, middle, last, w.most["wild.example"])
			if last > 8*time.Second {
				t.Errorf("the last host had post %d after %v", i, last)
			}
		}
		waitFor(t, db, map[string]int{delivery.Delivered: 1200})
		if w.most["wild.example"] > bounds.RequestsPerSite {
			t.Errorf("%d requests were open at the platform", w.most["wild.example"])
		}
		stop()
	})
}
