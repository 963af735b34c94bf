package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// point is one thing that a good citizen of the fediverse does, and how that is seen from outside.
// publisher/FEDERATION.md tells the same to people who write other servers.
type point struct {
	number int
	rule   string
	check  func(t *testing.T, c *checked)
}

// TestChecklist goes through all points against one running program, its ids on a host of their own and its handle on that of the blog.
func TestChecklist(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	last := 0
	for _, list := range [][]point{discoveryPoints, objectPoints, outgoingPoints, incomingPoints, securityPoints, deliveryPoints} {
		for _, p := range list {
			if p.number <= last {
				t.Fatalf("point %d comes after %d", p.number, last)
			}
			last = p.number
			t.Run(fmt.Sprintf("%02d %s", p.number, p.rule), func(t *testing.T) { p.check(t, c) })
		}
	}
}

const (
	teaBase = "https://fedi.tea.test"
	teaBlog = teaBase + "/blogs/tea"
	teaHome = "https://tea.test"
)

// checked is the program in a fediverse in memory.
type checked struct {
	*app.App
	f    *fediversetest.Fediverse
	feed *sampleFeed
	blog feeds.Blog
	t    testing.TB
	page string // of a post that was announced
	post string // its id
	ada  *fediversetest.Person
	n    int

	ahead atomic.Int64 // of the machine's clock, for the program and for everybody else
}

func newChecked(t testing.TB, changes ...func(*config.Settings)) *checked {
	t.Helper()
	return newCheckedSaying(t, slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}), changes...)
}

// seldom reads the feed six times a minute instead of a minute's 600 times: for bubbles, in which hours pass.
func seldom(s *config.Settings) { s.Feed.PollInterval = config.Duration(10 * time.Second) }

// newCheckedSaying is newChecked with a log of the test's.
func newCheckedSaying(t testing.TB, log slog.Handler, changes ...func(*config.Settings)) *checked {
	t.Helper()
	c := &checked{t: t, f: fediversetest.New(t)}
	c.f.Now = c.clock
	c.feed = &sampleFeed{Server: &httptest.Server{URL: teaHome}, now: c.clock}
	c.feed.publish("old", "A post from before", "<p>It stays quiet.</p>")
	c.f.Mount("tea.test", http.HandlerFunc(c.feed.serve))
	s := testSettings(t, databasetest.SQLiteURL(t), "127.0.0.1:8484", "tea.test:443")
	s.PublicURL = teaBase
	for _, change := range changes {
		change(&s)
	}
	var err error
	if c.App, err = app.New(t.Context(), s, slog.New(log), app.Outside{Transport: c.f, Now: c.clock, NewKey: fediversetest.NewKey, AnswerIn: time.Minute}); err != nil {
		t.Fatal(err)
	}
	c.Inbox.MeetTimeout = time.Minute // a busy machine may need longer than a second
	c.f.Mount("fedi.tea.test", c.App.Handler())
	if c.blog, _, err = addBlog(t.Context(), c.App, blogAddCommand{Address: teaHome + "/feed.xml", Handle: "tea@tea.test"}); err != nil {
		t.Fatal(err)
	}
	c.begin()
	c.ada = c.f.Person("ada", "pasture.test")
	c.ada.Follow(teaBlog)
	c.ada.Await("Accept", 1)
	c.page = c.feed.publish("cup", "On tea & time", `<p>Four minutes, no <em>more</em>. <img src="/pot.jpg" alt="A pot"> See <a href="/rules">the rules</a>.</p>`)
	c.post = c.ada.Await("Create", 1)[0].Ref("object")
	return c
}

func (c *checked) clock() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// inTime is a point for which days have to pass: it has a program of its own, in a bubble of testing/synctest.
func inTime(check func(t *testing.T, c *checked)) func(*testing.T, *checked) {
	return func(t *testing.T, _ *checked) {
		synctest.Test(t, func(t *testing.T) {
			check(t, newChecked(t, seldom))
		})
	}
}

// pass lets time pass. The loops see the end of it, and have the last two minutes to do what has come due.
func (c *checked) pass(d time.Duration) {
	const awake = 2 * time.Minute
	c.advance(d - awake)
	time.Sleep(awake)
}

// advance puts the clock forward, and has the loops look at what is due by it.
func (c *checked) advance(d time.Duration) {
	c.ahead.Add(int64(d))
	c.Wake()
}

// begin lets the loops run until the test ends.
func (c *checked) begin() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	c.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			c.t.Error(err)
		}
		c.Close()
	})
}

// person is somebody new on a server of her own.
func (c *checked) person(traits ...fediversetest.Trait) *fediversetest.Person {
	c.n++
	return c.f.Person("eve", fmt.Sprintf("meadow-%d.test", c.n), traits...)
}

// ask asks one of our addresses.
func (c *checked) ask(t *testing.T, method, address, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, address, nil)
	r.Header.Set("Accept", accept)
	answer := httptest.NewRecorder()
	c.App.Handler().ServeHTTP(answer, r)
	return answer.Result()
}

// object is one of our documents, as another server reads it.
func (c *checked) object(t *testing.T, id string) activitypub.Object {
	t.Helper()
	res := c.ask(t, "GET", id, activityJSON)
	var raw json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&raw); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", id, res.StatusCode, err)
	}
	o, err := activitypub.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return o
}

// replies are the texts under the page of the post.
func (c *checked) replies(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, item := range c.thread(t).Items {
		texts = append(texts, item.Text)
	}
	return texts
}

// thread is what readers see under the page of the post, on all pages of its thread.
func (c *checked) thread(t *testing.T) (thread comments) {
	t.Helper()
	for cursor := ""; ; {
		res := c.ask(t, "GET", teaBase+"/api/v1/comments?url="+c.page+cursor, "application/json")
		var page struct {
			comments
			Next *string
		}
		if err := json.NewDecoder(res.Body).Decode(&page); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("comments: %d, %v", res.StatusCode, err)
		}
		thread.Post, thread.Counts, thread.Items = page.Post, page.Counts, append(thread.Items, page.Items...)
		if page.Next == nil {
			return thread
		}
		cursor = "&cursor=" + *page.Next
	}
}

// shows says that a reply is under the post.
func (c *checked) shows(t *testing.T, text string) bool {
	t.Helper()
	return strings.Contains(strings.Join(c.replies(t), "\n"), text)
}

// settled waits until nothing that came waits for the network.
func (c *checked) settled(t *testing.T) {
	t.Helper()
	eventually(t, "the end of what waits for the network", func() bool {
		var waiting int
		err := c.DB.QueryRow(t.Context(), "SELECT COUNT(*) FROM received WHERE state = 'queued'").Scan(&waiting)
		return err == nil && waiting == 0
	})
}

// want fails where something is not as it should be.
func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// say runs a command beside the running program.
func (c *checked) say(args ...string) (code int, said string) {
	r := &running{App: c.App, t: c.t, world: app.Outside{Transport: c.f, Now: c.clock, NewKey: fediversetest.NewKey}}
	return r.command(args...)
}

// polls waits until the feed has been read so many times from now.
func (c *checked) polls(n int) {
	c.t.Helper()
	var last time.Time
	eventually(c.t, fmt.Sprintf("%d polls", n), func() bool {
		poll, err := feeds.PollOf(c.t.Context(), c.DB, c.blog.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		if last.IsZero() || poll.PolledAt.After(last) {
			last = poll.PolledAt
			n--
		}
		return n < 0
	})
}

func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
