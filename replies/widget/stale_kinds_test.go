package widget_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestKindsOfPagesThatAreShownAgainWhileTheDatabaseIsAway: what happens between the last answer and
// the end of the database.
func TestKindsOfPagesThatAreShownAgainWhileTheDatabaseIsAway(t *testing.T) {
	formats := []string{"/comments", "/thread", "/api/v1/comments"}
	for name, c := range map[string]struct {
		happens func(*world, database.ID) error
		shown   bool
	}{
		"nothing": {func(*world, database.ID) error { return nil }, true},
		"less than the time": {func(w *world, _ database.ID) error {
			w.past.Add(int64(bounds.StalePage - time.Minute))
			return nil
		}, true},
		"the time": {func(w *world, _ database.ID) error {
			w.past.Add(int64(bounds.StalePage + time.Second))
			return nil
		}, false},
		"the time, and a reader came": {func(w *world, _ database.ID) error {
			w.past.Add(int64(bounds.StalePage))
			for _, path := range formats {
				w.get(w.at(path))
			}
			w.past.Add(int64(time.Minute))
			return nil
		}, true},
		"its reply is hidden": {func(w *world, reply database.ID) error {
			return moderation.Hide(t.Context(), w.db, reply, "me", "rude", noon)
		}, false},
		"its owner removes the post": {func(w *world, _ database.ID) error { return feeds.Remove(t.Context(), w.db, w.post.ID, noon) }, false},
		"the post is removed again": {func(w *world, _ database.ID) error {
			return feeds.RemoveAgain(t.Context(), w.db, w.post.ID, feeds.RemovedGone, noon)
		}, false},
		"the post is removed elsewhere, and a reader is told": {func(w *world, _ database.ID) error {
			w.exec("UPDATE posts SET removed_at = 1 WHERE id = ?", w.post.ID)
			return w.expectGone("/thread")
		}, false},
		"the post is held elsewhere, and a reader is told": {func(w *world, _ database.ID) error {
			w.exec("UPDATE posts SET held_at = 1 WHERE id = ?", w.post.ID)
			return w.expectGone("/api/v1/comments")
		}, false},
		"the post is no more, and all readers are told": {func(w *world, _ database.ID) error {
			w.exec("DELETE FROM posts WHERE id = ?", w.post.ID)
			return w.expectGone(formats...)
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			reply := w.say(comment{html: "<p>An insult.</p>"})
			for _, path := range formats {
				if answer, body := w.get(w.at(path)); answer.StatusCode != 200 || !strings.Contains(body, "insult") {
					t.Fatalf("%s: %d %s", path, answer.StatusCode, body)
				}
			}
			if err := c.happens(w, reply); err != nil {
				t.Fatal(err)
			}
			w.db.Close()
			for _, path := range formats {
				answer, body := w.get(w.at(path))
				if shown := strings.Contains(body, "insult"); shown != c.shown || shown != (answer.StatusCode == 200) {
					t.Errorf("%s: %d %s", path, answer.StatusCode, body)
				}
				if got := answer.Header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s: a cache may keep what nobody can vouch for: %q", path, got)
				}
			}
		})
	}
}

// expectGone asks when no address is believed any more to be where it was.
func (w *world) expectGone(paths ...string) error {
	w.t.Helper()
	w.past.Add(int64(time.Minute))
	for _, path := range paths {
		if answer, _ := w.get(w.at(path)); answer.StatusCode != 404 {
			w.t.Errorf("%s of a post that is gone: %d", path, answer.StatusCode)
		}
	}
	return nil
}
