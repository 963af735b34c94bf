package feeds_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// head is what a page says and the feed does not.
const head = `<meta property="og:image" content="/cup.jpg"><meta property="og:image:alt" content="A cup"><meta name="author" content="Ada">
<link rel="canonical" href="https://tea.example/cups/one/"><meta property="article:published_time" content="2026-11-20T10:00:00Z">
<meta property="og:locale" content="en_GB">`

// newStall is a world whose poller asks pages.
func newStall(t *testing.T, db *database.DB) *shop {
	t.Helper()
	w := &shop{world: newWorld(t, db)}
	w.looker = w.newLooker()
	w.poller.Pages = w.looker
	w.serve(webPage("Cup 1", story, head))
	return w
}

func TestNewPostGetsFromItsPageWhatTheFeedDoesNotSay(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newStall(t, db)
		plain := newShop(t, databasetest.Open(t)).first()
		w.publish(told(1).with(func(e *entry) { e.date = time.Time{} }))
		w.mustPoll()
		p := w.first()
		if p.ImageURL != "https://tea.example/cup.jpg" || p.ImageAlt != "A cup" || p.Author != "Ada" || p.Language != "en-GB" ||
			!p.PublishedAt.Equal(start.Add(-2*time.Hour)) {
			t.Errorf("%+v", p)
		}
		if p.ContentHash != plain.ContentHash {
			t.Error("the hash is not that of the feed's item")
		}
		if found, err := feeds.PostByURL(t.Context(), db, "https://tea.example/cups/one"); err != nil || found.ID != p.ID {
			t.Errorf("by its canonical address: %v, %v", found.ID, err)
		}
		w.pass(2 * time.Minute)
		w.expectDue("Cup 1")
		w.announce()
		asked := len(w.web.asked())
		w.mustPoll()
		if n := len(w.web.asked()) - asked; n != 1 {
			t.Errorf("%d requests for a feed without news", n)
		}
	})
}

func TestWhatThePageGaveOutlivesTheNextEdit(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newStall(t, db)
		w.publish(told(1))
		w.mustPoll()
		w.pass(5 * time.Minute)
		w.announce()
		w.web.set(firstAt, page{status: 500})
		w.publish(told(1).with(func(e *entry) { e.title = "Cup one" }))
		w.mustPoll()
		w.expectDue("Cup one")
		if p := w.first(); p.ImageURL != "https://tea.example/cup.jpg" || p.ImageAlt != "A cup" || p.Author != "Ada" || p.Language != "en-GB" {
			t.Errorf("%+v", p)
		}
		w.serve(webPage("Cup one", story, strings.ReplaceAll(head, "cup.jpg", "new.jpg")))
		w.publish(told(1).with(func(e *entry) { e.title = "Cup 1" }))
		w.mustPoll()
		if p := w.first(); p.ImageURL != "https://tea.example/new.jpg" {
			t.Errorf("the page has a new picture, the post %s", p.ImageURL)
		}
	})
}

func TestFullTextIsTakenWhereTheOwnerAllowsIt(t *testing.T) {
	excerpt := `<p>The first cup is for the guest, the second for the house, and the third is for talking. [&hellip;]</p>`
	for name, c := range map[string]struct {
		allowed bool
		feed    string
		head    string
		want    bool
	}{
		"allowed":           {true, excerpt, "", true},
		"not allowed":       {false, excerpt, "", false},
		"the description":   {true, "Why my aunt pours three cups.", `<meta name="description" content="Why my aunt pours three cups.">`, true},
		"another text":      {true, "<p>A link to somewhere else, which I liked very much.</p>", "", false},
		"all of it already": {true, story, "", false},
	} {
		w := newStall(t, databasetest.Open(t))
		if c.allowed {
			w.set("full_text", "yes")
		}
		w.serve(webPage("Cup 1", story, c.head))
		item := told(1).with(func(e *entry) { e.body = c.feed })
		w.publish(item)
		w.mustPoll()
		p := w.first()
		if got := strings.Contains(p.Content.String(), "roses") && c.feed != story; got != c.want {
			t.Errorf("%s: %s", name, p.Content)
		}
		w.web.set(firstAt, page{status: 500})
		w.publish(item.with(func(e *entry) { e.title = "Cup one" }))
		w.mustPoll()
		if after := w.first(); after.Content != p.Content || after.Title != "Cup one" {
			t.Errorf("%s: after an edit of the title\n%s", name, after.Content)
		}
	}
}

// A post without a date is new, unless its page knows better: nobody wants the posts of ten years at once.
func TestUndatedPostWhosePageIsOldIsHistory(t *testing.T) {
	w := newStall(t, databasetest.Open(t))
	w.serve(webPage("Cup 1", story, `<meta property="article:published_time" content="2016-02-03T10:00:00+01:00">`))
	w.publish(told(1).with(func(e *entry) { e.date = time.Time{} }))
	w.mustPoll()
	w.pass(time.Hour)
	w.expectDue("")
	if p := w.first(); p.PublishedAt.Year() != 2016 || p.Announce {
		t.Errorf("%+v", p)
	}
}

func TestPageIsNotAskedWithoutNeedOrLeave(t *testing.T) {
	for name, set := range map[string]func(w *shop){
		"robots say no": func(w *shop) { w.web.set(robots, page{body: "User-agent: *\nDisallow: /1"}) },
		"no answer":     func(w *shop) { w.web.set(firstAt, page{status: 302, header: map[string]string{"Location": firstAt}}) },
		"not found":     func(w *shop) { w.web.set(firstAt, page{status: 404}) },
		"another type": func(w *shop) {
			w.web.set(firstAt, page{body: "{}", header: map[string]string{"Content-Type": "application/json"}})
		},
		"too long": func(w *shop) { w.serve(webPage("Cup 1", story, head) + strings.Repeat(" ", 2<<20)) },
		"another site": func(w *shop) {
			w.web.set(firstAt, page{status: 302, header: map[string]string{"Location": "https://o.example/"}})
		},
		"a bug of ours":   func(w *shop) { w.web.set(firstAt, page{before: func() { panic("a bug") }}) },
		"the home page":   func(w *shop) { w.web.set(firstAt, page{status: 302, header: map[string]string{"Location": home}}) },
		"nothing to give": func(w *shop) { w.serve(webPage("Cup 1", story)) },
	} {
		w := newStall(t, databasetest.Open(t))
		w.web.set(home, page{body: webPage("Tea", "", head)})
		w.web.set("https://o.example/", page{body: webPage("Evil", "", head)})
		set(w)
		w.publish(told(1))
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.expectDue("Cup 1")
		if p := w.first(); p.ImageURL != "" || p.Author != "" || p.Language != "" {
			t.Errorf("%s: %+v", name, p)
		}
		if strings.HasPrefix(name, "robots") && w.looked(firstAt) > 0 {
			t.Errorf("%s: asked all the same", name)
		}
	}
}

func TestAtMostFivePagesAreAskedForOnePoll(t *testing.T) {
	w := newStall(t, databasetest.Open(t))
	var items []entry
	for n := range 12 {
		items = append(items, post(n).with(func(e *entry) { e.date = start.Add(-time.Duration(n) * time.Hour) }))
		w.web.set(fmt.Sprintf("https://tea.example/%d/", n), page{body: webPage("Cup", story, head)})
	}
	w.publish(items...)
	w.allowMany()
	w.mustPoll()
	for n := range 12 {
		if got := w.post(fmt.Sprintf("Cup %d", n)).Author == "Ada"; got != (n < 5) {
			t.Errorf("post %d asked its page: %v", n, got)
		}
	}
}

func TestHistoryAsksNoPages(t *testing.T) {
	w := newStall(t, databasetest.Open(t))
	w.publish(told(1).with(func(e *entry) { e.date = start.Add(-9 * 24 * time.Hour) }))
	w.mustPoll()
	if n := w.looked(firstAt) + w.looked(robots); n != 0 {
		t.Errorf("%d requests for a post that nobody is told of", n)
	}
}

// The query of a private blog is its password.
func TestQueriesOfPagesAreNotLogged(t *testing.T) {
	w := newStall(t, databasetest.Open(t))
	var log bytes.Buffer
	w.looker.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.publish(told(1).with(func(e *entry) { e.link += "?token=secret" }))
	w.web.set(firstAt+"?token=secret", page{status: 302, header: map[string]string{"Location": firstAt + "?token=secret"}})
	w.mustPoll()
	if log.Len() == 0 || strings.Contains(log.String(), "secret") {
		t.Error(log.String())
	}
}

func TestAgeThatTheBlogSetsCountsForPostsThatTheirPagesComplete(t *testing.T) {
	for age, want := range map[string]string{"30d": "Cup 1", "5d": ""} {
		w := newStall(t, databasetest.Open(t))
		w.set("max_age", age)
		w.mustPoll()
		w.publish(told(1).with(func(e *entry) { e.date = start.Add(-10 * 24 * time.Hour) }))
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.expectDue(want)
	}
}
