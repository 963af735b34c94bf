package cli

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// sequence is a blog whose feed goes through states, and a follower elsewhere who counts what
// arrives. It lives in a bubble of testing/synctest, where days pass in milliseconds; the whole
// program is ours, the network is a function call.
type sequence struct {
	*app.App
	t    *testing.T
	blog feeds.Blog
	sent int // so many posts were published

	mu     sync.Mutex
	site   blogSite
	answer func(w http.ResponseWriter, r *http.Request) // in place of the feed, where set
	gone   map[string]int                               // pages that answer something else than 200
	got    map[string]map[string]int                    // by type of activity, id: how often it came
	saved  bool
}

// blogSite is what the feed says.
type blogSite struct {
	Title, Home, Language string
	Items                 []seqItem
}

type seqItem struct {
	GUID, Link, Title, Body string
	Date                    time.Time
}

const (
	seqFeed  = "https://tea.test/feed.xml"
	seqHome  = "https://tea.test"
	seqDelay = 2 * time.Minute
	seqEvery = 10 * time.Minute
)

// story runs a test in a bubble with a blog that had five posts before it was added, and has announced three since.
func story(t *testing.T, tell func(t *testing.T, s *sequence)) {
	t.Helper()
	url := databasetest.SQLiteURL(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSequence(t, url)
		defer s.close()
		for range 3 {
			s.publish()
			s.days(1)
		}
		s.expect(3, 0, 0)
		tell(t, s)
	})
}

func newSequence(t *testing.T, databaseURL string) *sequence {
	t.Helper()
	s := &sequence{t: t, gone: map[string]int{}, got: map[string]map[string]int{}}
	s.site = blogSite{Title: "Tea & Time", Home: seqHome, Language: "en"}
	for i := range 5 {
		s.site.Items = append(s.site.Items, s.post(-i, time.Now().Add(-time.Duration(i+10)*24*time.Hour)))
	}
	settings := testSettings(t, databaseURL, "127.0.0.1:8484", "tea.test:443")
	settings.PublicURL = "https://bloghorn.test"
	settings.Feed.PollInterval, settings.Feed.PublishDelay = config.Duration(seqEvery), config.Duration(seqDelay)
	settings.Feed.UpdateInterval = config.Duration(time.Hour)
	var err error
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	if s.App, err = app.New(t.Context(), settings, log, app.Outside{Transport: s, NewKey: fediversetest.NewKey, AnswerIn: time.Minute}); err != nil {
		t.Fatal(err)
	}
	s.App.Poller.WakeNext = func() { s.saved = true }
	if s.blog, _, err = addBlog(t.Context(), s.App, blogAddCommand{Address: seqFeed, Handle: "tea"}); err != nil {
		t.Fatal(err)
	}
	if err := s.DB.InTx(t.Context(), func(tx *database.Tx) error {
		return insertFollower(t.Context(), tx, s.blog.ID, 1, "https://pasture.test/users/ada", "https://pasture.test/inbox")
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// RoundTrip is the world: the feed, the blog's pages, and the follower's inbox.
func (s *sequence) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch address := r.URL.String(); {
	case address == seqFeed && s.answer != nil:
		s.answer(w, r)
	case address == seqFeed:
		w.Header().Set("Content-Type", "application/rss+xml")
		io.WriteString(w, s.site.xml())
	case r.Method == http.MethodPost:
		s.receive(w, r)
	case r.URL.Path == "/robots.txt":
		w.WriteHeader(http.StatusNotFound)
	case s.gone[address] != 0:
		w.WriteHeader(s.gone[address])
	default:
		io.WriteString(w, "<!doctype html><title>A page</title>")
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

func (s *sequence) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var activity struct{ ID, Type string }
	if err == nil {
		err = json.Unmarshal(body, &activity)
	}
	if err != nil {
		s.t.Errorf("the follower got %q: %v", body, err)
	}
	if s.got[activity.Type] == nil {
		s.got[activity.Type] = map[string]int{}
	}
	s.got[activity.Type][activity.ID]++
	w.WriteHeader(http.StatusAccepted)
}

func (b blogSite) xml() string {
	var out strings.Builder
	fmt.Fprintf(&out, `<?xml version="1.0"?><rss version="2.0"><channel><title>%s</title><link>%s/</link><description>d</description><language>%s</language>`,
		escapeXML(b.Title), b.Home, b.Language)
	for _, it := range b.Items {
		fmt.Fprintf(&out, `<item><guid>%s</guid><link>%s</link><title>%s</title>`, escapeXML(it.GUID), escapeXML(it.Link), escapeXML(it.Title))
		fmt.Fprintf(&out, `<pubDate>%s</pubDate><description>%s</description></item>`, it.Date.UTC().Format(time.RFC1123Z), escapeXML(it.Body))
	}
	return out.String() + "</channel></rss>"
}

func escapeXML(s string) string {
	var out strings.Builder
	xml.EscapeText(&out, []byte(s))
	return out.String()
}

// post is a post like no other one.
func (s *sequence) post(n int, at time.Time) seqItem {
	words := strings.Fields("leaf kettle steam copper morning window letter garden river stone amber copper smoke paper basket silver winter orchard")
	var body strings.Builder
	for i := range 40 {
		fmt.Fprintf(&body, "%s%d ", words[(i*7+n*5+len(words)*1000)%len(words)], (i*n)%11)
	}
	link := fmt.Sprintf("%s/%d/", seqHome, n+100)
	return seqItem{GUID: link, Link: link, Title: fmt.Sprintf("Cup number %d", n+100), Body: "<p>" + body.String() + "</p>", Date: at}
}

// publish adds a post to the feed, which lists ten.
func (s *sequence) publish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	s.site.Items = slices.Insert(s.site.Items, 0, s.post(s.sent, time.Now()))
	s.site.Items = s.site.Items[:min(len(s.site.Items), 10)]
}

// edit changes the feed.
func (s *sequence) edit(change func(*blogSite)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.site.Items = slices.Clone(s.site.Items)
	change(&s.site)
}

// each changes every item of the feed.
func (s *sequence) each(change func(i int, it *seqItem)) {
	s.edit(func(site *blogSite) {
		for i := range site.Items {
			change(i, &site.Items[i])
		}
	})
}

// polls lets the feed be polled n times, and what it brings go out.
func (s *sequence) polls(n int) {
	s.t.Helper()
	for range n {
		time.Sleep(seqEvery)
		s.App.Poller.Poll(s.t.Context(), s.blog.ID) // it may fail, that is often the point
		if s.saved {
			s.saved = false
			s.settle(seqDelay + time.Minute)
		}
	}
}

// days lets days pass, with a poll every six hours and the loops at work for a while after each.
func (s *sequence) days(n int) {
	s.t.Helper()
	for range 4 * n {
		time.Sleep(6*time.Hour - seqDelay - time.Minute)
		s.App.Poller.Poll(s.t.Context(), s.blog.ID)
		if !s.saved {
			s.settle(5 * time.Second) // whatever else may be due
			continue
		}
		s.saved = false
		s.settle(seqDelay + time.Minute)
	}
}

// settle runs the program's loops for a while.
func (s *sequence) settle(d time.Duration) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), d)
	defer stop()
	if err := s.App.Run(ctx); err != nil {
		s.t.Error(err)
	}
}

func (s *sequence) close() {
	if err := s.App.Close(); err != nil {
		s.t.Error(err)
	}
}

// expect counts the ids of what the follower got.
func (s *sequence) expect(creates, updates, deletes int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, u, d := len(s.got["Create"]), len(s.got["Update"]), len(s.got["Delete"]); c != creates || u != updates || d != deletes {
		s.t.Errorf("the follower got %d Create, %d Update, %d Delete; want %d, %d, %d", c, u, d, creates, updates, deletes)
	}
}

// held are the titles that wait for the owner.
func (s *sequence) held() (titles []string) {
	s.t.Helper()
	posts, err := feeds.HeldPosts(s.t.Context(), s.DB, s.blog.ID, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range posts {
		titles = append(titles, p.Title)
	}
	return titles
}

// ask asks our own pages, as a server that wants ActivityPub.
func (s *sequence) ask(path string) (int, string) {
	s.t.Helper()
	r := httptest.NewRequest("GET", "https://bloghorn.test"+path, nil)
	r.Header.Set("Accept", activityJSON)
	answer := httptest.NewRecorder()
	s.App.Handler().ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}
