package feeds_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pages"
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

// newCompletingShop has a poller that asks the pages of new posts, after it has read what is known.
func newCompletingShop(t *testing.T, db *database.DB) *shop {
	w := newShop(t, db)
	w.poller.Pages = w.looker
	return w
}

// orphans are rows about posts that are no more.
func (w *world) orphans() (n int) {
	w.t.Helper()
	for _, table := range []string{"pages", "post_aliases"} {
		var some int
		if err := w.db.QueryRow(w.t.Context(), `
SELECT COUNT(*)
FROM `+table+` x
LEFT JOIN posts p ON p.id = x.post_id
WHERE p.id IS NULL`).Scan(&some); err != nil {
			w.t.Fatal(err)
		}
		n += some
	}
	return n
}

func TestEditOfAPostThatIsAnnouncedMeanwhileIsTold(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newCompletingShop(t, db)
		w.publish(told(2), told(1))
		w.mustPoll()
		w.pass(119 * time.Second)
		w.publish(told(2).with(func(e *entry) { e.title = "Cup two" }), told(1))
		w.once("https://tea.example/2/", func() {
			w.pass(2 * time.Second)
			w.expectDue("Cup 2")
			w.announce()
		})
		w.mustPoll()
		w.expectDue("Cup two")
		if p := w.post("Cup two"); p.EditedAt.IsZero() {
			t.Error("the edit has no time")
		}
	})
}

// other is the entry that doubt lists.
func other() entry {
	return told(1).with(func(e *entry) {
		e.title, e.guid, e.link, e.date = "Of cups", "https://tea.example/else/", "https://tea.example/else/", e.date.Add(-time.Hour)
	})
}

func TestEditOfAHeldPostThatIsReleasedMeanwhileIsTold(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newCompletingShop(t, db)
		w.doubt()
		held := w.held()[0]
		w.pass(time.Minute)
		w.publish(post(3), other().with(func(e *entry) { e.body += "<p>And one more.</p>" }))
		w.once("https://tea.example/3/", func() {
			if _, err := feeds.ReleaseHeld(t.Context(), db, held.ID, w.now); err != nil {
				t.Error(err)
			}
			w.announce()
		})
		w.mustPoll()
		w.expectDue("Of cups")
		if p := w.post("Of cups"); p.EditedAt.IsZero() || !strings.Contains(p.Content.String(), "one more") {
			t.Errorf("%+v", p)
		}
	})
}

// While it is held, an edit joins what will be announced.
func TestEditOfAHeldPostThatIsArchivedMeanwhileIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newCompletingShop(t, db)
		w.doubt()
		held := w.held()[0]
		w.publish(post(3), other().with(func(e *entry) { e.body += "<p>And one more.</p>" }))
		w.once("https://tea.example/3/", func() {
			if err := feeds.KeepQuiet(t.Context(), db, held.ID); err != nil {
				t.Error(err)
			}
		})
		w.mustPoll()
		w.expectDue("")
		if p := w.post("Of cups"); !strings.Contains(p.Content.String(), "one more") {
			t.Errorf("%+v", p)
		}
	})
}

// The poll knows the held post that its owner has merged since: its edit goes to the other one,
// with the next poll.
func TestEditOfAHeldPostThatIsMergedMeanwhileIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newCompletingShop(t, db)
		w.doubt()
		held := w.held()[0]
		w.pass(time.Minute)
		w.publish(post(3), other().with(func(e *entry) {
			e.link += "new/"
			e.body += "<p>And one more.</p>"
		}))
		w.once("https://tea.example/3/", func() {
			if _, err := feeds.SamePost(t.Context(), db, held.ID, w.now); err != nil {
				t.Error(err)
			}
		})
		w.mustPoll()
		if n := w.orphans(); n != 0 {
			t.Errorf("%d rows are about a post that is no more", n)
		}
		w.pass(time.Minute)
		w.mustPoll()
		p, err := feeds.PostByID(t.Context(), db, held.HeldLike)
		if err != nil || p.Title != "Of cups" || !strings.Contains(p.Content.String(), "one more") {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

// The poll finds that a held post is missing, and would have its page looked at for ever.
func TestHeldPostThatIsMergedMeanwhileLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newCompletingShop(t, db)
		w.publish(told(1), last)
		w.mustPoll()
		w.doubt(last)
		held := w.held()[0]
		w.pass(time.Minute)
		w.publish(post(3), told(1), last)
		w.once("https://tea.example/3/", func() {
			if _, err := feeds.SamePost(t.Context(), db, held.ID, w.now); err != nil {
				t.Error(err)
			}
		})
		w.mustPoll()
		if n := w.orphans(); n != 0 {
			t.Errorf("%d rows are about a post that is no more", n)
		}
		w.days(1)
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
		if err := w.looker.CheckDue(t.Context()); err != nil && !strings.Contains(err.Error(), "another process has taken over") {
			t.Fatal(err)
		}
		p := w.first()
		look, err := pages.CheckOf(t.Context(), db, p.ID)
		if err != nil || look.CheckAt.IsZero() || p.AbsentSince.IsZero() {
			t.Fatalf("missing since %v, and it is looked at again at %v, %v", p.AbsentSince, look.CheckAt, err)
		}
		w.look()
		if look, err = pages.CheckOf(t.Context(), db, p.ID); err != nil || look.Answers != 1 {
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
