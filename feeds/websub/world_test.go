package websub_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	feedURL = "https://tea.example/feed.xml"
	hubURL  = "https://hub.example/"
	base    = "https://fedi.example"
)

// world is a blog, its feed and a hub, in a bubble with a clock of its own.
type world struct {
	t      testing.TB
	db     *database.DB
	blog   feeds.Blog
	hubs   *websub.Subscriber
	poller *feeds.Poller
	routes http.Handler
	woken  int

	mu       sync.Mutex
	feed     string
	requests []url.Values // what the hub was asked
	answer   func(form url.Values) (status int, body string)
}

// inBubble runs a test on SQLite with a blog whose feed names the hub. The hub accepts, and confirms at once.
func inBubble(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)))
		test(newWorld(t, databasetest.Open(t)))
	})
}

func newWorld(t testing.TB, db *database.DB) *world {
	t.Helper()
	w := &world{t: t, db: db}
	w.answer = w.confirms("864000")
	w.names(hubURL)
	client := safehttp.New(safehttp.Options{Transport: w})
	log := slog.New(slog.DiscardHandler)
	w.poller = &feeds.Poller{DB: w.db, Client: client, Log: log, Now: time.Now, Interval: 10 * time.Minute}
	w.hubs = &websub.Subscriber{DB: w.db, Client: client, Log: log, Now: time.Now, WakeNext: func() { w.woken++ }}
	r := mux.NewRouter()
	r.Handle("/websub/{token}", web.HandlerFunc(w.hubs.Verify)).Methods("GET")
	r.Handle("/websub/{token}", web.HandlerFunc(w.hubs.Push)).Methods("POST")
	w.routes = r
	found, err := fetch.Discover(t.Context(), client, feedURL)
	if err != nil {
		t.Fatal(err)
	}
	if w.blog, err = feeds.Add(t.Context(), w.db, feeds.NewBlog{Found: found, BaseURL: base, Username: "tea"}, time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// names makes the feed name a hub, or none.
func (w *world) names(hub string) {
	links := `<link rel="self" href="https://tea.example/feed.xml"/>`
	if hub != "" {
		links += `<link rel="hub" href="` + hub + `"/>`
	}
	w.feed = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Tea</title>` + links + `</feed>`
}

// RoundTrip is the internet: the feed, also with a query, and hubs at every other address.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if strings.HasPrefix(r.URL.String(), feedURL) {
		io.WriteString(rec, w.feed)
		return rec.Result(), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		w.t.Errorf("the hub cannot read %q: %v", body, err)
	}
	form.Set("hub", r.URL.String())
	w.mu.Lock()
	w.requests = append(w.requests, form)
	w.mu.Unlock()
	status, text := w.answer(form)
	rec.WriteHeader(status)
	io.WriteString(rec, text)
	return rec.Result(), nil
}

// confirms is a hub that asks back before it answers.
func (w *world) confirms(lease string) func(form url.Values) (int, string) {
	return func(form url.Values) (int, string) {
		if status, body := w.verify(form, form.Get("hub.mode"), form.Get("hub.topic"), lease); status != 200 || body != "chal&<lenge>" {
			w.t.Errorf("the hub was answered %d %q", status, body)
		}
		return http.StatusAccepted, ""
	}
}

func accepts(url.Values) (int, string) { return http.StatusAccepted, "" }

// verify asks a callback what hubs ask.
func (w *world) verify(form url.Values, mode, topic, lease string) (int, string) {
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"chal&<lenge>"}, "hub.lease_seconds": {lease}}
	return w.ask(httptest.NewRequest("GET", form.Get("hub.callback")+"?"+q.Encode(), nil))
}

func (w *world) ask(r *http.Request) (int, string) {
	rec := httptest.NewRecorder()
	w.routes.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

var hashes = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

func sign(name, secret, body string) string {
	mac := hmac.New(hashes[name], []byte(secret))
	io.WriteString(mac, body)
	return name + "=" + hex.EncodeToString(mac.Sum(nil))
}

// push delivers what a hub delivers and returns the status.
func (w *world) push(form url.Values, body, signature string) int {
	r := httptest.NewRequest("POST", form.Get("hub.callback"), strings.NewReader(body))
	if signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	status, _ := w.ask(r)
	return status
}

// run lets the subscriber work for a while.
func (w *world) run(d time.Duration) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), d)
	defer stop()
	if err := w.hubs.Run(ctx); err != nil {
		w.t.Error(err)
	}
}

// runUntil lets the subscriber work until the subscriptions stand like that and no request is under way, whose lease would be left behind.
// It is for worlds outside a bubble.
func (w *world) runUntil(states string) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	done := make(chan error)
	go func() { done <- w.hubs.Run(ctx) }()
	costtest.Until(w.t, states, func() bool {
		isLeased := func(s websub.Subscription) bool { return !s.LeaseUntil.IsZero() }
		return w.states() == states && !slices.ContainsFunc(w.all(), isLeased)
	})
	stop()
	if err := <-done; err != nil {
		w.t.Error(err)
	}
}

// runAt sleeps until the subscription is due, and lets the subscriber work.
func (w *world) runAt() {
	w.t.Helper()
	time.Sleep(time.Until(w.only().NextAt))
	w.run(2 * time.Second)
}

func (w *world) poll() {
	w.t.Helper()
	if err := w.poller.Poll(w.t.Context(), w.blog.ID); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) record() feeds.Poll {
	w.t.Helper()
	p, err := feeds.PollOf(w.t.Context(), w.db, w.blog.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) all() []websub.Subscription {
	w.t.Helper()
	all, err := websub.Of(w.t.Context(), w.db, w.blog.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// only is the one subscription there is.
func (w *world) only() websub.Subscription {
	w.t.Helper()
	all := w.all()
	if len(all) != 1 {
		w.t.Fatalf("%d subscriptions, want one: %+v", len(all), all)
	}
	return all[0]
}

// asked is what the hub was asked last, and how often it was asked in all.
func (w *world) asked() (last url.Values, n int) {
	w.t.Helper()
	if len(w.requests) == 0 {
		w.t.Fatal("no hub was asked")
	}
	return w.requests[len(w.requests)-1], len(w.requests)
}

func (w *world) states() string {
	var all []string
	for _, s := range w.all() {
		all = append(all, fmt.Sprint(s.Hub.URL, " ", s.State))
	}
	return strings.Join(all, ", ")
}
