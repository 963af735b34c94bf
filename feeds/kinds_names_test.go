package feeds_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// sameNames is a post whose feed gives one guid and one link to all.
func sameNames(n int) entry {
	return post(n).with(func(e *entry) {
		e.guid, e.link = "tea", "https://tea.example/cups"
		e.date = start.Add(-time.Hour).Add(time.Duration(n) * time.Minute)
	})
}

func TestKindsOfPostsThatShareGuidAndLink(t *testing.T) {
	t.Parallel()
	first := sameNames(1)
	for name, c := range map[string]struct {
		second entry
		posts  int
	}{
		"another title":                    {first.with(func(e *entry) { e.title = "Pots" }), 2},
		"another text":                     {first.with(func(e *entry) { e.body = "<p>Water.</p>" }), 2},
		"another date":                     {first.with(func(e *entry) { e.date = e.date.Add(-24 * time.Hour) }), 2},
		"no title and another text":        {first.with(func(e *entry) { e.title, e.body = "", "<p>Water.</p>" }), 2},
		"no date":                          {first.with(func(e *entry) { e.date = time.Time{} }), 2},
		"the same again":                   {first, 1},
		"the same by other white space":    {first.with(func(e *entry) { e.body = "<p>Leaf\n number  1.</p>\n" }), 1},
		"the same under a tracking link":   {first.with(func(e *entry) { e.link += "?utm_source=x" }), 1},
		"the same, counted again":          {first.with(func(e *entry) { e.body += "<script>again()</script>" }), 1},
		"the same words, its own guid":     {first.with(func(e *entry) { e.guid = "pots" }), 2},
		"the same words, no guid, no link": {first.with(func(e *entry) { e.guid, e.link = "", "" }), 2},
	} {
		got := ids(t, first, c.second)
		if len(got) != c.posts || c.posts == 2 && got[0] == got[1] {
			t.Errorf("%s: %d posts, want %d", name, len(got), c.posts)
		}
	}
	nameless := func(day int) entry {
		return entry{title: "Quote of the day", body: "<p>Tea first.</p>", date: start.AddDate(0, 0, -day)}
	}
	if got := ids(t, nameless(1), nameless(2), nameless(2)); len(got) != 2 || got[0] == got[1] {
		t.Errorf("without names: %d posts", len(got))
	}
}

// RFC 4287 §4.1.1: entries with one id are one entry at two times, if they say so.
func TestKindsOfVersionsOfOneEntry(t *testing.T) {
	t.Parallel()
	version := func(title, published, updated string) string {
		return `<entry><id>urn:t:1</id><link href="https://tea.example/1"/><title>` + title + `</title>` + published +
			`<updated>2026-11-1` + updated + `T08:00:00Z</updated></entry>`
	}
	const on = `<published>2026-11-10T08:00:00Z</published>`
	for name, c := range map[string]struct {
		entries string
		titles  string
	}{
		"the newer first":        {version("Two", on, "2") + version("One", on, "1"), "Two"},
		"the older first":        {version("One", on, "1") + version("Two", on, "2"), "Two"},
		"three":                  {version("One", on, "1") + version("Three", on, "3") + version("Two", on, "2"), "Three"},
		"updated at once":        {version("One", on, "1") + version("Two", on, "1"), "One Two"},
		"published twice":        {version("One", on, "1") + version("Two", `<published>2026-11-11T08:00:00Z</published>`, "2"), "One Two"},
		"nobody says since when": {version("One", "", "1") + version("Two", "", "2"), "One Two"},
	} {
		f, err := parser.Parse([]byte(atomOpen+c.entries+"</feed>"), "", feedURL)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, p := range feeds.PostsOf(f, tea, start) {
			titles = append(titles, p.Title)
		}
		if got := strings.Join(titles, " "); got != c.titles {
			t.Errorf("%s: %s, want %s", name, got, c.titles)
		}
	}
}

// A post is announced once, and its edits are its own, whatever it shares with others and whenever they come.
func TestKindsOfSharedNamesOverTime(t *testing.T) {
	t.Parallel()
	untitled := func(n int) entry { return sameNames(n).with(func(e *entry) { e.title = "" }) }
	undated := func(n int) entry { return sameNames(n).with(func(e *entry) { e.date = time.Time{} }) }
	quote := func(n int) entry {
		return sameNames(n).with(func(e *entry) {
			e.title, e.body = "Quote", "<p>Tea first, the world after it, and nothing else before noon.</p>"
		})
	}
	for name, one := range map[string]func(n int) entry{"titled": sameNames, "untitled": untitled, "undated": undated, "the same words": quote} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), one(1))
			w.mustPoll()
			var listed []entry
			for n := 1; n <= 4; n++ {
				listed = append([]entry{one(n)}, listed...)
				w.publish(listed...)
				w.mustPoll()
				w.pass(time.Hour)
				if due, err := feeds.DuePosts(t.Context(), w.db, w.now, 10); err != nil || len(due) != min(n-1, 1) {
					t.Errorf("after post %d %d are due, %v", n, len(due), err)
				}
				w.announce()
			}
			w.publish(one(4)) // the others have left
			w.mustPoll()
			w.publish(one(5), one(4))
			w.mustPoll()
			w.pass(time.Hour)
			w.announce()
			if posts := w.posts(); len(posts) != 5 {
				t.Errorf("%d posts", len(posts))
			}
			for _, p := range w.posts() {
				if !p.EditedAt.IsZero() || !p.HeldAt.IsZero() {
					t.Errorf("%q of %v: edited %v, held %v by %s", p.Title, p.PublishedAt, p.EditedAt, p.HeldAt, p.HeldWhy)
				}
			}
			w.publish(one(5), one(4).with(func(e *entry) { e.body += "<p>And milk.</p>" }))
			w.mustPoll()
			edited := 0
			for _, p := range w.posts() {
				if !p.EditedAt.IsZero() {
					edited++
				}
			}
			if n := len(w.posts()); (edited != 1 || n != 5) && name != "undated" && name != "untitled" {
				t.Errorf("%d edited, %d posts", edited, n)
			}
		})
	}
}

// What an earlier version dropped was there all the time: it is history and not news.
func TestKindsOfFormerRepeatsAreHistory(t *testing.T) {
	t.Parallel()
	for name, reread := range map[string]bool{"installed before": true, "installed now": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), sameNames(1))
			if reread {
				if _, err := w.db.Exec(t.Context(), "UPDATE polls SET hash_version = 2"); err != nil {
					t.Fatal(err)
				}
			}
			w.publish(sameNames(1), sameNames(2), post(9))
			w.mustPoll()
			want := []string{"Cup 2", "Cup 9"}
			if reread {
				want = want[1:]
			}
			w.pass(time.Hour)
			if due := w.due(); len(w.posts()) != 3 || fmt.Sprint(strings.Fields(strings.ReplaceAll(due, ",", ""))) != fmt.Sprint(strings.Fields(strings.Join(want, " "))) {
				t.Errorf("%d posts, due: %q, want %q", len(w.posts()), due, want)
			}
		})
	}
}

// What is known stays known, whatever the rules say later, also without a name of its own.
func TestKindsOfSharedNamesOutlastRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t), sameNames(1), post(9))
	w.mustPoll()
	w.set("exclude", "path:/cups")
	for n := 2; n < 4; n++ {
		w.publish(sameNames(n), sameNames(1), post(9))
		w.pass(time.Hour)
		w.mustPoll()
	}
	if p := w.post("Cup 1"); len(w.posts()) != 2 || !p.AbsentSince.IsZero() || !p.EditedAt.IsZero() {
		t.Errorf("%d posts, %+v", len(w.posts()), p)
	}
}
