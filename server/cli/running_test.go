package cli

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
)

// eventually waits until a condition holds. It leaves room for a delivery that a busy machine let time out: that is made again within a
// minute.
var eventually = costtest.Until

// running is the whole program on real sockets of the loopback address, with a feed of its own.
type running struct {
	*app.App
	t     testing.TB
	base  string
	admin string
	feed  *sampleFeed
	blog  feeds.Blog
	world app.Outside // of its commands
}

// start runs the program with one blog, "tea". change may alter the settings.
func start(t testing.TB, databaseURL string, change func(*config.Settings)) *running {
	t.Helper()
	return startIn(t, databaseURL, change, app.Outside{NewKey: fediversetest.NewKey, AnswerIn: time.Minute})
}

func startIn(t testing.TB, databaseURL string, change func(*config.Settings), world app.Outside) *running {
	t.Helper()
	feed := newSampleFeed(t)
	public, private := listen(t), listen(t)
	s := testSettings(t, databaseURL, public.Addr().String(), feed.host())
	if change != nil {
		change(&s)
	}
	a, err := app.New(t.Context(), s, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), world)
	if err != nil {
		t.Fatal(err)
	}
	a.Inbox.MeetTimeout = time.Minute // a busy machine may need longer than a second
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, public, private) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, a.Close()); err != nil {
			t.Errorf("the program ends with %v", err)
		}
	})
	r := &running{App: a, t: t, base: s.PublicURL, admin: private.Addr().String(), feed: feed, world: app.Outside{NewKey: fediversetest.NewKey}}
	if r.blog, _, err = addBlog(t.Context(), a, blogAddCommand{Address: feed.URL, Handle: "tea"}); err != nil {
		t.Fatal(err)
	}
	return r
}

// testSettings are quick and let this computer talk to itself.
func testSettings(t testing.TB, databaseURL, address, feedHost string) config.Settings {
	t.Helper()
	folder := t.TempDir()
	return config.Settings{
		PublicURL: "http://" + address, Listen: address, DataDir: folder, SecretKeyFile: filepath.Join(folder, "secret.key"),
		Database: config.Database{URL: databaseURL},
		Feed: config.Feed{
			PollInterval: config.Duration(100 * time.Millisecond), MaxAge: config.Duration(7 * 24 * time.Hour), AllowPrivate: []string{feedHost},
		},
		Moderation: config.Moderation{Unknown: "show"}, Ops: config.Ops{ShutdownTimeout: config.Duration(10 * time.Second)},
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// get asks an address with an Accept header and reads the answer.
func fetch(t testing.TB, address, accept string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

const activityJSON = "application/activity+json"

// document fetches an ActivityPub document and fails where there is none.
func document(t testing.TB, id string) map[string]any {
	t.Helper()
	status, header, body := fetch(t, id, activityJSON)
	var doc map[string]any
	if err := json.Unmarshal([]byte(body), &doc); status != 200 || err != nil || !strings.HasPrefix(header.Get("Content-Type"), activityJSON) {
		t.Fatalf("%s: %d %s %v\n%s", id, status, header.Get("Content-Type"), err, body)
	}
	return doc
}

// comments is the JSON that static generators and widgets read.
type comments struct {
	Post   struct{ ID, URL, Title string }
	Counts struct{ Replies, Likes, Boosts, Quotes int }
	Items  []comment
}

type comment struct {
	ID, Parent string
	Author     struct{ Name, Handle string }
	HTML, Text string
	Edited     string
	Likes      int
}

// comments reads the thread of a page through the public API.
func (r *running) comments(page string) comments {
	r.t.Helper()
	status, _, body := fetch(r.t, r.base+"/api/v1/comments?url="+url.QueryEscape(page), "application/json")
	var c comments
	if err := json.Unmarshal([]byte(body), &c); status != 200 || err != nil {
		r.t.Fatalf("comments of %s: %d %v\n%s", page, status, err, body)
	}
	return c
}

// postID waits until the page has a post and returns its ActivityPub id.
func (r *running) postID(page string) (id string) {
	r.t.Helper()
	eventually(r.t, "a post for "+page, func() bool {
		p, err := feeds.PostByURL(r.t.Context(), r.DB, page)
		if err != nil && !errors.Is(err, database.ErrNotFound) {
			r.t.Fatal(err)
		}
		id = r.base + "/posts/" + p.ID
		return err == nil
	})
	return id
}

// sampleFeed is a blog that can publish: an RSS feed on a server of its own.
type sampleFeed struct {
	*httptest.Server
	mu       sync.Mutex
	items    []sampleItem
	older    int          // posts of a second page, which is named once there is one
	prepared []sampleItem // not published yet
	now      func() time.Time
}

type sampleItem struct {
	GUID    string `xml:"guid"`
	Link    string `xml:"link"`
	Title   string `xml:"title"`
	Content string `xml:"description"`
	Date    string `xml:"pubDate"`
}

func newSampleFeed(t testing.TB) *sampleFeed {
	f := &sampleFeed{now: time.Now}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	f.publish("old", "A post from before", "<p>It stays quiet.</p>")
	f.change("old", func(it *sampleItem) { it.Date = time.Now().UTC().Add(-time.Hour).Format(time.RFC1123Z) }) // dates have seconds only
	return f
}

func (f *sampleFeed) host() string { return strings.TrimPrefix(f.URL, "http://") }

// publish adds a post and returns the address of its page.
func (f *sampleFeed) publish(slug, title, content string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	item := sampleItem{GUID: slug, Link: f.URL + "/" + slug, Title: title, Content: content, Date: f.now().UTC().Format(time.RFC1123Z)}
	f.items = slices.Insert(f.items, 0, item)
	return item.Link
}

// prepare writes a post that release publishes together with others.
func (f *sampleFeed) prepare(slug, title, content string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prepared = append(f.prepared, sampleItem{
		GUID: slug, Link: f.URL + "/" + slug, Title: title, Content: content, Date: f.now().UTC().Format(time.RFC1123Z),
	})
}

// release publishes all that was prepared, at once.
func (f *sampleFeed) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items, f.prepared = append(f.prepared, f.items...), nil
}

// edit changes the text of a post.
func (f *sampleFeed) edit(slug, content string) {
	f.change(slug, func(it *sampleItem) { it.Content = content })
}

// change changes what the feed says of a post.
func (f *sampleFeed) change(slug string, change func(*sampleItem)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.items {
		if f.items[i].GUID == slug {
			change(&f.items[i])
		}
	}
}

// remove takes a post out of the feed.
func (f *sampleFeed) remove(slug string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = slices.DeleteFunc(f.items, func(it sampleItem) bool { return it.GUID == slug })
}

func (f *sampleFeed) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	shown, link := f.items, ""
	if f.older > 0 {
		link = `<link xmlns="http://www.w3.org/2005/Atom" rel="prev-archive" href="/archive.xml"/>`
	}
	if r.URL.Path == "/archive.xml" {
		shown, link = f.archive(), ""
	}
	items, err := xml.Marshal(shown)
	f.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	list := strings.NewReplacer("<sampleItem>", "<item>", "</sampleItem>", "</item>").Replace(string(items))
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Tea &amp; Time</title><link>%s/</link><description>On tea</description><language>en</language>%s%s</channel></rss>`, f.URL, link, list)
}

// archive is the second page: a post for each day before.
func (f *sampleFeed) archive() (items []sampleItem) {
	for i := range f.older {
		at := time.Now().Add(-time.Duration(i+1) * 24 * time.Hour).UTC().Format(time.RFC1123Z)
		slug := fmt.Sprint("archived-", i)
		items = append(items, sampleItem{GUID: slug, Link: f.URL + "/" + slug, Title: slug, Date: at})
	}
	return items
}
