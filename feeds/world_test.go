package feeds_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// network stands for the internet: one answer for each address, 404 for all others.
type network struct {
	mu       sync.Mutex
	pages    map[string]page
	requests []*http.Request
}

type page struct {
	status int // 0 means 200
	header map[string]string
	body   string
	before func() // runs before the answer, on the request's goroutine
	deaf   bool   // whoever asks with a condition is told that nothing has changed
}

func (w *network) set(url string, p page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pages == nil {
		w.pages = map[string]page{}
	}
	w.pages[url] = p
}

// RoundTrip answers conditional requests as servers do.
func (w *network) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	p, ok := w.pages[r.URL.String()]
	w.requests = append(w.requests, r)
	w.mu.Unlock()
	if !ok {
		p = page{status: http.StatusNotFound}
	}
	if p.before != nil {
		p.before()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if p.status == 0 {
		p.status = http.StatusOK
	}
	if p.deaf && r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
		p.status, p.body = http.StatusNotModified, ""
	}
	if etag := p.header["ETag"]; etag != "" && r.Header.Get("If-None-Match") == etag {
		p.status, p.body = http.StatusNotModified, ""
	}
	res := &http.Response{StatusCode: p.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(p.body)), Request: r}
	for name, value := range p.header {
		res.Header.Set(name, value)
	}
	return res, nil
}

func (w *network) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var urls []string
	for _, r := range w.requests {
		urls = append(urls, r.URL.String())
	}
	return urls
}

func (w *network) last() *http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[len(w.requests)-1]
}

func (w *network) client() *safehttp.Client {
	return safehttp.New(safehttp.Options{UserAgent: "bloghorn/test", Transport: w})
}

const feedURL = "https://tea.example/feed.xml"

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is a database with one blog, polled by hand, and a clock that only the test moves.
type world struct {
	t      *testing.T
	db     *database.DB
	web    *network
	now    time.Time
	poller *feeds.Poller
	blog   feeds.Blog
	saved  atomic.Int32
}

// newWorld adds a blog whose feed has the entries.
func newWorld(t *testing.T, db *database.DB, entries ...entry) *world {
	t.Helper()
	w := &world{t: t, db: db, web: &network{}, now: start}
	w.poller = w.newPoller()
	w.publish(entries...)
	found, err := fetch.Discover(t.Context(), w.web.client(), feedURL)
	if err != nil {
		t.Fatal(err)
	}
	w.blog, err = feeds.Add(t.Context(), db, feeds.NewBlog{Found: found, BaseURL: "https://fedi.example", Username: "tea"}, w.now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) newPoller() *feeds.Poller {
	return &feeds.Poller{
		DB:           w.db,
		Client:       w.web.client(),
		Log:          slog.New(slog.DiscardHandler),
		Now:          func() time.Time { return w.now },
		Interval:     10 * time.Minute,
		PublishDelay: 2 * time.Minute,
		MaxAge:       7 * 24 * time.Hour,
		WakeNext:     func() { w.saved.Add(1) },
	}
}

// entry is one item of the blog's feed.
type entry struct {
	guid, link, title, body string
	date                    time.Time
}

func post(n int) entry {
	link := fmt.Sprintf("https://tea.example/%d/", n)
	return entry{link, link, fmt.Sprintf("Cup %d", n), fmt.Sprintf("<p>Leaf number %d.</p>", n), start.Add(-time.Hour)}
}

func (e entry) with(change func(*entry)) entry {
	change(&e)
	return e
}

func rss(entries ...entry) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0">`)
	b.WriteString(`<channel><title>Tea</title><link>https://tea.example/</link><description>Cups</description>`)
	for _, e := range entries {
		b.WriteString("<item>")
		for name, value := range map[string]string{"guid": e.guid, "link": e.link, "title": e.title} {
			if value != "" {
				fmt.Fprintf(&b, "<%s>%s</%s>", name, value, name)
			}
		}
		if !e.date.IsZero() {
			fmt.Fprintf(&b, "<pubDate>%s</pubDate>", e.date.Format(time.RFC1123Z))
		}
		fmt.Fprintf(&b, "<description><![CDATA[%s]]></description></item>", e.body)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

func (w *world) publish(entries ...entry) { w.web.set(feedURL, page{body: rss(entries...)}) }

// allowMany lets the guard think that many posts at once are usual here.
func (w *world) allowMany() {
	w.exec(`
UPDATE polls
SET most_new = 100`)
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

func (w *world) poll() error {
	w.t.Helper()
	return w.poller.Poll(w.t.Context(), w.blog.ID)
}

func (w *world) mustPoll() {
	w.t.Helper()
	if err := w.poll(); err != nil {
		w.t.Fatalf("poll: %v", err)
	}
}

// due are the titles of the posts that the publisher would see now.
func (w *world) due() string {
	w.t.Helper()
	posts, err := feeds.DuePosts(w.t.Context(), w.db, w.now, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var titles []string
	for _, p := range posts {
		titles = append(titles, p.Title)
	}
	return strings.Join(titles, ", ")
}

// announce does what the publisher does with due posts.
func (w *world) announce() {
	w.t.Helper()
	posts, err := feeds.DuePosts(w.t.Context(), w.db, w.now, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range posts {
		if err := feeds.Announced(context.Background(), w.db, p); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) expectDue(want string) {
	w.t.Helper()
	if got := w.due(); got != want {
		w.t.Errorf("due: %q, want %q", got, want)
	}
}

func (w *world) posts() []feeds.Post {
	w.t.Helper()
	posts, err := feeds.NewestPosts(w.t.Context(), w.db, w.blog.ID, nil, 2000)
	if err != nil {
		w.t.Fatal(err)
	}
	return posts
}

func (w *world) post(title string) feeds.Post {
	w.t.Helper()
	for _, p := range w.posts() {
		if p.Title == title {
			return p
		}
	}
	w.t.Fatalf("there is no post %q", title)
	return feeds.Post{}
}

func (w *world) record() feeds.Poll {
	w.t.Helper()
	p, err := feeds.PollOf(w.t.Context(), w.db, w.blog.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}
