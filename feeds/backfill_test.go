package feeds_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// old is a post of n days before the account.
func old(n int) entry {
	return post(n).with(func(e *entry) { e.date = start.Add(-time.Duration(n) * 24 * time.Hour) })
}

// olderLink is a page of RSS that names the next one.
func olderLink(rel, next string, entries ...entry) string {
	link := fmt.Sprintf(`<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="%s" href="%s"/><item>`, rel, next)
	return strings.Replace(rss(entries...), "<item>", link, 1)
}

func (w *world) backfill(change func(*feeds.Backfill)) (feeds.Backfilled, error) {
	w.t.Helper()
	f := feeds.Backfill{DB: w.db, Client: w.web.client(), Now: func() time.Time { return w.now }}
	if change != nil {
		change(&f)
	}
	return f.Run(w.t.Context(), w.blog)
}

func (w *world) mustBackfill() feeds.Backfilled {
	w.t.Helper()
	done, err := w.backfill(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func TestOlderPagesAreFoundInEachKindOfFeed(t *testing.T) {
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link href="https://tea.example/"/>%s` +
		`<entry><id>%[2]d</id><title>Cup %[2]d</title><link rel="alternate" href="https://tea.example/%[2]d/"/>` +
		`<updated>2026-01-02T00:00:00Z</updated><link rel="next" href="https://tea.example/wrong"/></entry></feed>`
	const json = `{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"https://tea.example/",%s` +
		`"items":[{"id":"%d","title":"Cup","content_text":"Leaf"}]}`
	wordpress := func(n int) string {
		return strings.Replace(rss(old(n)), "<channel>", "<channel><generator>https://wordpress.org/?v=6.4</generator>", 1)
	}
	for name, pages := range map[string]map[string]string{
		"RFC 5005 archive": {
			feedURL:                        fmt.Sprintf(atom, `<link rel="next" href="/wrong"/><link rel="prev-archive" href="2025.xml"/>`, 1),
			"https://tea.example/2025.xml": fmt.Sprintf(atom, "", 2),
		},
		"RFC 5005 pages": {
			feedURL: fmt.Sprintf(atom, `<link rel="next" href="/feed.xml?page=2"/>`, 1), feedURL + "?page=2": fmt.Sprintf(atom, "", 2),
		},
		"RSS with atom:link": {feedURL: olderLink("next", feedURL+"?page=2", old(1)), feedURL + "?page=2": rss(old(2))},
		"JSON Feed":          {feedURL: fmt.Sprintf(json, `"next_url":"/feed.xml?page=2",`, 1), feedURL + "?page=2": fmt.Sprintf(json, "", 2)},
		"WordPress":          {feedURL: wordpress(1), feedURL + "?paged=2": wordpress(2)},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				w.publish()
				for address, body := range pages {
					w.web.set(address, page{body: body})
				}
				done := w.mustBackfill()
				if done.Pages != 2 || done.Stored != 1 || done.Ended == "" || len(w.posts()) != 1 {
					t.Errorf("%+v, %d posts", done, len(w.posts()))
				}
				w.pass(time.Hour)
				w.expectDue("")
			})
		})
	}
}

func TestBackfillTwiceAddsNothing(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, old(1), old(2))
		w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1), old(2))})
		// A new post has pushed one onto the second page, and one has another guid by now.
		renamed := old(4).with(func(e *entry) { e.guid = "new" })
		w.web.set(feedURL+"?page=2", page{body: olderLink("next", feedURL+"?page=3", old(2), old(3), old(4))})
		w.web.set(feedURL+"?page=3", page{body: rss(old(5))})
		if done := w.mustBackfill(); done.Pages != 3 || done.Stored != 3 {
			t.Errorf("at first %+v", done)
		}
		w.web.set(feedURL+"?page=2", page{body: olderLink("next", feedURL+"?page=3", old(2), old(3), renamed)})
		if done := w.mustBackfill(); done.Pages != 3 || done.Stored != 0 {
			t.Errorf("then %+v", done)
		}
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("")
		if n := len(w.posts()); n != 5 {
			t.Errorf("%d posts, want 5", n)
		}
	})
}

func TestBackfillThatWasCutGoesOnLater(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, old(1))
		ctx, stop := context.WithCancel(t.Context())
		w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1))})
		w.web.set(feedURL+"?page=2", page{body: olderLink("next", feedURL+"?page=3", old(2))})
		w.web.set(feedURL+"?page=3", page{body: rss(old(3)), before: stop})
		f := feeds.Backfill{DB: db, Client: w.web.client(), Now: func() time.Time { return w.now }}
		if done, err := f.Run(ctx, w.blog); !errors.Is(err, context.Canceled) || done.Stored != 1 {
			t.Errorf("%+v, %v", done, err)
		}
		if done := w.mustBackfill(); done.Stored != 1 || len(w.posts()) != 3 {
			t.Errorf("%+v, %d posts", done, len(w.posts()))
		}
	})
}

// What the poller has not seen yet is news, and the poller's.
func TestBackfillLeavesTheFeedOfTodayToThePoller(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, old(1))
		w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", post(9), old(1))})
		w.web.set(feedURL+"?page=2", page{body: rss(old(2))})
		if done := w.mustBackfill(); done.Stored != 1 {
			t.Errorf("%+v", done)
		}
		w.mustPoll()
		w.pass(time.Hour)
		w.expectDue("Cup 9")
	})
}

func TestBackfillEndsWhereItShould(t *testing.T) {
	endless := func(w *world) {
		for n := 1; n <= 60; n++ {
			address := feedURL
			if n > 1 {
				address += fmt.Sprint("?page=", n)
			}
			w.web.set(address, page{body: olderLink("next", fmt.Sprint(feedURL, "?page=", n+1), old(2*n), old(2*n+1))})
		}
	}
	for name, c := range map[string]struct {
		pages  func(*world)
		change func(*feeds.Backfill)
		want   feeds.Backfilled
	}{
		"50 pages":   {endless, nil, feeds.Backfilled{Pages: 50, Stored: 98, Ended: "50 pages at most"}},
		"last posts": {endless, func(f *feeds.Backfill) { f.Last = 4 }, feeds.Backfilled{Pages: 2, Stored: 2, Ended: "as was asked for"}},
		"odd last":   {endless, func(f *feeds.Backfill) { f.Last = 3 }, feeds.Backfilled{Pages: 2, Stored: 1, Ended: "as was asked for"}},
		"since": {endless, func(f *feeds.Backfill) { f.Since = start.Add(-(6*24 + 12) * time.Hour) },
			feeds.Backfilled{Pages: 3, Stored: 3, Ended: "as was asked for"}},
		"another server": {func(w *world) {
			w.web.set(feedURL, page{body: olderLink("next", "https://else.example/2", old(1))})
			w.web.set("https://else.example/2", page{body: rss(old(2))})
		}, nil, feeds.Backfilled{Pages: 1, Ended: "another server"}},
		"a circle": {func(w *world) {
			w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1))})
			w.web.set(feedURL+"?page=2", page{body: olderLink("next", feedURL, old(2))})
		}, nil, feeds.Backfilled{Pages: 2, Stored: 1, Ended: "nothing that was not"}},
		"the same again": {func(w *world) {
			for n := range 5 {
				address := strings.TrimSuffix(fmt.Sprint(feedURL, "?page=", n), "?page=0")
				w.web.set(address, page{body: olderLink("next", fmt.Sprint(feedURL, "?page=", n+1), old(1))})
			}
		}, nil, feeds.Backfilled{Pages: 2, Ended: "nothing that was not"}},
		"404": {func(w *world) {
			w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1))})
		}, nil, feeds.Backfilled{Pages: 1, Ended: "404 Not Found"}},
		"a web page": {func(w *world) {
			w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1))})
			w.web.set(feedURL+"?page=2", page{body: "<!doctype html><title>Blog</title>"})
		}, nil, feeds.Backfilled{Pages: 1, Ended: "a web page"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				c.pages(w)
				done, err := w.backfill(c.change)
				if err != nil || done.Pages != c.want.Pages || done.Stored != c.want.Stored || !strings.Contains(done.Ended, c.want.Ended) {
					t.Errorf("%+v, %v", done, err)
				}
			})
		})
	}
}

func TestUndatedOldPostIsNotTheNewest(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, old(1))
		w.web.set(feedURL, page{body: olderLink("next", feedURL+"?page=2", old(1))})
		undated := old(3).with(func(e *entry) { e.date = time.Time{} })
		w.web.set(feedURL+"?page=2", page{body: rss(old(2), undated)})
		w.mustBackfill()
		if p := w.posts(); len(p) != 3 || p[2].Title != "Cup 3" || !p[2].PublishedAt.Equal(old(2).date.Add(-time.Millisecond)) {
			t.Errorf("%+v", p)
		}
	})
}

func (w *world) release(last int, since time.Time) (n int, end time.Time) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(tx *database.Tx) error {
		posts, err := feeds.History(w.t.Context(), tx, w.blog, last, since)
		if err != nil {
			return err
		}
		done, err := feeds.Release(w.t.Context(), tx, w.blog, posts, w.now)
		n, end = done.Going, done.Last
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n, end
}

func TestHistoryIsReleasedSlowlyAndOnce(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, old(1), old(2), old(3), old(4))
		w.pass(time.Minute)
		if n, end := w.release(3, time.Time{}); n != 3 || !end.Equal(w.now.Add(20*time.Minute)) {
			t.Errorf("%d until %v", n, end)
		}
		w.expectDue("Cup 3")
		w.pass(10 * time.Minute)
		w.expectDue("Cup 3, Cup 2")
		w.announce()
		if n, _ := w.release(3, time.Time{}); n != 0 {
			t.Errorf("again %d", n)
		}
		edit := `UPDATE posts SET edited_at = ?, due_at = ? WHERE title = ?`
		if _, err := db.Exec(t.Context(), edit, database.Millis(w.now), database.Millis(w.now.Add(5*time.Hour)), "Cup 3"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(t.Context(), edit, database.Millis(w.now), nil, "Cup 4"); err != nil {
			t.Fatal(err)
		}
		if n, end := w.release(0, old(4).date); n != 1 || !end.Equal(w.now.Add(20*time.Minute)) {
			t.Errorf("one more, behind what waits: %d until %v", n, end)
		}
		if p := w.post("Cup 4"); !p.EditedAt.IsZero() {
			t.Errorf("nobody was told of it, and an edit of it at %v waits", p.EditedAt)
		}
		w.pass(time.Hour)
		w.expectDue("Cup 1, Cup 4")
		w.announce()
		w.mustPoll()
		w.expectDue("")
	})
}

func TestNobodyGetsMoreThanThirtyOldPosts(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		var all []entry
		for n := 1; n <= 31; n++ {
			all = append(all, old(n))
		}
		w := newWorld(t, db, all...)
		if _, err := feeds.History(t.Context(), db, w.blog, 0, time.Time{}); !errors.Is(err, web.ErrInvalid) {
			t.Errorf("31 posts: %v", err)
		}
		if posts, err := feeds.History(t.Context(), db, w.blog, 30, time.Time{}); err != nil || len(posts) != 30 {
			t.Errorf("%d posts, %v", len(posts), err)
		}
	})
}
