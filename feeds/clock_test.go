package feeds_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

func (w *world) unwind() (moved int64) {
	w.t.Helper()
	n, err := feeds.Unwind(w.t.Context(), w.db, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	posts, err := feeds.UnwindPosts(w.t.Context(), w.db, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return n + posts
}

func TestTheLongestWaitThatSomebodyCanSetIsNoSignOfAFastClock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.set("publish_delay", "14d")
		w.poller.Interval = feeds.MostInterval
		w.publish(post(1))
		w.mustPoll()
		if n := w.unwind(); n != 0 {
			t.Errorf("%d rows are moved", n)
		}
		w.exec(`UPDATE posts SET due_at = ?`, database.Millis(w.now.Add(365*24*time.Hour)))
		if n := w.unwind(); n != 1 {
			t.Errorf("%d rows are moved after a clock that was a year ahead, want 1", n)
		}
	})
}

func TestNothingIsLetOutBehindAQueueOfWeeks(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.publish(post(1))
	w.mustPoll()
	release := func(ahead time.Duration) error {
		w.exec(`UPDATE posts SET due_at = ?`, database.Millis(w.now.Add(ahead)))
		return w.db.InTx(t.Context(), func(tx *database.Tx) error {
			_, err := feeds.Release(t.Context(), tx, w.blog, nil, w.now)
			return err
		})
	}
	if err := release(20 * 24 * time.Hour); err != nil {
		t.Error(err)
	}
	if err := release(22 * 24 * time.Hour); !errors.Is(err, web.ErrRefused) {
		t.Errorf("behind a queue of 22 days: %v", err)
	}
}
