package replies_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/crawl"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const (
	host   = "fedi.blog.example"
	base   = "https://" + host
	shared = base + "/inbox"
	site   = "https://blog.example/"
	feed   = `<rss version="2.0"><channel><title>Tea</title><link>` + site + `</link><description>Slow things.</description>` +
		`<item><title>On tea</title><link>` + site + `tea</link><guid isPermaLink="false">tea</guid>` +
		`<description>Four minutes.</description></item>` +
		`<item><title>On milk</title><link>` + site + `milk</link><guid isPermaLink="false">milk</guid>` +
		`<description>Never.</description></item>` +
		`</channel></rss>`
)

var (
	start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
)

// someKey is one key for all actors of all tests, since a key takes long to make.
var someKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, _ := fediversetest.NewKey()
	return key
})

// The options most used, by shorter names.
var with, onActivity, to = fediversetest.With, fediversetest.OnActivity, fediversetest.At

// world is a blog with two posts, its inbox, and the fediverse around them. Its clock stands still
// until the test moves it.
type world struct {
	t       testing.TB
	db      *database.DB
	fedi    *fediversetest.Fediverse
	net     http.RoundTripper // what our server reaches the fediverse through
	inbox   *inbox.Inbox
	worker  *crawl.Worker
	blog    feeds.Blog
	tea     feeds.Post
	milk    feeds.Post
	teaID   string // as others know it
	handler http.Handler

	mu  sync.Mutex
	now time.Time
}

// each runs a story on both databases, with unknown people shown at once, and checks at its end
// that all counts are right.
func each(t *testing.T, story func(t *testing.T, w *world)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		story(t, w)
		w.checkCounts()
		w.checkPlaces()
	})
}

// onSQLite is each for stories whose outcome the database has no part in.
func onSQLite(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	w := newWorld(t, databasetest.Open(t))
	story(t, w)
	w.checkCounts()
	w.checkPlaces()
}

// onStrictest is each for stories that send very many inputs.
func onStrictest(t *testing.T, story func(t *testing.T, w *world)) {
	t.Helper()
	w := newWorld(t, databasetest.OpenStrictest(t))
	story(t, w)
	w.checkCounts()
	w.checkPlaces()
}

func newWorld(t testing.TB, db *database.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, fedi: fediversetest.New(t), now: start}
	w.fedi.Now, w.net = w.clock, w.fedi
	keys := keyring.New(db, []byte("0123456789abcdef0123456789abcdef"), w.clock)
	keys.Generate = fediversetest.NewKey
	w.must(keys.Store(t.Context(), db, ids.InstanceActor(base), someKey()))
	client := safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: w.fedi})
	w.restart()
	w.fedi.Handle(site+"feed.xml", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, feed)
	}))
	w.blog = w.addBlog(client, keys, "tea")
	posts, err := feeds.NewestPosts(t.Context(), db, w.blog.ID, nil, 2)
	w.must(err)
	for _, p := range posts {
		if p.GUID == "tea" {
			w.tea = p
		} else {
			w.milk = p
		}
	}
	w.teaID = ids.PostID(w.blog, w.tea.ID)
	return w
}

// restart makes our server anew: it remembers what is in the database.
func (w *world) restart() {
	w.t.Helper()
	keys := keyring.New(w.db, []byte("0123456789abcdef0123456789abcdef"), w.clock)
	keys.Generate = fediversetest.NewKey
	client := safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: w.net})
	remotes := &remote.Directory{DB: w.db, Client: client, Keys: keys, PublicURL: base, Log: quiet, Now: w.clock}
	remotes.Changed = moderation.ReviewAuthor
	w.inbox = &inbox.Inbox{
		DB: w.db, Verify: signature.Verifier{Keys: remotes.Key, Now: w.clock}, Remotes: remotes, PublicURL: base, Rules: moderation.Rules{UnknownShow: true},
		Log: quiet, Now: w.clock, MeetTimeout: time.Minute, // a busy machine may need longer than a second
	}
	w.worker = &crawl.Worker{Inbox: w.inbox}
	handlers := &publisher.Handlers{DB: w.db, Keys: keys, PublicURL: base, Now: w.clock}
	w.handler = route(w.inbox, handlers, &publisher.Sites{DB: w.db, PublicURL: base, Log: quiet})
	w.fedi.Mount(host, w.handler)
}

func (w *world) addBlog(client *safehttp.Client, keys *keyring.Keys, name string) feeds.Blog {
	w.t.Helper()
	found, err := fetch.Discover(w.t.Context(), client, site+"feed.xml")
	w.must(err)
	blog := feeds.NewBlog{Found: found, BaseURL: base, FromPublicURL: true, Username: name, HandleHost: "blog.example"}
	b, err := feeds.Add(w.t.Context(), w.db, blog, start.Add(-time.Hour), func(ctx context.Context, tx *database.Tx, b feeds.Blog) error {
		return keys.Store(ctx, tx, b.ActorID(), someKey())
	})
	w.must(err)
	return b
}

// route is the part of the server's routes that matters here.
func route(in *inbox.Inbox, h *publisher.Handlers, sites *publisher.Sites) http.Handler {
	r := mux.NewRouter().SkipClean(true)
	c, d := thread.Collections{DB: in.DB}, moderation.Documents{DB: in.DB}
	for path, handler := range map[string]web.HandlerFunc{
		"/actor": h.InstanceActor, "/blogs/{handle}": h.Actor, "/posts/{id}": h.Post, "/posts/{id}/replies": c.Replies,
		"/posts/{id}/likes": c.Likes, "/posts/{id}/shares": c.Shares, "/posts/{id}/context": c.Context, "/quotes/{id}": d.Quote, "/notes/{id}": d.Note,
	} {
		r.Handle(path, handler).Methods("GET", "HEAD")
	}
	r.Handle("/blogs/{handle}/inbox", web.HandlerFunc(in.ServeBlog)).Methods("POST")
	r.Handle("/inbox", web.HandlerFunc(in.ServeShared)).Methods("POST")
	return web.Middleware(quiet)(sites.Middleware(r))
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// accepted fails the test unless the last thing was answered 202.
func (w *world) accepted(sent *fediversetest.Sent) *fediversetest.Sent {
	w.t.Helper()
	return w.answered(sent, http.StatusAccepted)
}

func (w *world) answered(sent *fediversetest.Sent, status int) *fediversetest.Sent {
	w.t.Helper()
	if sent.Err != nil || sent.Status != status {
		w.t.Fatalf("%s answered %d %q (%v), want %d", sent.Activity.Type(), sent.Status, sent.Answer, sent.Err, status)
	}
	return sent
}

// work runs the loop of the inbox until nothing is due any more.
func (w *world) work() {
	w.t.Helper()
	w.runUntil("the journal is worked off", func() bool {
		return w.count("SELECT COUNT(*) FROM received WHERE state = 'queued' AND next_attempt_at <= ?", w.clock().UnixMilli()) == 0
	})
}

func (w *world) runUntil(what string, condition func() bool) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.worker.Run(ctx) }()
	w.fedi.WaitFor(what, condition)
	stop()
	w.must(<-done)
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	w.must(w.db.QueryRow(w.t.Context(), query, args...).Scan(&n))
	return n
}

func (w *world) thread() thread.Thread {
	w.t.Helper()
	return w.page(thread.Cursor{})
}

func (w *world) page(from thread.Cursor) thread.Thread {
	w.t.Helper()
	thread, err := thread.ReadThread(w.t.Context(), w.db, []feeds.Copy{{Post: w.tea, Blog: w.blog}}, from)
	w.must(err)
	return thread
}

// lines draws the thread: one line per item, indented by its depth, with what a reader sees.
func (w *world) lines() string {
	w.t.Helper()
	depth := map[database.ID]int{0: -1}
	var b strings.Builder
	for _, i := range w.thread().Items {
		d, ok := depth[i.ParentID]
		if !ok {
			w.t.Errorf("item %s stands before its parent", i.ID)
		}
		depth[i.ID] = d + 1
		b.WriteString(strings.Repeat("  ", d+1))
		if i.Placeholder {
			b.WriteString("…\n")
			continue
		}
		fmt.Fprintf(&b, "%s: %s", i.Author.Username, i.HTML)
		if i.Likes+i.Boosts > 0 {
			fmt.Fprintf(&b, " [%d likes, %d boosts]", i.Likes, i.Boosts)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (w *world) expect(lines ...string) {
	w.t.Helper()
	want := strings.Join(append(lines, ""), "\n")
	if got := w.lines(); got != want {
		w.t.Errorf("the thread is\n%swant\n%s", got, want)
	}
}

func (w *world) expectCounts(want thread.Counts) {
	w.t.Helper()
	if got := w.thread().Counts; got != want {
		w.t.Errorf("counts %+v, want %+v", got, want)
	}
}

// browse asks our server as people do.
func (w *world) browse(url string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", url, nil)
	r.Header.Set("Accept", "text/html")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// get asks our server for an ActivityPub document.
func (w *world) get(url string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", url, nil)
	r.Header.Set("Accept", "application/activity+json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

func (w *world) document(url string) activitypub.Object {
	w.t.Helper()
	answer := w.get(url)
	if answer.Code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", url, answer.Code, answer.Body)
	}
	o, err := activitypub.Parse(answer.Body.Bytes())
	w.must(err)
	return o
}

// people are n persons on ten servers, each of whom has been here before.
func (w *world) people(n int) []*fediversetest.Person {
	w.t.Helper()
	all := make([]*fediversetest.Person, n)
	for i := range all {
		all[i] = w.fedi.Person(fmt.Sprint("person", i), fmt.Sprintf("server%d.example", i%10))
		w.accepted(all[i].Like(w.teaID))
	}
	return all
}
