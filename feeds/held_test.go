package feeds_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// held are the posts that wait for their owner.
func (w *world) held() []feeds.Post {
	w.t.Helper()
	posts, err := feeds.HeldPosts(w.t.Context(), w.db, w.blog.ID, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return posts
}

// doubt has the feed list a post under names that make it doubtful whether it is the one.
func (w *shop) doubt(others ...entry) {
	w.t.Helper()
	w.publish(append(others, told(1).with(func(e *entry) {
		e.title, e.guid, e.link, e.date = "Of cups", "https://tea.example/else/", "https://tea.example/else/", e.date.Add(-time.Hour)
	}))...)
	w.mustPoll()
	if held := w.held(); len(held) != 1 || held[0].HeldLike == "" || w.record().Notice == "" {
		w.t.Fatalf("held: %+v", held)
	}
}

// Whoever looks after a page finds no post there any more once the feed has withdrawn it.
func TestWithdrawnHeldPostLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		old := post(2).with(func(e *entry) { e.date = start.Add(-48 * time.Hour) })
		w.publish(old, told(1))
		w.mustPoll()
		w.doubt(old)
		w.publish(old, told(1))
		for range 40 {
			w.pass(time.Hour)
			w.mustPoll()
			w.look()
		}
		if held := w.held(); len(held) != 0 {
			t.Errorf("held still: %+v", held)
		}
		w.days(3)
	})
}

func TestOwnersWordEndsTheNotice(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.doubt()
		if _, err := feeds.SamePost(t.Context(), db, w.held()[0].ID, w.now); err != nil {
			t.Fatal(err)
		}
		if notice := w.record().Notice; notice != "" || len(w.held()) != 0 {
			t.Errorf("the owner is still told: %s", notice)
		}
	})
}

// A post that was removed stays so for the world: what is held would be lost with it.
func TestHeldPostDoesNotBecomeOneThatIsRemoved(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.doubt()
		held := w.held()[0]
		if err := feeds.Remove(t.Context(), db, held.HeldLike, w.now); err != nil {
			t.Fatal(err)
		}
		if _, err := feeds.SamePost(t.Context(), db, held.ID, w.now); !errors.Is(err, web.ErrRefused) {
			t.Errorf("%v, want web.ErrRefused", err)
		}
		if len(w.held()) != 1 {
			t.Error("the held post is gone")
		}
	})
}

func TestHeldAndRemovedPostsAreNotCounted(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		w.publish(post(3), post(2), told(1))
		w.mustPoll()
		w.doubt(post(3), post(2))
		if err := feeds.Remove(t.Context(), db, w.post("Cup 2").ID, w.now); err != nil {
			t.Fatal(err)
		}
		ours, err := feeds.CountPosts(t.Context(), db, w.blog.ID)
		if all, allErr := feeds.CountAllPosts(t.Context(), db); ours != 2 || all != 2 || err != nil || allErr != nil {
			t.Errorf("%d of the blog and %d in all, %v, %v; want those two that readers see", ours, all, err, allErr)
		}
	})
}
