package admin_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	host    = "fedi.blog.example"
	base    = "https://" + host
	site    = "https://blog.example/"
	hostile = `<script>alert("x")</script>&amp;`
	// hostileText becomes hostile where tags are taken away and entities decoded, as in names.
	hostileText = `&lt;script&gt;alert("x")&lt;/script&gt;&amp;amp;`
)

var (
	start = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)

	// someKey is one key for all actors, since a key takes long to make.
	someKey = sync.OnceValue(func() *rsa.PrivateKey {
		key, _ := fediversetest.NewKey()
		return key
	})
)

// fixture is a Bloghorn with one blog on which everything an owner should see has happened: a reply of a stranger waits, the feed does not
// answer any more, and a follower's server does not take what it is sent.
type fixture struct {
	t     *testing.T
	db    *database.DB
	fedi  *fediversetest.Fediverse
	keys  *keyring.Keys
	blog  feeds.Blog
	post  feeds.Post
	reply database.ID

	feedIsDown atomic.Bool
	feedIsGone atomic.Bool
	mu         sync.Mutex
	title      string // of the feed
	brought    []item
	first      item // the last of the feed
}

// item is one more post in the feed.
type item struct{ slug, title, text string }

const leaf = "Four minutes for a black leaf, three for a green one, " +
	"and never water that boils over the young leaves of the first flush in spring."

func newFixture(t *testing.T, db *database.DB) *fixture {
	t.Helper()
	f := &fixture{t: t, db: db, fedi: fediversetest.New(t), title: "Tea", first: item{"leaf", "Leaf " + hostileText, leaf}}
	f.fedi.Now = now
	f.keys = keyring.New(db, []byte("0123456789abcdef0123456789abcdef"), now)
	f.keys.Generate = fediversetest.NewKey
	f.must(f.keys.Store(t.Context(), db, ids.InstanceActor(base), someKey()))
	f.fedi.Handle(site+"feed.xml", http.HandlerFunc(f.feed))
	f.addBlog()
	f.mountInbox()
	f.letStrangerReply()
	f.letDeliveryFail()
	f.letPollFail()
	return f
}

func now() time.Time { return start }

func (f *fixture) client() *safehttp.Client {
	return safehttp.New(safehttp.Options{UserAgent: "test", Transport: f.fedi})
}

func (f *fixture) feed(w http.ResponseWriter, _ *http.Request) {
	if f.feedIsDown.Load() && !f.feedIsGone.Load() {
		http.Error(w, hostile, http.StatusServiceUnavailable)
		return
	}
	if f.feedIsGone.Load() {
		w.WriteHeader(http.StatusGone)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>%s</title><link>%s</link><description>x</description>`, f.title, site)
	for _, it := range append(f.brought, f.first) {
		fmt.Fprintf(w, `<item><title>%s</title><link>%s%s</link><guid>%s</guid><description>%s</description></item>`,
			html.EscapeString(it.title), site, it.slug, it.slug, html.EscapeString(it.text))
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// bring lets the feed list posts beside those that it has, and reads it. The guard holds more than three at once.
func (f *fixture) bring(items ...item) {
	f.t.Helper()
	f.feedIsDown.Store(false)
	f.mu.Lock()
	f.brought = append(items, f.brought...)
	f.mu.Unlock()
	f.must(f.poller().Poll(f.t.Context(), f.blog.ID))
}

// bringDoubt lets the feed have the first post under another guid, address and title.
func (f *fixture) bringDoubt() {
	f.t.Helper()
	f.mu.Lock()
	f.first = item{"else", "Another name", leaf}
	f.mu.Unlock()
	f.bring()
}

// bringMany brings n posts at once.
func (f *fixture) bringMany(n int) {
	f.t.Helper()
	var items []item
	for i := range n {
		items = append(items, item{fmt.Sprint("cup-", i), fmt.Sprintf("Cup number %d", i), fmt.Sprintf("The %d words of cup %d.", i*7, i)})
	}
	f.bring(items...)
}

// held are the posts that wait, the one that is decided first in front.
func (f *fixture) held() []feeds.Post {
	f.t.Helper()
	posts, err := feeds.HeldPosts(f.t.Context(), f.db, 0, 1000)
	f.must(err)
	return posts
}

func (f *fixture) poller() *feeds.Poller {
	return &feeds.Poller{DB: f.db, Client: f.client(), Log: quiet, Now: now, Interval: 10 * time.Minute, MaxAge: 7 * 24 * time.Hour}
}

func (f *fixture) addBlog() {
	f.t.Helper()
	found, err := fetch.Discover(f.t.Context(), f.client(), site+"feed.xml")
	f.must(err)
	n := feeds.NewBlog{Found: found, BaseURL: base, FromPublicURL: true, Username: "tea", HandleHost: "blog.example"}
	f.blog, err = feeds.Add(f.t.Context(), f.db, n, start, func(ctx context.Context, tx *database.Tx, b feeds.Blog) error {
		return f.keys.Store(ctx, tx, b.ActorID(), someKey())
	})
	f.must(err)
	f.post, err = feeds.PostByURL(f.t.Context(), f.db, site+"leaf")
	f.must(err)
}

// mountInbox makes the part of Bloghorn that other servers need.
func (f *fixture) mountInbox() {
	remotes := &remote.Directory{DB: f.db, Client: f.client(), Keys: f.keys, PublicURL: base, Log: quiet, Now: now}
	verifier := signature.Verifier{Keys: remotes.Key, Now: now}
	in := &inbox.Inbox{DB: f.db, Verify: verifier, Remotes: remotes, PublicURL: base, Log: quiet, Now: now, MeetTimeout: time.Minute}
	h := &publisher.Handlers{DB: f.db, Keys: f.keys, PublicURL: base, Now: now}
	r := mux.NewRouter()
	for path, handler := range map[string]web.HandlerFunc{
		"/actor": h.InstanceActor, "/blogs/{handle}": h.Actor, "/posts/{id}": h.Post, "/blogs/{handle}/inbox": in.ServeBlog,
	} {
		r.Handle(path, handler)
	}
	f.fedi.Mount(host, (&publisher.Sites{DB: f.db, PublicURL: base, Log: quiet}).Middleware(r))
}

func (f *fixture) letStrangerReply() {
	f.t.Helper()
	eve := f.fedi.Person("eve", "far.example", fediversetest.Profile("name", hostileText),
		fediversetest.Profile("url", "javascript:alert(1)"))
	f.accepted(eve.Reply(ids.PostID(f.blog, f.post.ID), `<p onclick="x()">A fine leaf</p><script>alert(3)</script>`,
		fediversetest.At(ids.ActorInbox(f.blog)), fediversetest.With("summary", hostileText),
		fediversetest.With("url", "javascript:alert(2)")))
	held, err := moderation.List(f.t.Context(), f.db, thread.Held, 0, 0, 10)
	f.must(err)
	if len(held) != 1 {
		f.t.Fatalf("%d replies are held", len(held))
	}
	f.reply = held[0].ID
}

// letDeliveryFail has somebody follow whose server cannot be reached when the Accept is sent.
func (f *fixture) letDeliveryFail() {
	f.t.Helper()
	bob := f.fedi.Person("bob", "slow.example")
	f.accepted(bob.Follow(f.blog.ActorID()))
	f.fedi.Fail("slow.example", fediversetest.Fault{Err: errors.New("bad gateway " + hostile)})
	ctx, stop := context.WithCancel(f.t.Context())
	worker := delivery.Worker{DB: f.db, Client: f.client(), Keys: f.keys.Signer, Log: quiet, Now: now}
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	f.fedi.WaitFor("the delivery to fail", func() bool {
		failing, err := delivery.Failing(f.t.Context(), f.db, 1)
		f.must(err)
		return len(failing) == 1
	})
	stop()
	f.must(<-done)
}

func (f *fixture) letPollFail() {
	f.t.Helper()
	f.feedIsDown.Store(true)
	for range 2 {
		if err := f.poller().Poll(f.t.Context(), f.blog.ID); err == nil {
			f.t.Fatal("the feed was read though it is down")
		}
	}
}

func (f *fixture) accepted(sent *fediversetest.Sent) {
	f.t.Helper()
	if sent.Err != nil || sent.Status != http.StatusAccepted {
		f.t.Fatalf("%s answered %d %q (%v)", sent.Activity.Type(), sent.Status, sent.Answer, sent.Err)
	}
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// status is the state of the held reply.
func (f *fixture) status() (status string) {
	f.t.Helper()
	f.must(f.db.QueryRow(f.t.Context(), `SELECT status FROM replies WHERE id = ?`, f.reply).Scan(&status))
	return status
}

// shown is how many replies a reader of the blog sees.
func (f *fixture) shown() int {
	f.t.Helper()
	thread, err := thread.ReadThread(f.t.Context(), f.db, []feeds.Copy{{Post: f.post, Blog: f.blog}}, thread.Cursor{})
	f.must(err)
	return len(thread.Items)
}
