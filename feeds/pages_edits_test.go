package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// revised is the story, edited.
var revised = strings.Replace(story, "the roses", "the tomatoes", 1)

// baseline lets the looker see the page as the feed had the post.
func (w *shop) baseline() {
	w.miss(0)
	w.pass(time.Hour)
	w.look()
}

func TestEditOfAScrolledOffPostIsFoundOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.baseline()
		w.expectDue("")
		before := w.first()
		w.serve(webPage("Cup one", revised))
		w.pass(6 * time.Hour)
		w.look()
		w.expectDue("Cup one")
		p := w.first()
		if !strings.Contains(p.Content.String(), "tomatoes") || !strings.Contains(p.Teaser, "guest") || !p.EditedAt.Equal(w.now) ||
			p.ContentHash == before.ContentHash || p.ID != before.ID || w.saved.Load() != 1 {
			t.Errorf("%+v, %d calls of WakeNext", p, w.saved.Load())
		}
		w.announce()
		w.days(40)
		w.expectDue("")
		if w.saved.Load() != 1 {
			t.Errorf("%d edits of one", w.saved.Load())
		}
	})
}

// A look at a post that is still listed remembers how its page was, so that an edit is found that was made just before it left.
func TestLookAtAListedPostIsWhatLaterOnesCompareWith(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	p := w.first()
	if err := feeds.SchedulePageCheck(t.Context(), w.db, p.ID, p.BlogID, w.now); err != nil {
		t.Fatal(err)
	}
	w.look()
	w.serve(webPage("Cup 1", revised))
	w.days(2)
	if n := w.looked(firstAt); n != 1 {
		t.Errorf("a listed post was looked at %d times", n)
	}
	w.miss(0)
	w.days(1)
	w.expectDue("Cup 1")
	if p := w.first(); !strings.Contains(p.Content.String(), "tomatoes") {
		t.Errorf("%s", p.Content)
	}
}

func TestEditFoundOnThePageDoesNotFlipBack(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.baseline()
		w.serve(webPage("Cup 1", revised))
		w.days(2)
		w.announce()
		edited := w.first()

		w.list()
		w.mustPoll() // the feed has the old text
		w.publish(told(1), told(2).with(func(e *entry) { e.date = start.Add(-900 * time.Hour) }))
		w.mustPoll()
		if p := w.first(); p.ContentHash != edited.ContentHash || !strings.Contains(p.Content.String(), "tomatoes") {
			t.Fatalf("the feed, which is behind, undid the edit: %s", p.Content)
		}
		w.publish(told(1).with(func(e *entry) { e.body = strings.Replace(revised, "upside down", "around", 1) }))
		w.mustPoll() // the feed has news
		if p := w.first(); !strings.Contains(p.Content.String(), "around") {
			t.Errorf("the feed's own edit is not seen: %s", p.Content)
		}
		w.publish(told(1))
		w.mustPoll() // and takes everything back
		if p := w.first(); strings.Contains(p.Content.String(), "tomatoes") {
			t.Errorf("the feed's second edit is not seen: %s", p.Content)
		}
	})
}

// TestEditFoundOnThePageIsNoOtherWhenTheFeedHasIt: the feed lists the post again, and tells what its page has told.
func TestEditFoundOnThePageIsNoOtherWhenTheFeedHasIt(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.baseline()
		w.serve(webPage("Cup 1", revised))
		w.days(2)
		w.announce()
		edited := w.first()

		w.list()
		w.publish(told(1).with(func(e *entry) { e.body = revised }))
		w.mustPoll()
		w.expectDue("")
		if p := w.first(); !p.EditedAt.Equal(edited.EditedAt) || p.ContentHash == edited.ContentHash {
			t.Errorf("the same edit again: at %v, before at %v", p.EditedAt, edited.EditedAt)
		}
		w.publish(told(1).with(func(e *entry) { e.body = strings.Replace(revised, "evening", "morning", 1) }))
		w.mustPoll()
		w.expectDue("Cup 1")
	})
}

func TestEditOfHistoryIsStoredFromItsPageAndNotDue(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	if _, err := w.db.Exec(t.Context(), `
UPDATE posts
SET announce = ?`, false); err != nil {
		t.Fatal(err)
	}
	w.baseline()
	w.serve(webPage("Cup 1", revised))
	w.days(2)
	w.expectDue("")
	if p := w.first(); !strings.Contains(p.Content.String(), "tomatoes") {
		t.Errorf("%s", p.Content)
	}
}

func TestWhatAPageChangesByItselfIsNoEdit(t *testing.T) {
	half := strings.Index(story, "<p>Green")
	later := []string{
		webPage("Cup 1", story+"<p>17 comments</p>", "<script>nonce()</script>"),
		webPage("(3) Cup 1", strings.ReplaceAll(story, "<p>", "<p class=x>\n")),
		webPage("Tea", "<p>This domain is for sale. Call us now, it is a good domain, and many people want it, so hurry.</p>"),
		webPage("Cup 1", story[:half]+"<p>Sign in to read on.</p>"),
		"", "\x89PNG\r\n\x1a\n", strings.Repeat("<div>", 600) + story,
	}
	w := newShop(t, databasetest.Open(t))
	w.baseline()
	for _, body := range later {
		w.serve(body)
		w.pass(10 * 24 * time.Hour)
		w.miss(9) // so that it is looked at each time
		w.look()
		if p := w.first(); !p.EditedAt.IsZero() || w.saved.Load() != 0 {
			t.Fatalf("edited by %.80q: %s", body, p.Content)
		}
	}
	w.serve(webPage("Cup 1", revised))
	w.pass(10 * 24 * time.Hour)
	w.look()
	if p := w.first(); p.EditedAt.IsZero() {
		t.Error("after all that, an edit is not seen")
	}
}

// The feed has an excerpt, or the page is built by a script: what is found there was never the post.
func TestPageThatNeverHadThePostIsNotBelieved(t *testing.T) {
	for name, first := range map[string]string{
		"more":  story + strings.ReplaceAll(story, "tea", "coffee with milk") + "<p>And much more that the feed did not have.</p>",
		"other": "<p>Please switch on JavaScript, because this page, which is about tea, needs it to show anything at all.</p>",
	} {
		w := newShop(t, databasetest.Open(t))
		w.serve(webPage("Cup 1", first))
		w.baseline()
		w.serve(webPage("Cup 1", revised))
		w.days(9)
		if p := w.first(); !p.EditedAt.IsZero() {
			t.Errorf("%s: edited at %v", name, p.EditedAt)
		}
	}
}

func TestEditThatTheFeedTellsIsNotFoundAgain(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.baseline()
	w.list()
	w.publish(told(1).with(func(e *entry) { e.body = revised }))
	w.mustPoll()
	w.announce()
	w.serve(webPage("Cup 1", revised))
	edited := w.first().EditedAt
	w.miss(0)
	w.days(9)
	w.expectDue("")
	if p := w.first(); !p.EditedAt.Equal(edited) {
		t.Errorf("edited at %v, and again at %v", edited, p.EditedAt)
	}
	w.serve(webPage("Cup 1", strings.Replace(revised, "evening", "morning", 1)))
	w.days(9)
	w.expectDue("Cup 1")
}

func TestHostilePagesChangeNothing(t *testing.T) {
	for name, p := range map[string]page{
		"a page without end":      {body: webPage("Cup 1", revised) + strings.Repeat("<p>x, y</p>\n", 1<<18)},
		"a bomb":                  {body: gzipBomb(), header: map[string]string{"Content-Encoding": "gzip"}},
		"a picture that is HTML":  {body: webPage("Cup 1", revised), header: map[string]string{"Content-Type": "image/png"}},
		"HTML that is a picture":  {body: "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00\xff", 1<<19)},
		"a redirect to elsewhere": {status: 301, header: map[string]string{"Location": "https://evil.example/"}},
		"304 out of place":        {status: 304},
	} {
		t.Run(name, func(t *testing.T) {
			w := newShop(t, databasetest.Open(t))
			w.web.set("https://evil.example/", page{body: webPage("Cup 1", revised)})
			w.baseline()
			before := w.first()
			w.web.set(firstAt, p)
			w.days(9)
			if after := w.first(); after.ContentHash != before.ContentHash || !after.RemovedAt.IsZero() || w.saved.Load() != 0 || w.looked(firstAt) < 3 {
				t.Errorf("%+v", after)
			}
		})
	}
}
