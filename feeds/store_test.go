package feeds_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

func TestPostIsStoredAsItWasRead(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.web.set(feedURL, page{body: string(readFile(t, fixtures+"/wordpress/feed.xml"))})
		w.mustPoll()
		feed, err := parser.Parse(readFile(t, fixtures+"/wordpress/feed.xml"), "", feedURL)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range feeds.PostsOf(feed, w.blog, start) {
			got, err := feeds.PostByID(t.Context(), db, want.ID)
			got.FirstSeenAt, got.Announce, got.DueAt = want.FirstSeenAt, want.Announce, want.DueAt
			got.HeldAt, got.HeldBy, got.HeldWhy = time.Time{}, "", "" // the guard takes it for another site, rightly
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
			}
		}
		if _, err := feeds.PostByID(t.Context(), db, "nobody"); !errors.Is(err, database.ErrNotFound) {
			t.Errorf("a post that never was: %v", err)
		}
	})
}

func TestMovedBlogKeepsItsPosts(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(2), post(1))
		other := w.add("https://other.example", "tea", "other.example")
		if _, err := feeds.Rebase(t.Context(), db, w.blog, "https://other.example", "else.example"); !errors.Is(err, feeds.ErrTaken) {
			t.Errorf("onto %s: %v", other.ActorID(), err)
		}
		moved, err := feeds.Rebase(t.Context(), db, w.blog, "https://new.example/fedi", "new.example")
		if err != nil || moved.ActorID() != "https://new.example/fedi/blogs/tea" || moved.Acct() != "tea@new.example" {
			t.Errorf("%+v, %v", moved, err)
		}
		w.publish(post(3), post(2), post(1))
		w.mustPoll()
		if n := len(w.posts()); n != 3 {
			t.Errorf("%d posts after the move, want 3", n)
		}
	})
}

func TestServerThatNamesATimeIsLeftAloneUntilThen(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		for value, want := range map[string]time.Duration{
			start.Add(3 * time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT"): 3 * time.Hour,
			"999999999":                        24 * time.Hour,
			"99999999999999999999":             0,
			"-5":                               0,
			"Mon, 01 Jan 1990 00:00:00 GMT":    0,
			"soon; please":                     0,
			"Fri, 01 Jan 2094 00:00:00 GMT":    24 * time.Hour,
			"  ":                               0,
			"\x00":                             0,
			"Sat, 31 Nov 2026 00:00:00 GMT, 7": 0,
		} {
			if _, err := db.Exec(t.Context(), `
UPDATE polls
SET failures = 0`); err != nil {
				t.Fatal(err)
			}
			w.web.set(feedURL, page{status: 503, header: map[string]string{"Retry-After": value}})
			w.poll() // it fails, that is the point
			wait := w.record().NextAt.Sub(w.now)
			if want == 0 && wait > 11*time.Minute || want != 0 && wait != want {
				t.Errorf("Retry-After %q: it waits %v", value, wait)
			}
		}
	})
}
