package feeds_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// longFeed is a feed of 20 whole posts, some 50 kB: what most blogs have.
func longFeed() string {
	var entries []entry
	for i := range 20 {
		body := strings.Repeat(`<p>Steep for <em>four</em> minutes, see <a href="/rules">the rules</a> &amp; mind the pot.</p>`+"\n", 25)
		entries = append(entries, post(i).with(func(e *entry) { e.body = body }))
	}
	return rss(entries...)
}

func BenchmarkParse(b *testing.B) {
	body := []byte(longFeed())
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := parser.Parse(body, "", feedURL); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPoll polls a feed of 20 posts that has a known body, and one whose body is new though its posts are not.
func BenchmarkPoll(b *testing.B) {
	db := databasetest.Open(b)
	n := &network{}
	n.set(feedURL, page{body: longFeed()})
	found, err := fetch.Discover(b.Context(), n.client(), feedURL)
	if err != nil {
		b.Fatal(err)
	}
	blog, err := feeds.Add(b.Context(), db, feeds.NewBlog{Found: found, BaseURL: "https://fedi.example"}, start, nil)
	if err != nil {
		b.Fatal(err)
	}
	poller := &feeds.Poller{DB: db, Client: n.client(), Log: slog.New(slog.DiscardHandler), Now: time.Now, Interval: time.Minute}
	for name, mark := range map[string]string{"known body": "", "new body": "<!-- %d -->"} {
		b.Run(name, func(b *testing.B) {
			body := longFeed()
			for i := 0; b.Loop(); i++ {
				if mark != "" {
					n.set(feedURL, page{body: body + fmt.Sprintf(mark, i)})
				}
				if err := poller.Poll(b.Context(), blog.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
