package feeds_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// last is older than all others and stays.
var last = post(99).with(func(e *entry) { e.date = start.Add(-100 * time.Hour) })

// remove takes posts from the feed, and does what the looker does with those that are gone.
func (w *world) remove(posts ...entry) {
	w.t.Helper()
	for _, listed := range [][]entry{append(posts, last), {last}} {
		w.publish(listed...)
		w.allowMany()
		w.mustPoll()
	}
	w.exec(`
UPDATE posts
SET removed_at = 1, removed_by = 'gone'
WHERE absent_since > 0`)
	if n := len(w.posts()); n != 1 {
		w.t.Fatalf("%d posts are left", n)
	}
	w.pass(time.Hour)
	w.announce()
}

// A site that is restored has its feed back before its pages.
func TestPostThatIsBackBeforeItsPageIsFoundLater(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.remove(told(1))
		w.web.set(firstAt, page{status: 503})
		w.publish(told(1), last)
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		w.serve(webPage("Cup 1", story))
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.expectDue("Cup 1")
		w.announce()
		asked := w.looked(firstAt)
		w.mustPoll()
		if again := w.looked(firstAt); again != asked {
			t.Error("its page is asked though nothing is open any more")
		}
	})
}

func TestManyPostsThatAreBackAreAllFound(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	var many []entry
	for n := range 11 {
		many = append(many, post(n).with(func(e *entry) { e.body = story; e.date = start.Add(-time.Duration(n) * time.Hour) }))
	}
	w.allowMany()
	w.publish(many...)
	w.mustPoll()
	w.remove(many...)
	for n := range 11 {
		w.web.set(fmt.Sprintf("https://tea.example/%d/", n), page{body: webPage("Cup", story)})
	}
	w.publish(append(many, last)...)
	for range 4 {
		w.allowMany()
		w.mustPoll()
		w.pass(time.Hour)
	}
	if n := len(w.posts()); n != 12 {
		t.Errorf("%d posts are there, want all 12", n)
	}
}

// What caches bring back is asked about once: its pages say that it is gone.
func TestPostWhosePageIsGoneIsNotAskedAtEachPoll(t *testing.T) {
	w := newShop(t, databasetest.Open(t))
	w.remove(told(1))
	w.web.set(firstAt, page{status: 404})
	w.publish(told(1), last)
	w.mustPoll()
	asked := w.looked(firstAt)
	w.pass(time.Hour)
	w.mustPoll()
	if n := w.looked(firstAt); n != asked || len(w.posts()) != 1 {
		t.Errorf("asked %d and %d times, %d posts", asked, n, len(w.posts()))
	}
}
