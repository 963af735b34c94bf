package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

func TestTimesAreSaidAsPeopleReadThem(t *testing.T) {
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	for away, want := range map[time.Duration]string{
		0: "2026-01-05 08:00 UTC (now)", 90 * time.Second: "2026-01-05 08:01 UTC (in 90 s)", -47 * time.Minute: "2026-01-05 07:13 UTC (47 min ago)",
		36 * time.Hour: "2026-01-06 20:00 UTC (in 36 h)", 3*time.Hour - 2*time.Minute: "2026-01-05 10:58 UTC (in 3 h)",
		119600 * time.Millisecond: "2026-01-05 08:01 UTC (in 2 min)", -71 * time.Hour: "2026-01-02 09:00 UTC (3 days ago)",
		-12 * 24 * time.Hour: "2025-12-24 08:00 UTC (12 days ago)",
	} {
		if got := feeds.Moment(now.Add(away), now); got != want {
			t.Errorf("%v: %q, want %q", away, got, want)
		}
	}
	if got := feeds.Moment(time.Time{}, now); got != "" {
		t.Errorf("no time is %q", got)
	}
}

// TestKindsOfWordsForOneHeldPost: one post is not called them.
func TestKindsOfWordsForOneHeldPost(t *testing.T) {
	for _, rule := range []string{feeds.HeldFlood, feeds.HeldForeign, feeds.HeldDoubt, feeds.HeldDated, feeds.HeldEarly, feeds.HeldLocked} {
		for count, wrong := range map[int][]string{1: {"them.", "these posts", "They ", "they ", "their "}, 2: {"sees it", "It waits", "this post", "its date"}} {
			w := feeds.HeldGroup{Rule: rule, Count: count}.Words(time.Hour)
			said := strings.ReplaceAll(w.Title+". "+w.Why+" "+w.Otherwise, "meant for all of them.", "")
			for _, word := range wrong {
				if strings.Contains(said, word) && !(word == "its date" && rule == feeds.HeldDated) {
					t.Errorf("%s of %d: %q in %s", rule, count, word, said)
				}
			}
		}
	}
}

func TestOwnerIsToldWhatBecomesOfHeldPostsIfSheDoesNothing(t *testing.T) {
	for _, rule := range []string{feeds.HeldFlood, feeds.HeldForeign, feeds.HeldDoubt, feeds.HeldDated, feeds.HeldEarly, feeds.HeldLocked} {
		for _, release := range []time.Duration{0, 7 * 24 * time.Hour} {
			said := feeds.HeldGroup{Rule: rule}.Words(release).Otherwise
			if goes := rule == feeds.HeldFlood && release > 0; strings.Contains(said, "announced 7 days after") != goes {
				t.Errorf("%s, released after %v: %s", rule, release, said)
			}
		}
	}
}
