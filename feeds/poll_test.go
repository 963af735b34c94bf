package feeds_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	databasetest.Each(t, test)
}

func TestHistoryIsStoredAndNotAnnounced(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if n := len(w.posts()); n != 2 {
			t.Errorf("%d posts, want 2", n)
		}
		if w.saved.Load() != 0 {
			t.Error("WakeNext was called for nothing new")
		}
	})
}

func TestNewPostIsDueAfterTheDelayAndOnce(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.expectDue("")
		if w.saved.Load() != 1 {
			t.Errorf("WakeNext was called %d times, want 1", w.saved.Load())
		}
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
		w.announce()
		w.expectDue("")
		w.publish(post(3).with(func(e *entry) { e.date = start.Add(-30 * 24 * time.Hour) }), post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if p := w.post("Cup 3"); p.Announce {
			t.Error("a post older than MaxAge shall be announced")
		}
	})
}

func TestUndatedPostIsNew(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2).with(func(e *entry) { e.date = time.Time{} }), post(1))
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
		if at := w.post("Cup 2").PublishedAt; !at.Equal(start) {
			t.Errorf("published at %v, want when it was found, %v", at, start)
		}
	})
}

func TestFutureDateIsWhenThePostWasFound(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2).with(func(e *entry) { e.date = start.Add(20 * time.Hour) }), post(1))
		w.mustPoll()
		if at := w.post("Cup 2").PublishedAt; !at.Equal(start) {
			t.Errorf("published at %v, want %v", at, start)
		}
	})
}

func TestEditOfAnAnnouncedPostIsDueAtOnce(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(5 * time.Minute)
		w.announce()
		before := w.post("Cup 2")
		w.publish(post(2).with(func(e *entry) { e.title, e.link = "Cup two", "https://tea.example/two/" }), post(1))
		w.mustPoll()
		w.expectDue("Cup two")
		after := w.post("Cup two")
		if after.ID != before.ID || !after.PublishedAt.Equal(before.PublishedAt) || !after.EditedAt.Equal(w.now) {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
		for _, address := range []string{"https://tea.example/2", "http://www.tea.example/two/index.html?utm_source=x"} {
			if p, err := feeds.PostByURL(t.Context(), db, address); err != nil || p.ID != before.ID {
				t.Errorf("%s leads to %q, %v", address, p.ID, err)
			}
		}
	})
}

func TestEarlyEditJoinsTheAnnouncement(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(time.Minute)
		w.publish(post(2).with(func(e *entry) { e.title = "Cup two" }), post(1))
		w.mustPoll()
		w.expectDue("")
		w.pass(time.Minute)
		w.expectDue("Cup two")
		if at := w.post("Cup two").EditedAt; !at.IsZero() {
			t.Errorf("edited at %v, though nobody saw it before", at)
		}
	})
}

func TestEditOfHistoryIsStoredAndNotDue(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(1).with(func(e *entry) { e.body = "<p>Steeped anew.</p>" }))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if p := w.post("Cup 1"); p.Content.String() != "<p>Steeped anew.</p>" || p.EditedAt.IsZero() {
			t.Errorf("stored %q, edited at %v", p.Content, p.EditedAt)
		}
	})
}

func TestEditDuringTheAnnouncementStaysDue(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(2 * time.Minute)
		seen := w.post("Cup 2") // the publisher reads, and while it writes …
		w.publish(post(2).with(func(e *entry) { e.title = "Cup two" }), post(1))
		w.mustPoll()
		if err := feeds.Announced(t.Context(), db, seen); err != nil {
			t.Fatal(err)
		}
		w.expectDue("Cup two")
	})
}

// The publisher's transaction does not see what others commit while it runs on MySQL: a Delete that it overlooked is lost for ever.
func TestRemovalDuringTheAnnouncementStaysDue(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(2 * time.Minute)
		seen := w.post("Cup 2")
		w.pass(time.Second)
		if err := feeds.Remove(t.Context(), db, seen.ID, w.now); err != nil {
			t.Fatal(err)
		}
		if err := feeds.Announced(t.Context(), db, seen); err != nil {
			t.Fatal(err)
		}
		w.expectDue("Cup 2")
		if err := feeds.Postpone(t.Context(), db, seen, w.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.expectDue("Cup 2")
		w.announce()
		w.expectDue("")
	})
}

func TestPostponedPostIsDueLater(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(2 * time.Minute)
		if err := feeds.Postpone(t.Context(), db, w.post("Cup 2"), w.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.expectDue("")
		w.pass(time.Hour)
		w.expectDue("Cup 2")
		w.announce()
		if err := feeds.Postpone(t.Context(), db, w.post("Cup 2"), w.now); err != nil {
			t.Fatal(err)
		}
		w.expectDue("") // what is not due cannot be postponed
	})
}

func TestSecondEditIsLaterThanTheFirst(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		var edits []time.Time
		for _, title := range []string{"One", "Two", "Three"} { // within one millisecond of the clock
			w.publish(post(1).with(func(e *entry) { e.title = title }))
			w.mustPoll()
			edits = append(edits, w.post(title).EditedAt)
		}
		if edits[1].Sub(edits[0]) < time.Second || edits[2].Sub(edits[1]) < time.Second {
			t.Errorf("edits at %v", edits)
		}
	})
}

func TestAbsencePassesWithoutTrace(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(3), post(2), post(1))
		w.publish(post(3))
		w.mustPoll()
		w.publish()
		w.mustPoll()
		if n := len(w.posts()); n != 3 {
			t.Errorf("%d posts are left of 3", n)
		}
		w.publish(post(3), post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
	})
}

// A newer program hashes by other rules. It reads a feed once more though the server says that nothing has changed, calls nothing edited,
// and sees the first real edit after that.
func TestNewHashRulesChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		etag := map[string]string{"ETag": `"1"`}
		w.web.set(feedURL, page{body: rss(post(2), post(1)), header: etag})
		w.mustPoll()
		w.pass(2 * time.Minute)
		w.announce()
		saved := w.saved.Load()
		same := w.post("Cup 1").ContentHash // some hashes are what they were
		for _, statement := range []string{`
UPDATE posts
SET hash_version = 0`, `
UPDATE posts
SET content_hash = guid_hash
WHERE title = 'Cup 2'`, `
UPDATE polls
SET hash_version = 0`} {
			if _, err := db.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		w.mustPoll()
		w.expectDue("")
		for _, p := range w.posts() {
			if p.HashVersion != 4 || !p.EditedAt.IsZero() {
				t.Errorf("%s: version %d, edited at %v", p.Title, p.HashVersion, p.EditedAt)
			}
		}
		if w.saved.Load() != saved || w.post("Cup 1").ContentHash != same {
			t.Error("something has changed")
		}
		w.publish(post(2).with(func(e *entry) { e.title = "Cup two" }), post(1))
		w.mustPoll()
		w.expectDue("Cup two")
	})
}

func TestWhiteSpaceAndEnginesNoiseAreNoEdit(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1).with(func(e *entry) {
			e.body = `<p class="a" id="x1">Steep <b>well</b>.</p><script nonce="1">x()</script><img width="1" height="1" src="https://s.example/?1">`
		}))
		w.publish(post(1).with(func(e *entry) {
			e.body = "<p\n id='x2' data-nonce=\"9\">Steep  <b>well</b>.\n</p> <script nonce=\"2\">y()</script>" +
				"<img width=1 height=1 src='https://s.example/?2'>"
			e.link += "?utm_source=rss"
		}))
		w.mustPoll()
		if p := w.post("Cup 1"); !p.EditedAt.IsZero() {
			t.Errorf("edited at %v", p.EditedAt)
		}
		w.publish(post(1).with(func(e *entry) { e.body = `<p>Steep <b>long</b>.</p>` }))
		w.mustPoll()
		if p := w.post("Cup 1"); p.EditedAt.IsZero() {
			t.Error("an edit was not seen")
		}
	})
}

// A feed of one item never has anything in common with what it was, and its fifth post is as good as its first.
func TestAFeedOfOneItemIsNoOtherSite(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(0))
		w.mustPoll()
		for n := range 8 {
			w.pass(24 * time.Hour)
			w.publish(post(n + 1).with(func(e *entry) { e.date = w.now.Add(-time.Hour) }))
			w.mustPoll()
			w.pass(5 * time.Minute)
			w.expectDue(fmt.Sprintf("Cup %d", n+1))
			w.announce()
		}
		for _, p := range w.posts() {
			if p.AbsentPolls > 0 || p.AbsentSince.IsZero() != (p.Title == "Cup 8") {
				t.Errorf("%s: absent since %v, missed by %d polls", p.Title, p.AbsentSince, p.AbsentPolls)
			}
		}
	})
}
