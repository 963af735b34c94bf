package widget_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/replies/widget"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a blog with two posts, its Bloghorn, and people elsewhere whose words were received.
type world struct {
	t     testing.TB
	db    *database.DB
	site  *httptest.Server // the blog
	here  *httptest.Server // Bloghorn
	blog  feeds.Blog
	post  feeds.Post // at page
	page  string
	said  int
	past  *atomic.Int64     // how long ago the test began, for what is remembered for a while
	pages map[string]string // of the site, by path

	handlers *widget.Handlers
}

const feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Tea &amp; Time</title><link>%[1]s/</link><description>On tea</description>
<item><guid>salt</guid><link>%[1]s/salt/</link><title>Salt &amp; &lt;rope&gt;</title><description>A pinch.</description><pubDate>Sun, 01 Feb 2026 08:00:00 GMT</pubDate></item>
<item><guid>quiet</guid><link>%[1]s/quiet/</link><title>Quiet</title><description>Nobody answers.</description><pubDate>Sun, 01 Feb 2026 07:00:00 GMT</pubDate></item>
</channel></rss>`

func newWorld(t testing.TB, db *database.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, pages: map[string]string{"/icon": ""}, past: new(atomic.Int64)}
	w.site = httptest.NewServer(http.HandlerFunc(w.serveSite))
	t.Cleanup(w.site.Close)
	w.handlers = &widget.Handlers{
		DB: db, Version: "test", Now: func() time.Time { return noon.Add(time.Duration(w.past.Load())) },
	}
	w.here = httptest.NewServer(http.StripPrefix("/fedi", routes(w.handlers)))
	t.Cleanup(w.here.Close)
	w.page = w.site.URL + "/salt/"
	client := safehttp.New(safehttp.Options{Allow: []string{strings.TrimPrefix(w.site.URL, "http://")}})
	found, err := fetch.Discover(t.Context(), client, w.site.URL+"/feed.xml")
	if err != nil {
		t.Fatal(err)
	}
	w.blog, err = feeds.Add(t.Context(), db, feeds.NewBlog{Found: found, BaseURL: w.here.URL + "/fedi", Username: "tea", HandleHost: "blog.example"}, noon, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w.post, _, err = feeds.FindPost(t.Context(), db, w.page, ""); err != nil {
		t.Fatal(err)
	}
	return w
}

func routes(h *widget.Handlers) http.Handler {
	mux := http.NewServeMux()
	for path, handler := range map[string]web.HandlerFunc{
		"/api/v1/comments": h.Comments, "/api/v1/counts": h.Counts, "/comments": h.Fragment, "/thread": h.Page,
		"/widget/1/comments.js": h.Script, "/widget/1/comments.css": h.Style,
	} {
		mux.Handle(path, handler)
	}
	return mux
}

func (w *world) serveSite(out http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/feed.xml" {
		out.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(out, feed, w.site.URL)
		return
	}
	page, ok := w.pages[r.URL.Path]
	if !ok {
		http.NotFound(out, r)
		return
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The strictest policy a blog can have that still allows the element.
	out.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' "+w.here.URL+"; connect-src "+w.here.URL+
		"; style-src 'none'; img-src 'self'; require-trusted-types-for 'script'; trusted-types fedi-comments")
	io.WriteString(out, page)
}

// comment is what somebody says, with sensible words where a test does not care.
type comment struct {
	by, name, handle string
	html, cw, lang   string
	status, url      string
	parent           database.ID
	attachments      string
	edited           time.Time
	likes, boosts    int
	quote, noIndex   bool
}

// say stores a reply as the inbox would, and returns its id.
func (w *world) say(c comment) database.ID {
	w.t.Helper()
	w.said++
	by := or(c.by, "ada")
	at := noon.Add(time.Duration(w.said) * time.Minute)
	id := database.NewID(at)
	actor := w.meet(by, or(c.name, strings.ToUpper(by[:1])+by[1:]), or(c.handle, "@"+by+"@pasture.example"))
	uri := fmt.Sprintf("https://pasture.example/notes/%d", w.said)
	root, rootAt, sortAt := id, database.Millis(at), database.Millis(at)
	if c.parent != 0 {
		var above int64
		err := w.db.QueryRow(w.t.Context(), "SELECT root_id, root_at, sort_at FROM replies WHERE id = ?", c.parent).Scan(&root, &rootAt, &above)
		if err != nil {
			w.t.Fatal(err)
		}
		sortAt = max(sortAt, above+1)
	}
	w.exec(`
INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, url_hash, author_id, html, cw, language, attachments,
	visibility, status, published_at, edited_at, received_at, approved_at, content_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'public', ?, ?, ?, ?, 0, ?)`,
		id, w.blog.ID, w.post.ID, c.parent, root, rootAt, sortAt, database.Hash(uri), uri, or(c.url, fmt.Sprintf("https://pasture.example/@%s/%d", by, w.said)), database.Hash(uri), actor,
		or(c.html, "<p>Nice.</p>"), c.cw, c.lang, or(c.attachments, "[]"), or(c.status, thread.Shown), database.Millis(at), database.Millis(c.edited), database.Millis(at),
		database.Hash(c.html))
	for n := range c.likes + c.boosts {
		kind := "like"
		if n >= c.likes {
			kind = "boost"
		}
		w.exec(`
INSERT INTO reactions (target_hash, actor_id, kind, blog_id, post_id, reply_id, emoji, activity_hash, created_at)
VALUES (?, ?, ?, ?, ?, ?, '', ?, 0)`, database.Hash(uri), n+1, kind, w.blog.ID, w.post.ID, id, database.Hash(uri, fmt.Sprint(n)))
	}
	if c.noIndex {
		w.exec("UPDATE remote_actors SET no_index = 1 WHERE id = ?", actor)
	}
	switch {
	case c.quote:
		w.exec("UPDATE replies SET kind = 'quote' WHERE id = ?", id)
		w.count(0, 0, 0)
		w.exec("UPDATE threads SET quotes = quotes + 1 WHERE post_id = ?", w.post.ID)
	case or(c.status, thread.Shown) == thread.Shown:
		w.count(1, 0, 0)
	}
	return id
}

// meet stores a remote actor, once.
func (w *world) meet(by, name, handle string) database.ID {
	uri := "https://pasture.example/users/" + by
	var id database.ID
	err := w.db.QueryRow(w.t.Context(), "SELECT id FROM remote_actors WHERE uri_hash = ?", database.Hash(uri)).Scan(&id)
	if err == nil {
		return id
	}
	id = database.NewID(noon)
	w.exec(`
INSERT INTO remote_actors (id, uri_hash, uri, host, type, username, handle, name, url, avatar_url, inbox, shared_inbox, followers_uri, fetched_at, gone_at)
VALUES (?, ?, ?, 'pasture.example', 'Person', ?, ?, ?, ?, 'https://tracker.example/face.jpg', '', '', '', 0, 0)`,
		id, database.Hash(uri), uri, by, handle, name, "https://pasture.example/@"+by)
	return id
}

// count makes the thread a version newer.
func (w *world) count(shown, likes, boosts int) {
	w.t.Helper()
	rows := w.exec(`
UPDATE threads
SET version = version + 1, replies = replies + ?, likes = likes + ?, boosts = boosts + ?
WHERE post_id = ?`, shown, likes, boosts, w.post.ID)
	if rows == 0 {
		w.exec("INSERT INTO threads (post_id, version, replies, likes, boosts, changed_at) VALUES (?, 1, ?, ?, ?, ?)", w.post.ID, shown, likes, boosts, database.Millis(noon))
	}
}

// set changes the state of a reply as a moderator or its author would.
func (w *world) set(id database.ID, status string) {
	w.t.Helper()
	w.exec("UPDATE replies SET status = ? WHERE id = ?", status, id)
	w.count(map[bool]int{true: 1, false: -1}[status == thread.Shown], 0, 0)
}

func (w *world) exec(query string, args ...any) int64 {
	w.t.Helper()
	rows, err := w.db.Exec(context.WithoutCancel(w.t.Context()), query, args...)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return rows
}

// get asks Bloghorn; redirects are answers.
func (w *world) get(path string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	return w.do("GET", path, "", headers...)
}

func (w *world) do(method, path, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.here.URL+"/fedi"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer, string(text)
}

// at is a path with the page of the first post in its query, and more parameters.
func (w *world) at(path string, more ...string) string {
	query := url.Values{"url": {w.page}}
	for n := 0; n < len(more); n += 2 {
		query.Set(more[n], more[n+1])
	}
	return path + "?" + query.Encode()
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
