package widget_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestReadersHaveThePageTheyHadWhileTheDatabaseIsAway: but none whose reply was hidden since, and
// none that nobody has asked for.
func TestReadersHaveThePageTheyHadWhileTheDatabaseIsAway(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	hidden := w.say(comment{html: "<p>An insult.</p>"})
	formats := []string{"/comments", "/thread", "/api/v1/comments"}
	had := map[string]string{} // by address, of a thread in which nothing changes
	for _, path := range formats {
		if _, body := w.get(w.at(path)); !strings.Contains(body, "An insult.") {
			t.Fatalf("%s: %s", path, body)
		}
		quiet := strings.Replace(w.at(path), "salt", "quiet", 1)
		answer, body := w.get(quiet)
		if had[quiet] = body; answer.StatusCode != 200 || answer.Header.Get("Cache-Status") != "" {
			t.Fatalf("%s: %d", quiet, answer.StatusCode)
		}
	}
	if err := moderation.Hide(t.Context(), w.db, hidden, "me", "rude", noon); err != nil {
		t.Fatal(err)
	}
	w.db.Close()
	w.past.Add(int64(time.Minute)) // what is believed for a moment is believed no more
	for address, want := range had {
		answer, body := w.get(address)
		if answer.StatusCode != 200 || body != want || !strings.HasPrefix(answer.Header.Get("Cache-Status"), "Bloghorn; hit; ttl=-") {
			t.Errorf("%s: %d %v", address, answer.StatusCode, answer.Header)
		}
		if answer, _ := w.get(address, "If-None-Match", answer.Header.Get("ETag")); answer.StatusCode != 304 {
			t.Errorf("%s, which the reader has: %d", address, answer.StatusCode)
		}
		if answer, _ := w.get(address + "&heading=4"); answer.StatusCode < 500 {
			t.Errorf("%s, with a heading that nobody asked for: %d", address, answer.StatusCode)
		}
	}
	for _, path := range formats {
		if answer, body := w.get(w.at(path)); answer.StatusCode < 500 || strings.Contains(body, "insult") {
			t.Errorf("%s after its reply was hidden: %d %s", path, answer.StatusCode, body)
		}
	}
}

func TestNoPageIsShownAgainOnceAnotherProcessHasChangedSomething(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.get(w.at("/comments"))
	w.handlers.ChangedElsewhere()
	w.db.Close()
	if answer, _ := w.get(w.at("/comments")); answer.StatusCode < 500 {
		t.Errorf("%d", answer.StatusCode)
	}
}
