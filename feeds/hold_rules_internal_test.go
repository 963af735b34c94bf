package feeds

import (
	"testing"
	"time"
)

func TestBrake(t *testing.T) {
	ours := Fingerprint{FeedHost: "tea.example", LinkHost: "tea.example", Title: "Tea", Language: "en"}
	with := func(change func(*Fingerprint)) Fingerprint { l := ours; change(&l); return l }
	day := 24 * time.Hour
	for _, c := range []struct {
		what  string
		scene scene
		want  string // foreign, flood or ""
	}{
		{"one new post", scene{known: ours, now: ours, items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"three at once", scene{known: ours, now: ours, items: 20, familiar: 17, listed: 20, fresh: 3, away: time.Hour}, ""},
		{"four at once", scene{known: ours, now: ours, items: 20, familiar: 16, listed: 20, fresh: 4, away: time.Hour}, "flood"},
		{"six at once, and two came at once before", scene{known: ours, now: ours, items: 20, familiar: 14, listed: 20, fresh: 6, mostNew: 2, away: time.Hour}, ""},
		{"a daily blog after a week in which its feed was away", scene{known: ours, now: ours, items: 20, familiar: 13, listed: 20, fresh: 7, perDay: 1, away: 7 * day}, ""},
		{"a news site's usual day", scene{known: ours, now: ours, items: 20, familiar: 18, listed: 20, fresh: 2, lastDay: 30, perDay: 24, mostNew: 2, away: time.Hour}, ""},
		{"three at once, all day long", scene{known: ours, now: ours, items: 20, familiar: 17, listed: 20, fresh: 3, lastDay: 12, perDay: 0.5, mostNew: 3, away: time.Hour}, "flood"},
		{"a feed of one post that has another one now", scene{known: ours, now: ours, items: 1, listed: 1, fresh: 1, away: time.Hour}, ""},
		{"a feed of ten posts that has ten others now", scene{known: ours, now: ours, items: 10, listed: 10, fresh: 1, away: time.Hour}, "foreign"},
		{"one unknown post where ten known ones were", scene{known: ours, now: ours, items: 1, listed: 10, fresh: 1, away: time.Hour}, "foreign"},
		{"another host of links", scene{known: ours, now: with(func(l *Fingerprint) { l.LinkHost = "casino.example" }), items: 2, listed: 2, fresh: 1}, "foreign"},
		{"a redirect to another host", scene{known: ours, now: with(func(l *Fingerprint) { l.FeedHost = "parked.example" }), items: 3, familiar: 1, listed: 3, fresh: 2}, "foreign"},
		{"another language", scene{known: ours, now: with(func(l *Fingerprint) { l.Language = "ru" }), items: 1, listed: 1, fresh: 1}, "foreign"},
		{"another title over the same posts", scene{known: ours, now: with(func(l *Fingerprint) { l.Title = "Cups" }), items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"a new domain with the same posts", scene{known: ours, now: Fingerprint{"cups.example", "cups.example", "Cups", "en"}, items: 20, familiar: 19, listed: 20, fresh: 1, away: time.Hour}, ""},
		{"nothing known yet", scene{now: ours, items: 3, fresh: 3, away: time.Hour}, ""},
		{"an empty feed", scene{known: ours, now: with(func(l *Fingerprint) { l.LinkHost = "" }), listed: 10}, ""},
	} {
		got := ""
		if c.scene.foreign() != "" {
			got = "foreign"
		} else if c.scene.flood() != "" {
			got = "flood"
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%s%s)", c.what, got, c.want, c.scene.foreign(), c.scene.flood())
		}
	}
}
