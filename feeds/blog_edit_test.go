package feeds_test

import (
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
)

func TestWhatAnEditOfTheRulesLetsInIsHistory(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.set("include", "path:/1")
		w.mustPoll()
		w.publish(post(4), post(3), post(2), post(1))
		w.mustPoll()
		if n := len(w.posts()); n != 1 {
			t.Fatalf("%d posts, want the one the rule lets in", n)
		}
		w.set("include", "path:/1 path:/2 path:/3") // twice, before any poll
		w.set("include", "", "exclude", "path:/4")
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if n := len(w.posts()); n != 3 {
			t.Errorf("%d posts, want three", n)
		}
		w.publish(post(5), post(4), post(3), post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("Cup 5")
	})
}

// What both the old and the new rules want is new, as it was before.
func TestPostThatTheOldRulesWantedTooIsAnnounced(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.set("exclude", "path:/9")
		w.mustPoll()
		w.publish(post(9), post(2), post(1))
		w.set("exclude", "")
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("Cup 2")
	})
}

func TestPollThatReadTheOldRulesChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.set("include", "path:/1")
		w.mustPoll()
		w.web.set(feedURL, page{body: rss(post(2), post(1)), before: func() { w.set("include", "path:/1 path:/2") }})
		if err := w.poll(); err == nil {
			t.Error("the poll that was under way is saved")
		}
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if n := len(w.posts()); n != 2 {
			t.Errorf("%d posts, want the second as history", n)
		}
	})
}

func TestPostThatIsKnownStaysKnown(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.publish(post(2), post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.announce()
		w.set("exclude", "path:/2")
		edited := post(2).with(func(e *entry) { e.body = "<p>Better leaves.</p>" })
		w.publish(post(3), edited, post(1))
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("Cup 2, Cup 3")
	})
}

func TestBlogHasItsOwnDelayAndAge(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.set("publish_delay", "30m", "max_age", "30d")
		old := post(2).with(func(e *entry) { e.date = start.Add(-20 * 24 * time.Hour) })
		older := post(3).with(func(e *entry) { e.date = start.Add(-40 * 24 * time.Hour) })
		w.publish(old, older, post(1))
		w.mustPoll()
		w.pass(29 * time.Minute)
		w.expectDue("")
		w.pass(2 * time.Minute)
		w.expectDue("Cup 2")
	})
}

func TestOtherFeedIsReadFromTheStart(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.web.set(feedURL, page{status: 410})
		w.poll() // it fails, that is the point
		const moved = "https://tea.example/new.xml"
		w.web.set(moved, page{body: rss(post(1)), header: map[string]string{"ETag": `"1"`}})
		w.edit(func(b *feeds.Blog) error { b.FeedURL = moved; return nil })
		if p := w.record(); p.LastError != "" || p.Failures != 0 || !p.NextAt.Equal(w.now) || p.ETag != "" {
			t.Errorf("%+v", p)
		}
		w.mustPoll()
		if asked := w.web.asked(); asked[len(asked)-1] != moved || len(w.posts()) != 1 {
			t.Errorf("asked %v, %d posts", asked, len(w.posts()))
		}
	})
}

func TestBlogIsAddedWithItsRules(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(2), post(1))
		found, err := fetch.Discover(t.Context(), w.web.client(), feedURL)
		if err != nil {
			t.Fatal(err)
		}
		n := feeds.NewBlog{Found: found, BaseURL: "https://fedi.example", Username: "two", Settings: setTo(t, "include", "path:/2")}
		w.blog, err = feeds.Add(t.Context(), db, n, w.now, nil)
		if err != nil || len(w.posts()) != 1 || w.blog.Settings != n.Settings {
			t.Errorf("%v, %d posts, %+v", err, len(w.posts()), w.blog.Settings)
		}
		if b, err := feeds.BlogByID(t.Context(), db, w.blog.ID); err != nil || b != w.blog {
			t.Errorf("%+v %v", b, err)
		}
	})
}

// TestEditsAtTheSameTimeUndoNothing: the second begins while the first has read the blog and not yet written.
func TestEditsAtTheSameTimeUndoNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		edit := func(change func(*feeds.Blog) error) error {
			return db.InTx(t.Context(), func(tx *database.Tx) error {
				_, _, err := feeds.Edit(t.Context(), tx, w.blog.ID, change, start)
				return err
			})
		}
		var other sync.WaitGroup
		var once sync.Once
		err := edit(func(b *feeds.Blog) error {
			once.Do(func() {
				other.Go(func() {
					err := edit(func(b *feeds.Blog) error {
						b.Summary = "Leaves."
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			})
			time.Sleep(300 * time.Millisecond)
			b.Title = "Tea and more"
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		other.Wait()
		if is, err := feeds.BlogByID(t.Context(), db, w.blog.ID); err != nil || is.Title != "Tea and more" || is.Summary != "Leaves." {
			t.Errorf("%q, %q, %v", is.Title, is.Summary, err)
		}
	})
}
