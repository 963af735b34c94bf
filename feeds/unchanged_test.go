package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// lastAsked are the conditions of the last request.
func (w *world) lastAsked() string {
	header := w.web.last().Header
	return strings.TrimSpace(header.Get("If-None-Match") + " " + header.Get("If-Modified-Since"))
}

func TestKindsOfServersThatAnswer304ToAnything(t *testing.T) {
	for name, header := range map[string]map[string]string{
		"a constant date":      {"Last-Modified": "Mon, 05 Jan 2026 08:00:00 GMT"},
		"a constant tag":       {"ETag": `W/"static"`},
		"a tag without quotes": {"ETag": `5f3a-static`},
		"both":                 {"ETag": `"1-1"`, "Last-Modified": "Mon, 05 Jan 2026 08:00:00 GMT"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db, post(1))
				w.web.set(feedURL, page{body: rss(post(1)), header: header, deaf: true})
				w.pass(25 * time.Hour)
				w.mustPoll()
				w.web.set(feedURL, page{body: rss(dueAt(2, 40*time.Hour), post(1)), header: header, deaf: true})
				w.pass(12 * time.Hour)
				w.mustPoll()
				if n := len(w.posts()); n != 1 || w.lastAsked() == "" {
					t.Fatalf("%d posts are known half a day later, asked with %q", n, w.lastAsked())
				}
				w.pass(12*time.Hour + time.Minute)
				w.mustPoll()
				if n := len(w.posts()); n != 2 {
					t.Fatalf("%d posts are known a day later", n)
				}
				if told := w.record().DeafWords(w.now); !strings.Contains(told, "2026-12-22") {
					t.Errorf("the owner is told %q", told)
				}
				w.web.set(feedURL, page{body: rss(dueAt(3, 49*time.Hour), dueAt(2, 40*time.Hour), post(1)), header: header, deaf: true})
				w.pass(time.Hour)
				w.mustPoll()
				if n := len(w.posts()); n != 3 || w.lastAsked() != "" {
					t.Errorf("%d posts are known an hour after that, asked with %q", n, w.lastAsked())
				}
				w.pass(31 * 24 * time.Hour)
				if told := w.record().DeafWords(w.now); told != "" {
					t.Errorf("a month later the owner is told %q", told)
				}
			})
		})
	}
}

func TestKindsOfConditionsThatMeanNothing(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"Thu, 01 Jan 1970 00:00:00 GMT": "",
		"Fri, 01 Jan 2094 00:00:00 GMT": "",
		"Mon, 30 Feb 2026 08:00:00 GMT": "",
		"2026-01-05 08:00":              "",
		"Mon, 05 Jan 2026 08:00:00 GMT": "Mon, 05 Jan 2026 08:00:00 GMT",
	} {
		w := newWorld(t, databasetest.Open(t), post(1))
		w.web.set(feedURL, page{body: rss(post(1)), header: map[string]string{"Last-Modified": value, "ETag": `""`}})
		w.pass(time.Hour)
		w.mustPoll()
		w.mustPoll()
		if got := w.lastAsked(); got != want {
			t.Errorf("a feed of %q was asked for with %q", value, got)
		}
	}
}

// A server that says the truth is asked for all once a day, and with conditions as ever.
func TestKindsOfHonestServersAreNotCalledDeaf(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"nothing new": func(*world) {},
		"a new post": func(w *world) {
			w.web.set(feedURL, page{body: rss(dueAt(2, 20*time.Hour), post(1)), header: map[string]string{"ETag": `"2"`}})
		},
		"another comment in it": func(w *world) {
			w.web.set(feedURL, page{body: rss(post(1)) + "<!-- built again -->", header: map[string]string{"ETag": `"1"`}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), post(1))
			w.web.set(feedURL, page{body: rss(post(1)), header: map[string]string{"ETag": `"1"`}})
			w.mustPoll()
			w.pass(25 * time.Hour)
			change(w)
			w.mustPoll()
			if told := w.record().DeafWords(w.now); told != "" {
				t.Errorf("the owner is told %q", told)
			}
			w.pass(time.Hour)
			w.mustPoll()
			if w.lastAsked() == "" {
				t.Error("it is asked without conditions")
			}
		})
	}
}
