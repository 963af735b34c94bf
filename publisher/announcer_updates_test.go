package publisher_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestEditBecomesAnUpdateWithALaterTime(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.UpdateInterval = 0
		w.announcer.Engagement = func(context.Context, string) (int, int, []string, error) { return 3, 1, nil, nil }
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		last := ""
		for n, title := range []string{"Two", "Three"} {
			w.write(item{Path: "one", Title: title, At: start})
			w.announceAll()
			updates := w.sent("Update")
			if len(updates) != n+1 {
				t.Fatalf("%d Updates", len(updates))
			}
			update, id := updates[n], base+"/posts/"+w.newest().ID
			article, _ := update.Object.Object("object")
			likes, _ := article.Object("likes")
			count, _ := likes.Int("totalItems")
			if update.ID() != ids.UpdateID(w.blog, w.newest().ID, w.clock()) || article.String("name") != title ||
				article.String("updated") <= last || count != 3 {
				t.Errorf("%s", update.Body)
			}
			last = article.String("updated")
			if served := w.document(id); served.String("updated") != last {
				t.Errorf("served with updated %q, sent with %q", served.String("updated"), last)
			}
			if served := w.document(update.ID()); served.ID() != update.ID() || served.Ref("object") != id {
				t.Errorf("%v", served)
			}
			if earlier := updates[0].ID(); n > 0 && w.ask("GET", earlier, asJSON).Code != 404 {
				t.Errorf("%s is served with what a later Update says", earlier)
			}
		}
	})
}

// Mastodon drops an Update that is not newer than the last, and nobody reads fractions of seconds.
func TestTimeOfUpdatesGrowsByASecondAtLeast(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.UpdateInterval = 0
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		for _, words := range []string{"two", "three", "four"} {
			w.exec(`UPDATE posts SET content_hash = ?, edited_at = ?, due_at = 1`, database.Hash(words), database.Millis(w.clock()))
			w.announceAll()
		}
		var times []string
		for _, update := range w.sent("Update") {
			article, _ := update.Object.Object("object")
			times = append(times, article.String("updated"))
		}
		if want := "2026-11-20T12:02:00Z 2026-11-20T12:02:01Z 2026-11-20T12:02:02Z"; strings.Join(times, " ") != want {
			t.Errorf("%v", times)
		}
	})
}

func TestUpdatesOfAPostWaitForTheIntervalAndTheLastStateIsSent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.write(item{Path: "one", Title: "One"})
		w.announceAll()
		for _, title := range []string{"Two", "Three", "Four"} {
			w.write(item{Path: "one", Title: title, At: start})
			w.announceAll()
		}
		if n := len(w.sent("Update")); n != 1 {
			t.Fatalf("%d Updates within the hour", n)
		}
		w.pass(time.Hour)
		w.announceAll()
		updates := w.sent("Update")
		if article, _ := updates[len(updates)-1].Object.Object("object"); len(updates) != 2 || article.String("name") != "Four" {
			t.Errorf("%d Updates, the last says %q", len(updates), article.String("name"))
		}
		w.pass(50 * time.Minute) // since the last Update; since the edit in it nearly two hours
		w.write(item{Path: "one", Title: "Five", At: start})
		w.announceAll()
		if n := len(w.sent("Update")); n != 2 {
			t.Errorf("%d Updates, the last two within an hour", n)
		}
	})
}

// After an upgrade that hashes differently, feeds writes new hashes into rows that nobody edited.
func TestNewKindOfHashIsNoEdit(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.announcer.UpdateInterval = 0
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.pass(300 * time.Millisecond)
		w.write(item{Path: "created", Title: "One"})
		w.write(item{Path: "edited", Title: "One"})
		w.announceAll()
		w.write(item{Path: "edited", Title: "Two", At: start})
		w.announceAll()
		w.exec(`UPDATE posts SET hash_version = hash_version + 1, content_hash = ?, due_at = 1`, database.Hash("new"))
		w.announceAll()
		if n := len(w.sent("Update")); n != 1 {
			t.Errorf("%d Updates", n)
		}
		w.exec(`UPDATE posts SET edited_at = ?, due_at = 1`, database.Millis(w.clock().Add(time.Hour)))
		w.announceAll()
		if n := len(w.sent("Update")); n != 3 {
			t.Errorf("%d Updates after two real edits", n)
		}
	})
}
