package feeds_test

import (
	"context"
	"errors"
	"strings"
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

// heldWhy is what the owner is told about them.
func (w *world) heldWhy() string {
	w.t.Helper()
	notice, err := feeds.NoticeOf(w.t.Context(), w.db, w.blog.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return notice.Why
}

// doubt has the feed list a post under names that make it doubtful whether it is the one.
func (w *shop) doubt(others ...entry) {
	w.t.Helper()
	w.publish(append(others, told(1).with(func(e *entry) {
		e.title, e.guid, e.link, e.date = "Of cups", "https://tea.example/else/", "https://tea.example/else/", e.date.Add(-time.Hour)
	}))...)
	w.mustPoll()
	if held := w.held(); len(held) != 1 || held[0].HeldLike == "" || w.heldWhy() == "" {
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
		if notice := w.heldWhy(); notice != "" || len(w.held()) != 0 {
			t.Errorf("the owner is still told: %s", notice)
		}
	})
}

// during runs something once, while the next poll waits for the feed's answer, which is this one.
func (w *world) during(body string, something func()) {
	w.t.Helper()
	ran := false
	w.web.set(feedURL, page{body: body, before: func() {
		if !ran {
			ran = true
			something()
		}
	}})
	w.mustPoll()
	if !ran {
		w.t.Fatal("the feed was not asked")
	}
}

// The poll has read the posts as they were held before the owner decided.
func TestOwnersWordDuringAPollEndsTheNotice(t *testing.T) {
	decisions := map[string]func(ctx context.Context, db *database.DB, held feeds.Post, now time.Time) error{
		"release": func(ctx context.Context, db *database.DB, held feeds.Post, now time.Time) error {
			_, err := feeds.ReleaseHeld(ctx, db, held.ID, now)
			return err
		},
		"archive": func(ctx context.Context, db *database.DB, held feeds.Post, _ time.Time) error {
			return feeds.KeepQuiet(ctx, db, held.ID)
		},
		"archive all": func(ctx context.Context, db *database.DB, held feeds.Post, _ time.Time) error {
			_, err := feeds.KeepAllQuiet(ctx, db, feeds.HeldGroup{BlogID: held.BlogID, Rule: held.HeldBy, Until: held.HeldAt})
			return err
		},
		"merge": func(ctx context.Context, db *database.DB, held feeds.Post, now time.Time) error {
			_, err := feeds.SamePost(ctx, db, held.ID, now)
			return err
		},
	}
	for name, decide := range decisions {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newShop(t, db)
				w.doubt()
				again := w.web.pages[feedURL].body
				w.pass(time.Minute)
				w.during(again, func() {
					if err := decide(t.Context(), db, w.held()[0], w.now); err != nil {
						t.Error(err)
					}
				})
				if why := w.heldWhy(); why != "" || len(w.held()) != 0 {
					t.Errorf("the owner is still told: %s", why)
				}
			})
		})
	}
}

func TestOwnerIsToldEachReasonWithItsNumber(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newShop(t, db)
		if why := w.heldWhy(); why != "" {
			t.Errorf("nothing is held, and the owner is told %q", why)
		}
		w.doubt()
		if why := w.heldWhy(); !strings.Contains(why, "under another name") {
			t.Errorf("the owner is told %q", why)
		}
		var many []entry
		for n := range 5 {
			many = append(many, post(n+10))
		}
		w.pass(time.Minute)
		w.publish(append(many, told(1))...)
		w.mustPoll()
		if why := w.heldWhy(); !strings.HasPrefix(why, "5 posts: 5 new posts came at once") || !strings.Contains(why, "; 1 post: it may be the post") {
			t.Errorf("the owner is told %q", why)
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
