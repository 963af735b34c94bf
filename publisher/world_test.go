package publisher_test

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/json"
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
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const (
	base   = "https://fedi.blog.example"
	site   = "https://blog.example/"
	asJSON = "application/activity+json"
)

var (
	start  = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789abcdef")
	quiet  = slog.New(slog.DiscardHandler)
)

// someKey is one key for all actors of all tests, since a key takes long to make.
var someKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, _ := fediversetest.NewKey()
	return key
})

// world is a blog, its publisher and the fediverse around them. Its clock stands still until the test moves it.
type world struct {
	t         *testing.T
	db        *database.DB
	fedi      *fediversetest.Fediverse
	keys      *keyring.Keys
	remotes   *remote.Directory
	announcer *publisher.Announcer
	poller    *feeds.Poller
	handlers  *publisher.Handlers
	server    http.Handler
	blog      feeds.Blog

	mu    sync.Mutex
	now   time.Time
	items []item
}

// item is a post in the blog's feed.
type item struct {
	Path, Title, Content string
	Author, Tag          string
	At                   time.Time
}

func newWorld(t *testing.T, db *database.DB, items ...item) *world {
	t.Helper()
	w := &world{t: t, db: db, fedi: fediversetest.New(t), now: start, items: items}
	w.fedi.Now = w.clock
	w.keys = keyring.New(db, secret, w.clock)
	w.keys.Generate = fediversetest.NewKey
	client := safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: w.fedi})
	w.remotes = &remote.Directory{DB: db, Client: client, Keys: w.keys, PublicURL: base, Log: quiet, Now: w.clock}
	w.announcer = &publisher.Announcer{DB: db, Log: quiet, Now: w.clock, UpdateInterval: time.Hour}
	w.poller = &feeds.Poller{DB: db, Client: client, Log: quiet, Now: w.clock, Interval: time.Minute, MaxAge: 7 * 24 * time.Hour}
	w.handlers = &publisher.Handlers{DB: db, Keys: w.keys, PublicURL: base, Now: w.clock, Version: "0.1.0"}
	w.server = route(w.handlers, &publisher.Sites{DB: db, PublicURL: base, Log: quiet})
	w.fedi.Mount("fedi.blog.example", w.server)
	w.fedi.Handle(site+"feed.xml", http.HandlerFunc(w.serveFeed))
	w.must(w.keys.Store(t.Context(), db, ids.InstanceActor(base), someKey()))
	w.blog = w.addBlog(feeds.NewBlog{BaseURL: base, FromPublicURL: true, Username: "tea", HandleHost: "blog.example"})
	return w
}

// addBlog adds a blog with the feed of the world.
func (w *world) addBlog(n feeds.NewBlog) feeds.Blog {
	w.t.Helper()
	found, err := fetch.Discover(w.t.Context(), w.poller.Client, site+"feed.xml")
	w.must(err)
	n.Found = found
	b, err := feeds.Add(w.t.Context(), w.db, n, w.clock(), func(ctx context.Context, tx *database.Tx, b feeds.Blog) error {
		return w.keys.Store(ctx, tx, b.ActorID(), someKey())
	})
	w.must(err)
	return b
}

// route is the part of the server's routes that is ours.
func route(h *publisher.Handlers, sites *publisher.Sites) http.Handler {
	r := mux.NewRouter().SkipClean(true)
	for path, handler := range map[string]web.HandlerFunc{
		"/actor": h.InstanceActor, "/blogs/{handle}": h.Actor, "/blogs/{handle}/outbox": h.Outbox,
		"/blogs/{handle}/followers": h.Followers,
		"/blogs/{handle}/following": h.Following, "/blogs/{handle}/featured": h.Featured, "/posts/{id}": h.Post,
		"/activities/{id}":        h.Activity,
		"/posts/{id}/create":      h.Create,
		"/posts/{id}/updates/{n}": h.Update, "/posts/{id}/delete": h.Delete, "/.well-known/webfinger": h.WebFinger,
		"/.well-known/host-meta": h.HostMeta, "/.well-known/nodeinfo": h.NodeInfoIndex, "/nodeinfo/{version}": h.NodeInfo,
	} {
		r.Handle(path, handler).Methods("GET", "HEAD")
	}
	r.NotFoundHandler = http.NotFoundHandler()
	return sites.Middleware(r)
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

// exec does to the database what no front door does, or not yet.
func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) serveFeed(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rw.Header().Set("Content-Type", "application/rss+xml")
	io.WriteString(rw, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tea &amp; time</title><link>`+site+`</link>`+
		`<description>Slow things.</description><language>en</language>`)
	for _, i := range w.items {
		fmt.Fprintf(rw, `<item><title>%s</title><link>%s%s</link><guid isPermaLink="false">%s</guid><pubDate>%s</pubDate>`+
			`<description><![CDATA[%s]]></description><dc:creator>%s</dc:creator><category>%s</category></item>`,
			i.Title, site, i.Path, i.Path, i.At.Format(time.RFC1123Z), i.Content, i.Author, i.Tag)
	}
	io.WriteString(rw, `</channel></rss>`)
}

// write puts a post into the feed, or changes it, and has the feed polled.
func (w *world) write(i item) {
	w.t.Helper()
	i.At = cmp.Or(i.At, w.clock())
	w.mu.Lock()
	kept := []item{i}
	for _, other := range w.items {
		if other.Path != i.Path {
			kept = append(kept, other)
		}
	}
	w.items = kept
	w.mu.Unlock()
	w.pass(2 * time.Minute)
	w.must(w.poller.Poll(w.t.Context(), w.blog.ID))
}

// announceAll does what the Announcer does in a moment.
func (w *world) announceAll(announcers ...*publisher.Announcer) {
	w.t.Helper()
	if len(announcers) == 0 {
		announcers = []*publisher.Announcer{w.announcer}
	}
	ctx, stop := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	for _, a := range announcers {
		running.Go(func() { a.Run(ctx) })
	}
	w.fedi.WaitFor("nothing to be due", func() bool {
		due, err := feeds.DuePosts(w.t.Context(), w.db, w.clock(), 1)
		return err == nil && len(due) == 0
	})
	stop()
	running.Wait()
}

// follow makes people followers of the blog.
func (w *world) follow(people ...*fediversetest.Person) {
	w.t.Helper()
	for _, p := range people {
		actor, err := w.remotes.Actor(w.t.Context(), p.ID)
		w.must(err)
		follow := activitypub.Object{"id": p.ID + "/follows/1", "type": "Follow", "actor": p.ID, "object": w.blog.ActorID()}
		w.must(w.db.InTx(w.t.Context(), func(tx *database.Tx) error {
			return followers.Follow(w.t.Context(), tx, w.blog, actor, follow, w.clock())
		}))
	}
}

// sent is an activity on its way, with the inboxes it goes to.
type sent struct {
	activitypub.Object
	Body    []byte
	Inboxes []string
}

// sent lists the activities of a kind, oldest first.
func (w *world) sent(kind string) []sent {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), `
		SELECT a.body, d.inbox
		FROM activities a
		JOIN deliveries d ON d.activity_id = a.id
		WHERE a.kind = ?
		ORDER BY a.id, d.inbox
		LIMIT 1000`, kind)
	w.must(err)
	defer rows.Close()
	var list []sent
	for rows.Next() {
		var body []byte
		var inbox string
		w.must(rows.Scan(&body, &inbox))
		if n := len(list); n == 0 || string(list[n-1].Body) != string(body) {
			doc, err := activitypub.Parse(body)
			w.must(err)
			list = append(list, sent{Object: doc, Body: body})
		}
		list[len(list)-1].Inboxes = append(list[len(list)-1].Inboxes, inbox)
	}
	w.must(rows.Err())
	return list
}

func (w *world) newest() feeds.Post {
	w.t.Helper()
	posts, err := feeds.NewestPosts(w.t.Context(), w.db, w.blog.ID, nil, 1)
	w.must(err)
	if len(posts) == 0 {
		w.t.Fatal("the blog has no post")
	}
	return posts[0]
}

// ask sends a request to our server.
func (w *world) ask(method, url, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	r.Header.Set("Accept", accept)
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

// document asks for an ActivityPub document, which must be there.
func (w *world) document(url string) activitypub.Object {
	w.t.Helper()
	answer := w.ask("GET", url, asJSON)
	if answer.Code != 200 || !strings.HasPrefix(answer.Header().Get("Content-Type"), asJSON) {
		w.t.Fatalf("GET %s: %d %s %s", url, answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	doc, err := activitypub.Parse(answer.Body.Bytes())
	w.must(err)
	return doc
}

func decode(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}
