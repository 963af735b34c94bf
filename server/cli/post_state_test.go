package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

func TestPostWhoseEditWaitsIsAnnounced(t *testing.T) {
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	told := feeds.Post{Announce: true, EditedAt: now, DueAt: now.Add(13 * time.Minute)}
	if got, want := stateWords(told, now), "announced already; an edit waits until 2026-01-05 08:13 UTC"; got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
	if got := stateWords(told, now.Add(time.Hour)); !strings.HasSuffix(got, "an edit is sent as soon as serve runs") {
		t.Errorf("it is %q", got)
	}
	fresh := feeds.Post{Announce: true, DueAt: told.DueAt}
	if got := postState(told) + ", " + postState(fresh); got != "announced, waiting" {
		t.Errorf("they are %s", got)
	}
	if got := stateWords(fresh, now); got != "waiting to be announced" {
		t.Errorf("the new one is %q", got)
	}
}
