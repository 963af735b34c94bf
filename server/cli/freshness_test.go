package cli

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// hub is a WebSub hub that asks back as real ones do: after it has answered.
type hub struct {
	t      *testing.T
	client *http.Client

	mu       sync.Mutex
	callback string
	secret   string
}

func (h *hub) subscribe(w http.ResponseWriter, r *http.Request) {
	form := url.Values{}
	if err := r.ParseForm(); err == nil {
		form = r.PostForm
	}
	w.WriteHeader(http.StatusAccepted)
	go h.verify(form)
}

func (h *hub) verify(form url.Values) {
	q := url.Values{"hub.mode": {form.Get("hub.mode")}, "hub.topic": {form.Get("hub.topic")}, "hub.challenge": {"c4a11e"}, "hub.lease_seconds": {"864000"}}
	res, err := h.client.Get(form.Get("hub.callback") + "?" + q.Encode())
	if err != nil {
		return // the program has ended
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 200 || string(body) != "c4a11e" {
		h.t.Errorf("the hub was answered %d %q", res.StatusCode, body)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.callback, h.secret = form.Get("hub.callback"), form.Get("hub.secret")
}

// push tells the subscriber of news.
func (h *hub) push(body string) {
	h.t.Helper()
	eventually(h.t, "the hub to have the answer that the subscriber has given", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.callback != ""
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	r, err := http.NewRequest("POST", h.callback, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(h.secret))
	io.WriteString(mac, body)
	r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	accepted(h.t, h.client, r)
}

// names is a feed that names the hub.
func names(hub, self string, feed http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", fmt.Sprintf(`<%s/>; rel="hub", <%s>; rel="self"`, hub, self))
		feed.ServeHTTP(w, r)
	})
}

// accepted sends a request and fails the test unless it is answered 202.
func accepted(t *testing.T, client *http.Client, r *http.Request) {
	t.Helper()
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		t.Errorf("%s was answered %d %s", r.URL, res.StatusCode, readAll(t, res))
	}
}

// hookOf makes a deploy hook with a command, and returns how a script calls it.
func hookOf(t *testing.T, command func(args ...string) (int, string)) *http.Request {
	t.Helper()
	_, said := command("feed", "hook", "add", "tea", "--note", "a test")
	hook := regexp.MustCompile(`url    (\S+)\ntoken  (\S+)\n\ncurl .*Bearer (\S+)' (\S+)\n`).FindStringSubmatch(said)
	if hook == nil || hook[2] != hook[3] || hook[1] != hook[4] {
		t.Fatalf("feed hook add says %q", said)
	}
	r, err := http.NewRequest("POST", hook[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+hook[2])
	return r
}

// isActive waits until the blog has the hub that tells it of news.
func isActive(t *testing.T, a *app.App, blog database.ID) {
	t.Helper()
	eventually(t, "the hub to be subscribed to", func() bool {
		all, err := websub.Of(t.Context(), a.DB, blog)
		return err == nil && len(all) == 1 && all[0].State == websub.Active
	})
}

// startFresh runs the program with a blog that is polled once an hour and has a hub, and people who follow it.
func startFresh(t *testing.T, databaseURL string, farm *farm) (*running, *hub) {
	t.Helper()
	h := &hub{t: t, client: http.DefaultClient}
	server := httptest.NewServer(http.HandlerFunc(h.subscribe))
	t.Cleanup(server.Close)
	us := startWith(t, databaseURL, farm, func(s *config.Settings) {
		s.Feed.PollInterval = config.Duration(time.Hour)
		s.Feed.AllowPrivate = append(s.Feed.AllowPrivate, strings.TrimPrefix(server.URL, "http://"))
	})
	us.feed.Config.Handler = names(server.URL, us.feed.URL, us.feed.Config.Handler)
	farm.allFollow(us.blog.ActorID())
	eventually(t, "the feed to be read with its hub", func() bool { // the server may just be reading it
		code, _ := us.command("feed", "refresh", "--feed-allow-private", us.feed.host())
		return code == exit.OK
	})
	isActive(t, us.App, us.blog.ID)
	return us, h
}

// On both engines and real sockets; the next poll would come in an hour.
func TestPushAndHookReachFollowers(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		farm := newFarm(t, 1, 1)
		us, h := startFresh(t, databaseURL, farm)
		us.feed.publish("pushed", "On tea", "<p>Four minutes.</p>")
		h.push("<rss/>")
		eventually(t, "what was pushed", func() bool { return farm.arrived("Create") == 1 })
		us.feed.publish("hooked", "On milk", "<p>Never.</p>")
		accepted(t, http.DefaultClient, hookOf(t, us.command))
		eventually(t, "what the hook told of", func() bool { return farm.arrived("Create") == 2 })
	})
}

func TestPushAndHookReachFollowersWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, func(s *config.Settings) { s.Feed.PollInterval = config.Duration(2 * time.Minute) })
		h := &hub{t: t, client: &http.Client{Transport: c.f}}
		c.f.Mount("hub.test", http.HandlerFunc(h.subscribe))
		c.f.Mount("tea.test", names("https://hub.test", teaHome+"/feed.xml", http.HandlerFunc(c.feed.serve)))
		isActive(t, c.App, c.blog.ID)
		withinASecond := func(slug string, tell func()) {
			t.Helper()
			eventually(t, "a time between two polls", func() bool {
				poll, err := feeds.PollOf(t.Context(), c.DB, c.blog.ID)
				return err == nil && poll.PushedAt.IsZero() && time.Since(poll.AnsweredAt) > 5*time.Second && time.Until(poll.NextAt) > 5*time.Second
			})
			before := len(c.ada.Await("Create", 0))
			c.feed.publish(slug, "On "+slug, "<p>Four minutes.</p>")
			began := time.Now()
			tell()
			c.ada.Await("Create", before+1)
			want(t, fmt.Sprint(slug, ": delivered after ", time.Since(began)), time.Since(began) <= time.Second, true)
		}
		withinASecond("pushed", func() { h.push("<rss/>") })
		hook := hookOf(t, c.say)
		withinASecond("hooked", func() { accepted(t, h.client, hook) })
	})
}

func TestHooksTellStrangersNothing(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		us := start(t, databaseURL, func(s *config.Settings) { s.Feed.PollInterval = config.Duration(time.Hour) })
		_, said := us.command("feed", "hook", "add")
		hook := regexp.MustCompile(`url    (\S+)\ntoken  (\S+)\n`).FindStringSubmatch(said)
		if hook == nil {
			t.Fatalf("feed hook add says %q", said)
		}
		ask := func(method, address, token string) (int, http.Header, string) {
			t.Helper()
			r, err := http.NewRequest(method, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if token != "" {
				r.Header.Set("Authorization", token)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			return res.StatusCode, res.Header, string(body)
		}
		const other = "/api/v1/feeds/dirrxtyqaaaaa/refresh"
		_, _, refusal := ask("POST", hook[1], "")
		for name, c := range map[string][2]string{
			"no token": {hook[1], ""}, "wrong token": {hook[1], "Bearer " + strings.Repeat("A", 26)}, "another scheme": {hook[1], "Basic " + hook[2]},
			"another blog": {us.base + other, "Bearer " + hook[2]}, "another blog and token": {us.base + other, "Bearer x"},
			"no id": {us.base + "/api/v1/feeds/x/refresh", "Bearer " + hook[2]}, "lower case": {hook[1], "Bearer " + strings.ToLower(hook[2])},
			"empty": {hook[1] + "?token=", "Bearer "},
		} {
			status, header, body := ask("POST", c[0], c[1])
			if status != 401 || body != refusal || header.Get("Cache-Control") != "no-store" || header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: %d %v %q", name, status, header, body)
			}
		}
		for _, method := range []string{"GET", "HEAD", "PUT"} {
			if status, _, _ := ask(method, hook[1]+"?token="+hook[2], ""); status != 405 {
				t.Errorf("%s: %d", method, status)
			}
		}
		if status, header, _ := ask("POST", hook[1]+"?token="+hook[2], ""); status != 202 || header.Get("Cache-Control") != "no-store" {
			t.Errorf("the right token in the query: %d %v", status, header)
		}
		_, list := us.command("feed", "hook", "list")
		if !strings.Contains(list, "used 20") || strings.Contains(list, hook[2]) {
			t.Errorf("feed hook list says %q", list)
		}
		if code, said := us.command("feed", "hook", "remove", strings.Fields(list)[0]); code != exit.OK {
			t.Errorf("feed hook remove: exit %d %s", code, said)
		}
		if code, said := us.command("feed", "hook", "remove", strings.Fields(list)[0], "tea"); code != exit.NotFound || !strings.Contains(said, "has no hook") {
			t.Errorf("feed hook remove, again: exit %d %s", code, said)
		}
		if status, _, _ := ask("POST", hook[1], "Bearer "+hook[2]); status != 401 {
			t.Errorf("a removed hook: %d", status)
		}
	})
}

func TestFeedCommandsSayWhatIsKnown(t *testing.T) {
	o := newOperator(t)
	if code, said := o.types("feed", "show"); code != exit.Database || !strings.Contains(said, "bloghorn blog add") {
		t.Errorf("without a blog: exit %d %s", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	says := func(want string, words ...string) {
		t.Helper()
		if code, said := o.types(words...); code != exit.OK || !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("%v: exit %d %s\nwant %s", words, code, said, want)
		}
	}
	says("Nothing new", "feed", "refresh")
	o.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	o.feed.edit("old", "<p>It is loud now.</p>")
	says("1 new, 1 edited", "feed", "refresh", "tea")
	says(`(?s)Blog +@tea@127.*Feed +http://.*RSS 2.0\n.*Posts +2 public\n.*Last read +20.*last news 20.*Next +.*, because .*Hub +none named`, "feed", "show")

	inner := o.feed.Config.Handler
	o.feed.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	for range 2 {
		if code, said := o.types("feed", "refresh"); code != exit.Failed || !strings.Contains(said, "answered 410") {
			t.Errorf("of a feed that is gone: exit %d %s", code, said)
		}
	}
	says(`Trouble +E101`, "feed", "show")
	o.feed.Config.Handler = inner
	says("Nothing new", "feed", "refresh")
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "two"); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	if code, said := o.types("feed", "show"); code != exit.Usage || !strings.Contains(said, "say which one") {
		t.Errorf("with two blogs: exit %d %s", code, said)
	}
	says("@two@", "feed", "show", "two")
}
