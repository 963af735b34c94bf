package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// What somebody decides while a poll or a look waits for the network is not undone by it, and does
// not undo it.

// once runs something when the page is asked for the next time.
func (w *shop) once(address string, something func()) {
	done := false
	w.web.set(address, page{
		body: webPage("Cup", story), header: map[string]string{"Content-Type": "text/html; charset=utf-8"}, before: func() {
			if !done {
				done = true
				something()
			}
		},
	})
	w.t.Cleanup(func() {
		if !done {
			w.t.Errorf("%s was not asked", address)
		}
	})
}

// The look has read the post while it was listed, and sees no reason for another one.
func TestPostThatLeavesItsFeedDuringALookIsLookedAtAgain(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.publish(told(1), last)
		w.mustPoll()
		w.pass(time.Hour)
		w.once(firstAt, func() {
			w.publish(last)
			w.mustPoll()
		})
		if err := w.looker.LookAtDue(t.Context()); err != nil && !strings.Contains(err.Error(), "another process has taken over") {
			t.Fatal(err)
		}
		p := w.first()
		look, err := feeds.LookOf(t.Context(), db, p.ID)
		if err != nil || look.CheckAt.IsZero() || p.AbsentSince.IsZero() {
			t.Fatalf("missing since %v, and it is looked at again at %v, %v", p.AbsentSince, look.CheckAt, err)
		}
		w.look()
		if look, err = feeds.LookOf(t.Context(), db, p.ID); err != nil || look.Looks != 1 {
			t.Errorf("%+v, %v", look, err)
		}
	})
}
