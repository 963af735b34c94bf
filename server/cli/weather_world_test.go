package cli

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bloghorn/bloghorn/feeds"
	feedfetch "github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
)

// weather is a world of blogs with moods, and what Bloghorn tells of them. What counts as true is the world's own record, never ours.
type weather struct {
	*app.App
	t     *testing.T
	sites []*weatherSite
	hosts map[string]*weatherSite
	began time.Time

	mu sync.Mutex // of all sites
}

const (
	weatherEvery = 6 * time.Hour // the poll interval, so that 30 days end
	weatherStep  = 30 * time.Minute
	weatherLoops = 1500 * time.Millisecond // how long the loops run in each step
)

func newWeather(t *testing.T, databaseURL string, blogs []int) *weather {
	t.Helper()
	w := &weather{t: t, hosts: map[string]*weatherSite{}, began: time.Now()}
	settings := testSettings(t, databaseURL, "127.0.0.1:8484", "b0.test:443")
	settings.PublicURL = "https://bloghorn.test"
	settings.Feed.PollInterval, settings.Feed.PublishDelay = config.Duration(weatherEvery), config.Duration(2*time.Minute)
	settings.Feed.UpdateInterval = config.Duration(time.Hour)
	var err error
	if w.App, err = app.New(t.Context(), settings, slog.New(slog.DiscardHandler), app.Outside{Transport: w, NewKey: fediversetest.NewKey, AnswerIn: time.Minute}); err != nil {
		t.Fatal(err)
	}
	for _, n := range blogs {
		w.add(n)
	}
	return w
}

// add makes a blog that has written for a while, and gives it an account with one follower.
func (w *weather) add(n int) {
	w.t.Helper()
	s := &weatherSite{
		n: n, host: fmt.Sprintf("b%d.test", n), title: fmt.Sprintf("Blog %d", n), scheme: "https://", guids: "urn:b",
		renamed: map[string]string{},
		random:  rand.New(rand.NewPCG(uint64(n), 3)), rhythm: weatherRhythms[n%len(weatherRhythms)], window: weatherRhythms[n%len(weatherRhythms)].window,
	}
	if n%5 < 2 {
		s.guids = "" // the links
	}
	for i, at := 0, w.began.Add(-12*s.rhythm.every); i < 12; i, at = i+1, at.Add(s.rhythm.every) {
		s.write(at).isHistory = true
	}
	first := n / len(weatherRhythms)
	for _, at := range []int{first, first*5 + n%len(weatherRhythms)*3 + 7, first*11 + n*7 + 2} {
		s.moods = append(s.moods, weatherMoods[at%len(weatherMoods)])
	}
	s.next = w.began.Add(time.Duration(s.random.Int64N(int64(s.rhythm.every))))
	s.change = w.began.Add(2*24*time.Hour + time.Duration(s.random.IntN(48))*time.Hour)
	w.sites, w.hosts[s.host] = append(w.sites, s), s

	found, err := feedfetch.Discover(w.t.Context(), w.FeedClient, "https://"+s.host+"/feed")
	if err == nil {
		account := feeds.NewBlog{Found: found, BaseURL: "https://bloghorn.test", FromPublicURL: true, Username: fmt.Sprintf("b%d", n)}
		s.blog, err = feeds.Add(w.t.Context(), w.DB, account, time.Now(), nil)
	}
	if err == nil {
		err = w.DB.InTx(w.t.Context(), func(tx *database.Tx) error {
			ada := fmt.Sprintf("https://pasture.test/users/ada%d", n)
			return insertFollower(w.t.Context(), tx, s.blog.ID, database.ID(n+1), ada, ada+"/inbox")
		})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	s.asked = nil
}

// pass lets time go by: authors write, engines have their moods, and the loops work.
func (w *weather) pass(d time.Duration) {
	w.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		w.mu.Lock()
		for _, s := range w.sites {
			w.live(s)
		}
		w.mu.Unlock()
		ctx, stop := context.WithTimeout(w.t.Context(), weatherLoops)
		loops, ctx := errgroup.WithContext(ctx)
		loops.Go(func() error { return w.Poller.Run(ctx) })
		loops.Go(func() error { return w.PageChecker.Run(ctx) })
		loops.Go(func() error { return w.Announcer.Run(ctx) })
		if err := loops.Wait(); err != nil {
			w.t.Error(err)
		}
		stop()
		time.Sleep(weatherStep - weatherLoops)
	}
}

// live is what happens at a blog in a step: nothing new in the last three days, so that all that did happen can be told.
func (w *weather) live(s *weatherSite) {
	now := time.Now()
	if now.Sub(w.began) > weatherDays-3*24*time.Hour {
		s.mood = ""
		return
	}
	if s.mood != "" && now.After(s.until) {
		s.mood = ""
	}
	if s.mood == "" && len(s.moods) > 0 && now.After(s.change) {
		s.past = append(s.past, fmt.Sprintf("%s on day %d", s.moods[0], int(now.Sub(w.began).Hours()/24)))
		s.begin(s.moods[0], now)
		w.hosts[s.host] = s
		s.moods = s.moods[1:]
		s.change = s.until.Add(time.Duration(72+s.random.IntN(72)) * time.Hour)
	}
	s.recall(now)
	for _, p := range s.posts[:min(len(s.posts), 3)] {
		if p.edits == 0 && !p.isHistory && now.Sub(p.date) > weatherStep && s.random.IntN(400) == 0 {
			p.edit(now)
		}
	}
	if now.Before(s.next) {
		return
	}
	s.next = now.Add(s.rhythm.every + time.Duration(s.random.Int64N(int64(s.rhythm.more))))
	for range 1 + s.random.IntN(s.rhythm.most) {
		p := s.write(now)
		if s.n%10 == 7 { // its deploy script calls us
			s.hooks++
			if err := feeds.PollSoon(w.t.Context(), w.DB, s.blog.ID, now); err != nil {
				w.t.Error(err)
			}
			go func() {
				time.Sleep(time.Second)
				w.mu.Lock()
				defer w.mu.Unlock()
				p.edit(now.Add(time.Second)) // and its author sees a slip at once
			}()
		}
	}
}

// RoundTrip is the world.
func (w *weather) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	s := w.hosts[r.URL.Host]
	isSlow := s != nil && s.mood == "slow" && r.URL.Path == "/feed"
	answer := httptest.NewRecorder()
	switch {
	case s == nil:
		answer.WriteHeader(http.StatusNotFound)
	case s.moved && r.URL.Host != s.host:
		answer.Header().Set("Location", "https://"+s.host+r.URL.Path)
		answer.WriteHeader(http.StatusMovedPermanently)
	case r.URL.Path == "/feed":
		s.asks(time.Now())
		s.serveFeed(answer, r)
	case r.URL.Path == "/robots.txt":
		answer.WriteHeader(http.StatusNotFound)
	default:
		s.servePage(answer, r)
	}
	w.mu.Unlock()
	if isSlow {
		time.Sleep(time.Second)
		if r.Context().Err() != nil { // the loops were stopped meanwhile, as by a restart: the poll was no poll
			w.mu.Lock()
			s.asked = s.asked[:len(s.asked)-1]
			w.mu.Unlock()
		}
		return nil, context.DeadlineExceeded // what ten seconds end with; the loops do not run that long
	}
	res := answer.Result()
	res.Request = r
	return res, nil
}

// asks notes a request, and whether it came too early.
func (s *weatherSite) asks(now time.Time) {
	if now.Before(s.quiet) && s.hooks == 0 { // its own deploy hook may ask for more than its server
		s.rude = append(s.rude, fmt.Sprintf("asked %v before Retry-After had passed", s.quiet.Sub(now)))
	}
	s.asked = append(s.asked, now)
}

func (s *weatherSite) serveFeed(w http.ResponseWriter, r *http.Request) {
	switch s.mood {
	case "web page":
		io.WriteString(w, "<!doctype html><title>We are rebuilding</title>")
		return
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
		return
	case "503", "429":
		s.quiet = time.Now().Add(9 * time.Hour)
		w.Header().Set("Retry-After", "32400")
		w.WriteHeader(map[string]int{"503": 503, "429": 429}[s.mood])
		return
	case "slow":
		return
	}
	text, items := s.feed()
	if s.mood == "stale cache" && s.stale != nil && s.random.IntN(3) == 0 {
		w.Write(s.stale)
		return
	}
	if s.mood != "stale cache" || s.random.IntN(6) == 0 {
		s.stale = []byte(text)
	}
	for _, p := range items {
		if p.servedAt.IsZero() {
			p.servedAt = time.Now()
		}
		if p.editServed.IsZero() {
			p.editServed = time.Now()
		}
	}
	if s.n%4 != 0 {
		etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text)))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	io.WriteString(w, text)
}

func (s *weatherSite) servePage(w http.ResponseWriter, r *http.Request) {
	if to := s.renamed[strings.Trim(r.URL.Path, "/")]; to != "" {
		w.Header().Set("Location", "/"+to+"/")
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	for _, p := range s.posts {
		if strings.Trim(r.URL.Path, "/") == p.slug {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(p.page)
			fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>%s</title></head><body><header><a href="/">Home</a></header>`, p.title)
			fmt.Fprintf(w, "<article><h1>%s</h1>%s</article><footer>%d views</footer></body></html>", p.title, p.body(), s.random.IntN(1000))
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}
