package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// lonely is a network with one feed, and whose every page is gone.
type lonely struct{ feed []byte }

const plannedAt = "https://tea.example/feed.xml"

func (l *lonely) RoundTrip(r *http.Request) (*http.Response, error) {
	res := &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}
	if r.URL.String() == plannedAt {
		res.StatusCode, res.Body = http.StatusOK, io.NopCloser(bytes.NewReader(l.feed))
	}
	return res, nil
}

// asJSON writes a feed as its blog's server would.
func asJSON(t *testing.T, f *parser.Feed) []byte {
	type object = map[string]any
	items := []object{}
	for _, it := range f.Items {
		item := object{"id": it.GUID, "url": it.Link, "title": it.Title, "content_html": it.Content}
		if !it.PublishedAt.IsZero() {
			item["date_published"] = it.PublishedAt.Format(time.RFC3339)
		}
		items = append(items, item)
	}
	text, err := json.Marshal(object{
		"version": "https://jsonfeed.org/version/1.1", "title": f.Title, "home_page_url": f.SiteURL, "language": f.Language, "items": items,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var planned = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// plannedItem is the n-th post of the blog that FuzzPlan knows, which has ten.
func plannedItem(n int) parser.Item {
	link := fmt.Sprintf("https://tea.example/%d/", n)
	text := fmt.Sprintf("<p>The cup %d is for the guest of day %d, who came by the %d o'clock train and stayed for %d hours.</p>", n, n*7, n%12, n*3)
	return parser.Item{GUID: link, Link: link, Title: fmt.Sprintf("Cup %d", n), Content: text, PublishedAt: planned.AddDate(0, 0, n-20)}
}

// alter does to an item what one byte says.
func alter(it *parser.Item, how byte) {
	other := plannedItem(int(how >> 4))
	switch how % 12 {
	case 0:
		it.GUID = fmt.Sprintf("urn:%d", how)
	case 1:
		it.Link = strings.Replace(it.Link, "https", "http", 1) + fmt.Sprintf("?utm_source=%d", how)
	case 2:
		it.Title = other.Title
	case 3:
		it.Content = other.Content
	case 4:
		it.PublishedAt = other.PublishedAt
	case 5:
		it.GUID = other.GUID
	case 6:
		it.Link = other.Link
	case 7:
		it.PublishedAt = time.Time{}
	case 8:
		it.GUID, it.Title = "", ""
	case 9:
		it.Link = "https://tea.example/"
	case 10:
		it.Content += "<p>One line more.</p>"
	case 11:
		it.Link, it.GUID = fmt.Sprintf("https://elsewhere.example/%d/", how), ""
	}
}

// plannedFeed reads items from bytes: which post, how many changes, the changes.
func plannedFeed(data []byte) *parser.Feed {
	f := &parser.Feed{Title: "Tea", SiteURL: "https://tea.example/", Language: "en"}
	for len(data) > 1 && len(f.Items) < 60 {
		it, n := plannedItem(int(data[0]%16)), int(data[1]%4) // the last six are new
		for data = data[2:]; n > 0 && len(data) > 0; n, data = n-1, data[1:] {
			alter(&it, data[0])
		}
		f.Items = append(f.Items, it)
	}
	return f
}

// FuzzPlan reads whatever feeds may say against a blog that is known. Whatever they say: no post is told of twice, no item becomes two
// posts and no two items one, and where nothing is known any more nothing is missing.
func FuzzPlan(f *testing.F) {
	f.Add([]byte{0, 0, 1, 0, 2, 0, 3, 0})
	f.Add([]byte{9, 1, 0x30, 8, 2, 0x15, 0x76, 12, 0, 13, 1, 7})
	f.Add([]byte{5, 3, 0x25, 0x26, 0x22, 2, 3, 0x55, 0x56, 0x52, 10, 1, 8, 11, 1, 9})
	f.Add([]byte(strings.Repeat("\x0c\x01\x08", 30)))
	web := &lonely{}
	p, b := plannedBlog(f, web)
	f.Fuzz(func(t *testing.T, data []byte) {
		poll, err := PollOf(t.Context(), p.DB, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		feed := plannedFeed(data)
		web.feed = asJSON(t, feed)
		pl, err := p.poll(t.Context(), b, poll, true)
		if err != nil {
			t.Fatal(err)
		}
		checkPlanned(t, pl, feed)
	})
}

func plannedBlog(f *testing.F, web *lonely) (*Poller, Blog) {
	f.Helper()
	db := databasetest.Open(f)
	var known parser.Feed
	known.Title, known.SiteURL, known.Language = "Tea", "https://tea.example/", "en"
	for n := range 10 {
		known.Items = append(known.Items, plannedItem(n))
	}
	at := planned.AddDate(0, 0, -2)
	a := fetch.Answer{URL: parser.Join(nil, plannedAt), Feed: &known}
	found := fetch.Found{Title: "Tea", SiteURL: known.SiteURL, FeedURL: a.URL.String(), Feed: &known, Answer: a}
	b, err := Add(f.Context(), db, NewBlog{Found: found, BaseURL: "https://fedi.example", Username: "tea"}, at, nil)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := db.Exec(f.Context(), `
UPDATE posts
SET announce = 1
WHERE published_at > ?`, database.Millis(planned.AddDate(0, 0, -15))); err != nil {
		f.Fatal(err)
	}
	p := &Poller{
		DB: db, Client: safehttp.New(safehttp.Options{UserAgent: "bloghorn/test", Transport: web}), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return planned }, Interval: time.Hour, MaxAge: 7 * 24 * time.Hour,
	}
	p.init()
	return p, b
}

func checkPlanned(t *testing.T, pl *plan, feed *parser.Feed) {
	t.Helper()
	changed, was := map[string]bool{}, map[string]bool{}
	created := 0
	for _, c := range pl.changes {
		if changed[c.post.ID] {
			t.Errorf("two changes of one post: %+v", c.post)
		}
		changed[c.post.ID] = true
		if c.known == nil {
			created++
		}
	}
	isKnown := 0
	for _, found := range pl.m.Items {
		if found.Was == nil {
			continue
		}
		if was[found.Was.ID] {
			t.Errorf("two items are one post: %s", found.Was.Title)
		}
		was[found.Was.ID] = true
		if !found.Doubt {
			isKnown++
		}
	}
	if created+isKnown > len(feed.Items) {
		t.Errorf("of %d items %d are known and %d new", len(feed.Items), isKnown, created)
	}
	for _, a := range pl.missing {
		if a.Polls > 0 && (!pl.isWhole || isKnown == 0) {
			t.Errorf("a post is missing from a feed that is not whole: %+v", a)
		}
		if was[a.ID] && !a.Since.IsZero() {
			t.Errorf("a post is listed and absent: %+v", a)
		}
	}
}
