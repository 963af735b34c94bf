package feeds_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
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

func TestFeedIsNotStoppedBeforeThePollThatWasAskedForMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.web.set(feedURL, page{status: http.StatusGone})
		w.poll() // it fails, that is the point
		w.pass(24 * time.Hour)
		w.web.set(feedURL, page{status: http.StatusGone, before: func() {
			if err := db.InTx(t.Context(), func(tx *database.Tx) error { return feeds.ReadNow(t.Context(), tx, w.blog.ID, w.now) }); err != nil {
				t.Error(err)
			}
		}})
		w.poll()
		if p := w.record(); !p.StoppedAt.IsZero() || p.NextAt.After(w.now.Add(time.Minute)) {
			t.Errorf("the owner wants it read, and it is stopped at %v, or read at %v", p.StoppedAt, p.NextAt)
		}
		w.web.set(feedURL, page{status: http.StatusGone})
		w.pass(time.Minute)
		if err := w.poller.PollDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p := w.record(); p.StoppedAt.IsZero() {
			t.Errorf("it is gone still, and read at %v", p.NextAt)
		}
	})
}

// A transaction of MySQL reads what was there at its first read. Who tells of news must not
// overlook a Retry-After that came since.
func TestNewsWaitsForARetryAfterThatCameInTheSameMoment(t *testing.T) {
	w := newWorld(t, databasetest.OpenMySQL(t), post(1))
	w.web.set(feedURL, page{status: 503, header: map[string]string{"Retry-After": "3600"}})
	err := w.db.InTx(t.Context(), func(tx *database.Tx) error {
		if _, err := feeds.PollOf(t.Context(), tx, w.blog.ID); err != nil {
			return err
		}
		w.poll() // it fails, that is the point
		return feeds.PollSoon(context.Background(), tx, w.blog.ID, w.now)
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := w.record(); p.NextAt.Before(w.now.Add(time.Hour)) {
		t.Errorf("the server asked for an hour, and gets %v", p.NextAt.Sub(w.now))
	}
}
