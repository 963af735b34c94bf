package publisher_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

func (w *world) inTx(do func(tx *database.Tx) error) error {
	return w.db.InTx(w.t.Context(), do)
}

func (w *world) share(p feeds.Post) error {
	return w.inTx(func(tx *database.Tx) error { return publisher.Share(w.t.Context(), tx, w.blog, p, w.clock()) })
}

func TestOldPostIsSharedOnceADay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(2)...)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		old := w.newest()
		w.must(w.share(old))
		if err := w.share(old); !errors.Is(err, web.ErrTooMany) {
			t.Errorf("again: %v", err)
		}
		shares := w.sent("Announce")
		if len(shares) != 1 {
			t.Fatalf("%d boosts", len(shares))
		}
		boost := shares[0]
		if boost.Ref("actor") != tea || boost.Ref("object") != base+"/posts/"+old.ID || boost.Ref("to") != activitypub.Public ||
			boost.Ref("cc") != tea+"/followers" || !strings.HasPrefix(boost.ID(), base+"/activities/") || !boost.Has("published") {
			t.Errorf("%s", boost.Body)
		}
		if answer := w.ask("GET", boost.ID(), asJSON); answer.Code != 200 || answer.Body.String() != string(boost.Body) ||
			!strings.HasPrefix(answer.Header().Get("Content-Type"), asJSON) {
			t.Errorf("served: %d %s", answer.Code, answer.Body)
		}
		w.pass(24 * time.Hour)
		w.must(w.share(old))
		if n := len(w.sent("Announce")); n != 2 {
			t.Errorf("%d boosts on the next day", n)
		}
		if n := len(w.sent("Create")); n != 0 {
			t.Errorf("%d Creates of history", n)
		}
	})
}

func TestWhatIsNotPublicIsNotShared(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(1)...)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		p := w.newest()
		for _, change := range []string{
			`UPDATE posts SET held_at = 1, held_why = 'it is odd'`, `UPDATE posts SET held_at = 0, removed_at = 1`,
			`UPDATE posts SET removed_at = 0, announce = 1, due_at = 1`,
		} {
			w.exec(change)
			if err := w.share(p); !errors.Is(err, web.ErrRefused) {
				t.Errorf("%s: %v", change, err)
			}
		}
		if n := len(w.sent("Announce")); n != 0 {
			t.Errorf("%d boosts", n)
		}
	})
}

// pin pins by hand, or takes a pin back.
func (w *world) pin(id string, on bool) (done bool) {
	w.t.Helper()
	w.must(w.inTx(func(tx *database.Tx) (err error) {
		if on {
			done, err = feeds.Pin(w.t.Context(), tx, id, w.clock())
		} else {
			done, err = feeds.Unpin(w.t.Context(), tx, id)
		}
		if err != nil {
			return err
		}
		return publisher.BroadcastFeatured(w.t.Context(), tx, w.blog, w.clock())
	}))
	w.pass(time.Second)
	return done
}

func (w *world) featured() []string { return w.document(tea + "/featured").Refs("orderedItems") }

// objectsOf are what the activities of a kind are about.
func (w *world) objectsOf(kind string) (ids []string) {
	for _, s := range w.sent(kind) {
		ids = append(ids, s.Ref("object"))
	}
	return ids
}

func TestPinsAreListedAndTold(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, history(3)...)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		posts, err := feeds.NewestPosts(t.Context(), db, w.blog.ID, nil, 3)
		w.must(err)
		ids := make([]string, 3)
		for i, p := range posts {
			ids[i] = base + "/posts/" + p.ID
		}
		if !w.pin(posts[0].ID, true) || !w.pin(posts[2].ID, true) || w.pin(posts[2].ID, true) {
			t.Error("a pin by hand is done once")
		}
		if got := w.featured(); !slices.Equal(got, []string{ids[2], ids[0]}) {
			t.Errorf("%v, want the last pin first", got)
		}
		add := w.sent("Add")[0]
		if add.Ref("target") != tea+"/featured" || add.Ref("actor") != tea || add.Ref("to") != activitypub.Public || add.String("object") != ids[0] {
			t.Errorf("%s", add.Body)
		}
		if !w.pin(posts[0].ID, false) || w.pin(posts[0].ID, false) {
			t.Error("a pin is taken back once")
		}
		w.exec(`UPDATE posts SET removed_at = ?, announce = 1, due_at = ? WHERE id = ?`, 1, 1, posts[2].ID)
		w.exec(`INSERT INTO announcements (post_id, blog_id, content_hash, hash_version, revision, created_at, updated_at, told_at, deleted_at)
			SELECT id, blog_id, content_hash, hash_version, 0, 1, 0, 1, 0 FROM posts WHERE id = ?`, posts[2].ID)
		w.announceAll()
		if got := w.featured(); len(got) != 0 {
			t.Errorf("%v after all pins are gone", got)
		}
		adds, removes := w.objectsOf("Add"), w.objectsOf("Remove")
		if !slices.Equal(adds, []string{ids[0], ids[2]}) || !slices.Equal(removes, []string{ids[0]}) || len(w.sent("Delete")) != 1 {
			t.Errorf("Add %v, Remove %v", adds, removes)
		}
		for _, s := range append(w.sent("Add"), w.sent("Remove")...) {
			if answer := w.ask("GET", s.ID(), asJSON); answer.Code != 200 || answer.Body.String() != string(s.Body) {
				t.Errorf("%s: %d", s.ID(), answer.Code)
			}
		}
	})
}

func TestRulePinsTheNewestFiveWithItsTag(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.edit(&w.blog, "pin_tag", "Best")
		var ids []string
		for _, path := range []string{"1", "2", "3", "4", "5", "6"} {
			w.write(item{Path: path, Title: path, Tag: "best"})
			w.announceAll()
			ids = append(ids, base+"/posts/"+w.newest().ID)
		}
		w.write(item{Path: "other", Title: "Other"})
		w.announceAll()
		newest := slices.Clone(ids[1:])
		slices.Reverse(newest)
		if got := w.featured(); !slices.Equal(got, newest) {
			t.Errorf("%v, want %v", got, newest)
		}
		other := w.newest()
		w.pin(other.ID, true)
		if got := w.featured(); len(got) != 6 || got[0] != base+"/posts/"+other.ID {
			t.Errorf("%v, want the pin by hand before the rule's", got)
		}
		adds, removes := w.objectsOf("Add"), w.objectsOf("Remove")
		if !slices.Equal(adds, append(ids, base+"/posts/"+other.ID)) || !slices.Equal(removes, ids[:1]) {
			t.Errorf("Add %v, Remove %v", adds, removes)
		}
	})
}

func TestProfileIsToldAsItIs(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		keys, err := w.keys.Public(t.Context(), tea, w.clock())
		w.must(err)
		w.must(w.inTx(func(tx *database.Tx) error {
			_, b, err := feeds.Edit(t.Context(), tx, w.blog.ID, func(b *feeds.Blog) error { b.Title = "Slow tea"; return nil }, w.clock())
			if err != nil {
				return err
			}
			return publisher.BroadcastProfile(t.Context(), tx, b, keys, w.clock())
		}))
		update := w.sent("Update")[0]
		actor, _ := update.Object.Object("object")
		if !strings.HasPrefix(update.ID(), base+"/activities/") || update.Ref("actor") != tea || update.Ref("to") != activitypub.Public ||
			update.Ref("cc") != tea+"/followers" || actor.ID() != tea || actor.String("name") != "Slow tea" || actor.Has("@context") ||
			!update.Has("@context") || !actor.Has("publicKey") {
			t.Errorf("%s", update.Body)
		}
		if answer := w.ask("GET", update.ID(), asJSON); answer.Code != 200 || answer.Body.String() != string(update.Body) {
			t.Errorf("served: %d", answer.Code)
		}
	})
}

// An Accept says who follows.
func TestOtherActivitiesAreNotServed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		for _, id := range []string{w.sent("Accept")[0].ID(), base + "/activities/" + database.NewID(start).String(), base + "/activities/x"} {
			if answer := w.ask("GET", id, asJSON); answer.Code != 404 {
				t.Errorf("%s: %d %s", id, answer.Code, answer.Body)
			}
		}
	})
}

// A pin must not give away what its publish delay keeps: Mastodon fetches at once what it learns of by an Add.
func TestPinnedPostIsAnnouncedBeforeItIsFeatured(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.follow(w.fedi.Person("ada", "pasture.example"))
		w.edit(&w.blog, "pin_tag", "best")
		w.write(item{Path: "page", Title: "Page", Tag: "best"})
		w.pin(w.newest().ID, true)
		if got := w.featured(); len(got) != 0 || len(w.sent("Add")) != 0 {
			t.Errorf("before its Create it is listed: %v, and %d Adds are sent", got, len(w.sent("Add")))
		}
		w.announceAll()
		if got := w.featured(); len(got) != 1 || len(w.sent("Create")) != 1 || len(w.sent("Add")) != 1 {
			t.Errorf("listed %v, %d Creates, %d Adds", got, len(w.sent("Create")), len(w.sent("Add")))
		}
	})
}

func TestPinnedHistoryThatIsToBeAnnouncedStaysPinned(t *testing.T) {
	w := newWorld(t, databasetest.Open(t), history(1)...)
	w.follow(w.fedi.Person("ada", "pasture.example"))
	old := w.newest()
	w.pin(old.ID, true)
	w.must(w.inTx(func(tx *database.Tx) error {
		_, err := feeds.Release(t.Context(), tx, w.blog, []feeds.Post{old}, w.clock().Add(time.Hour))
		if err != nil {
			return err
		}
		return publisher.BroadcastFeatured(t.Context(), tx, w.blog, w.clock())
	}))
	if got := w.featured(); len(got) != 1 || len(w.sent("Remove")) != 0 {
		t.Errorf("listed %v, %d Removes", got, len(w.sent("Remove")))
	}
}
