package feeds_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestKindsOfLinksToOlderPages(t *testing.T) {
	t.Parallel()
	loose := func(n int) entry { return old(n).with(func(e *entry) { e.title = "3 < 5" }) }
	for name, first := range map[string]string{
		"as an IRI":       olderLink("http://www.iana.org/assignments/relation/next", " /feed.xml?page=2 ", old(1)),
		"in capitals":     olderLink("NEXT", "?page=2", old(1)),
		"mended":          olderLink("prev-archive", feedURL+"?page=2", loose(1)),
		"a bad character": strings.Replace(olderLink("next", feedURL+"?page=2", old(1)), "Cup 1", "Cup&#x1F; 1", 1),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			w.publish()
			w.web.set(feedURL, page{body: first})
			w.web.set(feedURL+"?page=2", page{body: rss(old(2))})
			if done := w.mustBackfill(); done.Pages != 2 || done.Stored != 1 {
				t.Errorf("%+v", done)
			}
		})
	}
}
