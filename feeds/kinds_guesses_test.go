package feeds_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// What is in the feed may change what the guess about its bytes is, and a server's label may change. Neither edits a post.
func TestKindsOfGuessesThatChangeEditNothing(t *testing.T) {
	t.Parallel()
	latin := strings.NewReplacer("é", "\xe9", "ü", "\xfc").Replace
	old := func(n int) entry { return post(n).with(func(e *entry) { e.body = "<p>Thé für alle</p>" }) }
	fresh := post(3).with(func(e *entry) { e.body = "<p>Ένα φλιτζάνι τσάι, παρακαλώ</p>" })
	for name, c := range map[string]struct {
		before, after page
		read          [2]string
	}{
		"a new post in UTF-8 among old ones in Latin 1": {
			before: page{body: latin(rss(old(1), old(2)))}, after: page{body: rss(fresh) + latin(rss(old(1), old(2)))},
			read: [2]string{"windows-1252", "utf-8"},
		},
		"another label": {
			before: page{body: latin(rss(old(1), old(2))), header: map[string]string{"Content-Type": "text/xml; charset=windows-1251"}},
			after:  page{body: latin(rss(post(3), old(1), old(2))), header: map[string]string{"Content-Type": "text/xml; charset=windows-1252"}},
			read:   [2]string{"windows-1251", "windows-1252"},
		},
		"one encoding throughout at last": {
			before: page{body: latin(rss(old(1), old(2)))}, after: page{body: rss(post(3), old(1), old(2))}, read: [2]string{"windows-1252", "utf-8"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			joined := strings.Replace(c.after.body, "</channel></rss>", "", 1)
			if at := strings.LastIndex(joined, "<?xml"); at > 0 { // one feed of two pieces
				joined = joined[:at] + joined[at+strings.Index(joined[at:], "<item>"):]
				c.after.body = joined
			}
			w := newWorld(t, databasetest.Open(t))
			w.web.set(feedURL, c.before)
			w.mustPoll()
			if got := w.record().Charset; got != c.read[0] {
				t.Fatalf("read as %q", got)
			}
			w.pass(time.Hour)
			w.announce()
			w.web.set(feedURL, c.after)
			w.mustPoll()
			for _, p := range w.posts() {
				if !p.EditedAt.IsZero() {
					t.Errorf("%s is edited", p.Title)
				}
			}
			if got := w.record().Charset; got != c.read[1] || len(w.posts()) != 3 {
				t.Errorf("read as %q, %d posts", got, len(w.posts()))
			}
		})
	}
}
