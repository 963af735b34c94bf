package feeds_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestPostIsRemovedWhenFeedAndPageAgreeForADay(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) { removed(newShop(t, db), 404) })
	removed(newShop(t, databasetest.Open(t)), 410)
}

func removed(w *shop, status int) {
	w.t.Helper()
	w.web.set(firstAt, page{status: status})
	w.miss(1)
	w.look()
	w.pass(12 * time.Hour)
	w.miss(2)
	w.look()
	if p := w.first(); !p.RemovedAt.IsZero() || w.saved.Load() != 0 {
		w.t.Fatalf("removed after half a day")
	}
	w.pass(12 * time.Hour)
	w.miss(3)
	w.look()
	p := w.first()
	if !p.RemovedAt.Equal(w.now) || p.RemovedBy != feeds.RemovedGone || !p.DueAt.Equal(w.now) || w.saved.Load() != 1 {
		w.t.Errorf("%d: removed at %v by %q, due at %v, %d calls of WakeNext", status, p.RemovedAt, p.RemovedBy, p.DueAt, w.saved.Load())
	}
	w.days(40)
	if n := w.looked(firstAt); n != 2 || w.saved.Load() != 1 {
		w.t.Errorf("the page was asked %d times, want 2", n)
	}
}

func TestPageThatComesBackStartsTheProofAnew(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.web.set(firstAt, page{status: 404})
		w.miss(5)
		w.look()
		w.serve(webPage("Cup 1", story))
		w.days(1)
		w.web.set(firstAt, page{status: 404})
		w.days(1)
		if p := w.first(); !p.RemovedAt.IsZero() {
			t.Fatal("removed after one 404, a page, and one 404")
		}
		w.days(1)
		if p := w.first(); p.RemovedAt.IsZero() {
			t.Error("not removed after two more")
		}
	})
}

// What was seen before the post left its feed this time proves nothing.
func TestGoneLongAgoDoesNotCount(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.web.set(firstAt, page{status: 404})
	w.miss(5)
	w.look()
	w.list()
	w.pass(10 * 24 * time.Hour)
	w.look() // it was due, and is listed
	w.miss(9)
	w.pass(25 * time.Hour) // no process was there to look
	w.look()
	if p := w.first(); !p.RemovedAt.IsZero() {
		t.Fatal("removed after one look")
	}
	w.pass(24 * time.Hour)
	w.look()
	if p := w.first(); p.RemovedAt.IsZero() {
		t.Error("not removed after two looks, a day apart")
	}
}

func TestNothingElseRemovesAPost(t *testing.T) {
	gone := func(w *shop) { w.web.set(firstAt, page{status: 404}) }
	redirect := func(to string) func(w *shop) {
		return func(w *shop) {
			w.web.set(firstAt, page{status: 302, header: map[string]string{"Location": to}})
			w.web.set(home, page{body: webPage("Tea", "<p>All about tea.</p>")})
		}
	}
	for name, c := range map[string]struct {
		set   func(w *shop)
		polls int
	}{
		"soft 404":             {func(w *shop) { w.serve(webPage("Not found", "<p>Sorry, there is nothing here.</p>")) }, 9},
		"home page":            {redirect(home), 9},
		"gone elsewhere":       {redirect("https://other.example/gone"), 9},
		"forbidden":            {func(w *shop) { w.web.set(firstAt, page{status: 403}) }, 9},
		"server error":         {func(w *shop) { w.web.set(firstAt, page{status: 500}) }, 9},
		"too many requests":    {func(w *shop) { w.web.set(firstAt, page{status: 429, header: map[string]string{"Retry-After": "60"}}) }, 9},
		"no answer":            {redirect(firstAt), 9}, // it goes round in circles
		"robots say no":        {func(w *shop) { gone(w); w.web.set(robots, page{body: "User-agent: bloghorn\nDisallow: /"}) }, 9},
		"robots in trouble":    {func(w *shop) { gone(w); w.web.set(robots, page{status: 503}) }, 9},
		"two polls":            {gone, 2},
		"scrolled off":         {gone, 0},
		"a page that is still": {func(w *shop) {}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			w := newShop(t, databasetest.Open(t))
			c.set(w)
			w.miss(c.polls)
			w.look()
			w.days(10)
			if p := w.first(); !p.RemovedAt.IsZero() || !p.EditedAt.IsZero() || w.saved.Load() != 0 {
				t.Errorf("removed at %v, edited at %v", p.RemovedAt, p.EditedAt)
			}
			if strings.HasPrefix(name, "robots") != (w.looked(firstAt) == 0) {
				t.Errorf("the page was asked %d times", w.looked(firstAt))
			}
		})
	}
}

func TestHeldPostIsNotRemoved(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.web.set(firstAt, page{status: 404})
	w.miss(9)
	if _, err := w.db.Exec(t.Context(), `
UPDATE posts
SET held_at = 1`); err != nil {
		t.Fatal(err)
	}
	w.look()
	w.days(3)
	if p := w.first(); !p.RemovedAt.IsZero() || w.saved.Load() != 0 {
		t.Error("removed, though its owner has not decided yet")
	}
}

// While the page was being asked, a poll has found the post again.
func TestPostThatIsListedAgainIsNotRemoved(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.web.set(firstAt, page{status: 404})
		w.miss(9)
		w.look()
		w.web.set(firstAt, page{status: 404, before: w.list})
		w.days(5)
		if p := w.first(); !p.RemovedAt.IsZero() || w.saved.Load() != 0 || w.looked(firstAt) != 3 { // the third sees that it is listed
			t.Errorf("removed at %v after %d looks", p.RemovedAt, w.looked(firstAt))
		}
	})
}

func TestPageOfAScrolledOffPostIsAskedLessAndLessOften(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.web.set(firstAt, page{body: webPage("Cup 1", story), header: map[string]string{
		"ETag": `"1"`, "Last-Modified": "Fri, 20 Nov 2026 11:00:00 GMT",
	}})
	w.miss(0)
	var asked []int
	for _, days := range []int{1, 6, 7, 16, 60} {
		w.days(days)
		asked = append(asked, w.looked(firstAt))
	}
	if want := []int{3, 5, 6, 7, 7}; !slices.Equal(asked, want) {
		t.Errorf("asked %v times by then, want %v", asked, want)
	}
	if r := w.web.last(); r.Header.Get("If-None-Match") != `"1"` || r.Header.Get("If-Modified-Since") == "" {
		t.Errorf("asked with %v", r.Header)
	}
	if n := w.looked(robots); n > 7 || n < 2 {
		t.Errorf("robots.txt was asked %d times in 90 days", n)
	}
}

func TestServerThatAsksForAPauseGetsIt(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.web.set(firstAt, page{status: 503, header: map[string]string{"Retry-After": "72000"}})
	w.miss(0)
	w.pass(time.Hour)
	w.look()
	if l, err := pages.CheckOf(t.Context(), w.db, w.first().ID); err != nil || !l.CheckAt.Equal(w.now.Add(20*time.Hour)) || l.Status != 503 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestMissingPostIsAskedDailyThenWeeklyThenNever(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.miss(9)
	w.look()
	w.days(30)
	month := w.looked(firstAt)
	w.days(400)
	if year := w.looked(firstAt); month < 29 || month > 31 || year-month > 50 || year-month < 45 {
		t.Errorf("asked %d times in a month, %d in the year after it", month, year-month)
	}
}

func TestPostOnSomebodyElsesSiteIsNotLookedAt(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	if _, err := w.db.Exec(t.Context(), `
UPDATE blogs
SET site_host = 'other.example'`); err != nil {
		t.Fatal(err)
	}
	w.exec(`
UPDATE polls
SET link_host = 'other.example'`)
	w.miss(9)
	w.look()
	w.days(3)
	if n := w.looked(firstAt); n != 0 {
		t.Errorf("asked %d times", n)
	}
	if l, err := pages.CheckOf(t.Context(), w.db, w.first().ID); err != nil || !l.CheckAt.IsZero() {
		t.Errorf("%+v, %v", l, err)
	}
}
