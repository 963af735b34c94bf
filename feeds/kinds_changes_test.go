package feeds_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestKindsOfChangesThatThisProcessKnowsOf: whatever makes a post another to readers, or takes it from them.
func TestKindsOfChangesThatThisProcessKnowsOf(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*shop) error
		known   bool
	}{
		"a poll without news": {func(w *shop) error { return w.poll() }, false},
		"another post": {func(w *shop) error {
			w.publish(told(1), told(2))
			return w.poll()
		}, false},
		"a look at a page that is as it was": {func(w *shop) error { w.baseline(); return nil }, false},
		"an edit in the feed": {func(w *shop) error {
			w.publish(told(1).with(func(e *entry) { e.title = "Cup one" }))
			return w.poll()
		}, true},
		"an edit on the page": {func(w *shop) error {
			w.baseline()
			w.serve(webPage("Cup one", revised))
			w.pass(6 * time.Hour)
			w.look()
			return nil
		}, true},
		"a page that is gone": {func(w *shop) error {
			removed(w, 410)
			return nil
		}, true},
		"its owner's wish": {func(w *shop) error { return feeds.Remove(t.Context(), w.db, w.first().ID, w.now) }, true},
		"a removal that an older database has forgotten": {func(w *shop) error {
			return feeds.RemoveAgain(t.Context(), w.db, w.first().ID, feeds.RemovedGone, w.now)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newShop(t, databasetest.Open(t))
			id := w.first().ID // the same as in other tests of this process
			before := time.Now()
			if err := c.happens(w); err != nil {
				t.Fatal(err)
			}
			if known := !feeds.UnchangedSince(before.Add(time.Minute), id); known != c.known {
				t.Errorf("known: %t", known)
			}
		})
	}
}
