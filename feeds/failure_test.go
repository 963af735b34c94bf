package feeds_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestUnchangedFeedIsAskedConditionally(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		header := map[string]string{"ETag": `W/"7"`, "Last-Modified": "Fri, 20 Nov 2026 11:00:00 GMT"}
		w.web.set(feedURL, page{body: rss(post(2), post(1)), header: header})
		w.mustPoll()
		w.pass(10 * time.Minute)
		w.mustPoll()
		if r := w.web.last(); r.Header.Get("If-None-Match") != `W/"7"` || r.Header.Get("If-Modified-Since") != "Fri, 20 Nov 2026 11:00:00 GMT" {
			t.Errorf("asked with %v", r.Header)
		}
		p := w.record()
		if p.ETag != `W/"7"` || !p.SucceededAt.Equal(w.now) || !p.ChangedAt.Equal(start) || p.LastError != "" {
			t.Errorf("%+v", p)
		}
		if r := w.web.last(); r.Header.Get("User-Agent") != "bloghorn/test" || !strings.Contains(r.Header.Get("Accept"), "application/atom+xml") {
			t.Errorf("asked with %v", r.Header)
		}
	})
}

func TestFailuresAreOnRecordAndLoseNothing(t *testing.T) {
	broken := map[string]struct {
		page page
		says string
	}{
		"server error":     {page{status: 500}, "E101 The address https://tea.example/feed.xml answered 500"},
		"forbidden":        {page{status: 403}, "firewall"},
		"gone":             {page{status: 410}, "moved"},
		"web page":         {page{body: "<!DOCTYPE html><html><body>We are moving"}, "it is a web page (HTML)"},
		"parked":           {page{body: "<html><head><title>buy me</title></head></html>"}, "it is a web page (HTML)"},
		"empty":            {page{body: " \n "}, "the answer is empty"},
		"half a feed":      {page{body: rss(post(9), post(1))[:400]}, "cut off"},
		"other JSON":       {page{body: `{"items": []}`}, "no JSON Feed"},
		"too long":         {page{body: strings.Repeat(" ", 10<<20) + rss()}, "larger than 10 MiB"},
		"bomb":             {page{body: gzipBomb(), header: map[string]string{"Content-Encoding": "gzip"}}, "larger than 10 MiB"},
		"304 out of place": {page{status: 304}, "answered 304"},
	}
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		for name, b := range broken {
			w.web.set(feedURL, b.page)
			err := w.poll()
			if err == nil || !strings.Contains(err.Error(), b.says) || w.record().LastError != err.Error() {
				t.Errorf("%s: %v\non record: %s", name, err, w.record().LastError)
			}
			if n := len(w.posts()); n != 1 {
				t.Fatalf("%s: %d posts", name, n)
			}
		}
		if n := w.record().Failures; n != len(broken) {
			t.Errorf("%d failures on record, want %d", n, len(broken))
		}
		w.publish(post(2), post(1))
		w.mustPoll()
		if p := w.record(); p.Failures != 0 || p.LastError != "" {
			t.Errorf("after a success: %+v", p)
		}
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
	})
}

func TestFailuresAreAskedLessOften(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.web.set(feedURL, page{status: 502})
		var waits []time.Duration
		for range 9 {
			w.poll() // it fails, that is the point
			waits = append(waits, w.record().NextAt.Sub(w.now))
		}
		for i, low := range []time.Duration{9, 19, 38, 76, 152, 304, 342, 342, 342} {
			if low *= time.Minute; waits[i] < low || waits[i] > low*12/10 {
				t.Errorf("after failure %d it waits %v", i+1, waits[i])
			}
		}
		w.web.set(feedURL, page{status: 429, header: map[string]string{"Retry-After": "36000"}})
		w.poll()
		if wait := w.record().NextAt.Sub(w.now); wait != 10*time.Hour {
			t.Errorf("asked to wait 10 hours, it waits %v", wait)
		}
	})
}

func TestPermanentMoveIsNoted(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.web.set("https://new.example/feed", page{body: rss(post(2), post(1))})
		w.web.set(feedURL, page{status: 308, header: map[string]string{"Location": "https://new.example/feed"}})
		w.mustPoll()
		if p := w.record(); p.MovedTo != "https://new.example/feed" {
			t.Errorf("moved to %q", p.MovedTo)
		}
		w.web.set(feedURL, page{status: 302, header: map[string]string{"Location": "https://new.example/feed"}})
		w.mustPoll()
		if p := w.record(); p.MovedTo != "" {
			t.Errorf("moved for a while, on record as for ever: %q", p.MovedTo)
		}
	})
}

func TestPrivateAddressIsExplained(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.poller.Client = safehttp.New(safehttp.Options{})
	if _, err := w.db.Exec(t.Context(), `
UPDATE blogs
SET feed_url = 'http://127.0.0.1:9/feed?token=secret'`); err != nil {
		t.Fatal(err)
	}
	err := w.poll()
	says := fmt.Sprint(err)
	if !errors.Is(err, safehttp.ErrAddress) || !strings.Contains(says, "feed.allow_private") || strings.Contains(says, "secret") {
		t.Error(err)
	}
}

func TestOneFeedIsPolledByOneProcessAtATime(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		var second error
		other := w.newPoller()
		w.web.set(feedURL, page{body: rss(post(2), post(1)), before: func() { second = other.Poll(context.Background(), w.blog.ID) }})
		w.mustPoll()
		if !errors.Is(second, web.ErrBusy) {
			t.Errorf("the second poll said %v", second)
		}
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
	})
}

func TestProcessThatLostItsLeaseChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		other := w.newPoller()
		slow := func() {
			w.pass(3 * time.Minute) // longer than the lease
			w.publish(post(3), post(1))
			if err := other.Poll(context.Background(), w.blog.ID); err != nil {
				t.Errorf("the second process: %v", err)
			}
		}
		w.web.set(feedURL, page{body: rss(post(2), post(1)), before: slow})
		if err := w.poll(); err == nil {
			t.Error("the first process believes that it was in time")
		}
		if n := len(w.posts()); n != 2 {
			t.Errorf("%d posts, want 1 and 3 only", n)
		}
		if p := w.record(); p.Failures != 0 || !p.LeaseUntil.IsZero() {
			t.Errorf("%+v", p)
		}
	})
}

// A process that dies leaves its lease behind, and nothing else: saving is one transaction.
func TestDeadProcessIsReplacedAfterItsLease(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		if _, err := db.Exec(t.Context(), `
UPDATE polls
SET lease_until = ?`, database.Millis(w.now.Add(2*time.Minute))); err != nil {
			t.Fatal(err)
		}
		if err := w.poll(); !errors.Is(err, web.ErrBusy) {
			t.Errorf("while the lease holds: %v", err)
		}
		w.pass(2 * time.Minute)
		w.mustPoll()
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
	})
}

func TestPanicInAPollIsAFailureOfThatPoll(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), post(1))
	w.web.set(feedURL, page{before: func() { panic("a bug") }})
	if err := w.poll(); err == nil || w.record().Failures != 1 {
		t.Errorf("%v, %+v", err, w.record())
	}
}

func TestShutdownGivesTheLeaseBack(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		ctx, cancel := context.WithCancel(t.Context())
		w.web.set(feedURL, page{body: rss(post(2), post(1)), before: cancel})
		if err := w.poller.Poll(ctx, w.blog.ID); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if p := w.record(); !p.LeaseUntil.IsZero() || p.Failures != 0 {
			t.Errorf("%+v", p)
		}
	})
}

func TestFailedSaveLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		rename := func(from, to string) {
			if _, err := db.Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
				t.Fatal(err)
			}
		}
		w.publish(post(3), post(2), post(1))
		rename("post_aliases", "elsewhere") // the second write of each post fails
		if err := w.poll(); err == nil {
			t.Error("no error without a table")
		}
		rename("elsewhere", "post_aliases")
		if n := len(w.posts()); n != 1 {
			t.Errorf("%d posts after a save that failed", n)
		}
		w.mustPoll()
		w.pass(2 * time.Minute)
		if n := len(w.posts()); n != 3 || w.due() == "" {
			t.Errorf("%d posts, due %q", n, w.due())
		}
	})
}

func TestAddedTwiceIsTaken(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		found, err := fetch.Discover(t.Context(), w.web.client(), feedURL)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []feeds.NewBlog{
			{Found: found, BaseURL: "https://fedi.example/", Username: "tea", HandleHost: "other.example"},
			{Found: found, BaseURL: "https://other.example", Username: "tea", HandleHost: "fedi.example"},
		} {
			if _, err := feeds.Add(t.Context(), db, n, w.now, nil); !errors.Is(err, feeds.ErrTaken) {
				t.Errorf("%s at %s: %v", n.Username, n.BaseURL, err)
			}
		}
	})
}
