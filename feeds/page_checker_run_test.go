package feeds_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pages"
)

// Sixty pages of six sites, each of which takes its time: four at once, one at a site, and no page twice, though two processes look.
func TestPagesAreAskedFourAtOnceAndOneAtASite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &shop{world: newBubble(t)}
		var asking, most atomic.Int64
		bySite := map[string]*atomic.Int64{}
		for n := range 60 {
			host := fmt.Sprintf("s%d.example", n%6)
			address := fmt.Sprintf("https://%s/%d/", host, n)
			if bySite[host] == nil {
				bySite[host] = &atomic.Int64{}
			}
			w.web.set(address, page{body: webPage("Cup", story), before: func() {
				if bySite[host].Add(1) > 1 {
					t.Errorf("two looks at %s at once", host)
				}
				most.Store(max(most.Load(), asking.Add(1)))
				time.Sleep(2 * time.Second)
				asking.Add(-1)
				bySite[host].Add(-1)
			}})
			w.scroll(fmt.Sprintf("post%022d", n), address, host, n)
		}
		looker := w.newLooker()
		looker.Now = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- looker.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := most.Load(); n > 4 || n < 3 {
			t.Errorf("%d pages were asked at once", n)
		}
		for n := range 60 {
			if asked := w.looked(fmt.Sprintf("https://s%d.example/%d/", n%6, n)); asked != 1 {
				t.Errorf("page %d was asked %d times", n, asked)
			}
		}
	})
}

// scroll stores a post that has scrolled off, at a site of its own blog.
func (w *shop) scroll(id, address, host string, n int) {
	w.t.Helper()
	b := w.blog
	if n < 6 {
		b = w.add(fmt.Sprintf("https://fedi%d.example", n), "tea", host)
		if _, err := w.db.Exec(w.t.Context(), `
UPDATE blogs
SET site_host = ?
WHERE id = ?`, host, b.ID); err != nil {
			w.t.Fatal(err)
		}
		w.sites = append(w.sites, b)
	}
	b = w.sites[n%6]
	if err := feeds.InsertPost(w.t.Context(), w.db, feeds.Post{
		ID: id, BlogID: b.ID, URL: address, PublishedAt: start, FirstSeenAt: start, Generation: 0,
	}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.db.Exec(w.t.Context(), `
UPDATE posts
SET absent_since = 1
WHERE id = ?`, id); err != nil {
		w.t.Fatal(err)
	}
	if err := feeds.SchedulePageCheck(w.t.Context(), w.db, id, b.ID, w.now); err != nil {
		w.t.Fatal(err)
	}
}

// A push promises to reach the followers soon; a page that does not answer must not break that.
func TestSlowPagesHoldUpAPollForSecondsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &shop{world: newBubble(t)}
		w.poller.Pages = w.newLooker()
		w.poller.Pages.Now = time.Now
		slow := func() { time.Sleep(9 * time.Second) }
		var items []entry
		for n := range 6 {
			items = append(items, post(n+2))
			w.web.set(post(n+2).link, page{body: webPage("Cup", story, head), before: slow})
		}
		w.publish(items...)
		w.allowMany()
		began := time.Now()
		w.mustPoll()
		if took := time.Since(began); took > 10*time.Second { // the network of the tests hears of a deadline when it has answered
			t.Errorf("the poll took %v", took)
		}
		if n := len(w.posts()); n != 7 || w.post("Cup 2").Author != "" {
			t.Errorf("%d posts", n)
		}
	})
}

func TestShutdownGivesLooksBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &shop{world: newBubble(t)}
		looker := w.newLooker()
		looker.Now = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		w.web.set(firstAt, page{body: webPage("Cup 1", story), before: cancel})
		p := w.first()
		w.miss(9)
		done := make(chan error)
		go func() { done <- looker.Run(ctx) }()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if l, err := pages.CheckOf(t.Context(), w.db, p.ID); err != nil || !l.LeaseUntil.IsZero() || l.Answers != 0 || l.CheckAt.IsZero() {
			t.Errorf("%+v, %v", l, err)
		}
	})
}
