package main

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
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// hub is a WebSub hub on loopback that asks back as real ones do: after it has answered.
type hub struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	callback string
	secret   string
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t}
	h.Server = httptest.NewServer(http.HandlerFunc(h.subscribe))
	t.Cleanup(h.Close)
	return h
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
	res, err := http.Get(form.Get("hub.callback") + "?" + q.Encode())
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
	h.mu.Lock()
	defer h.mu.Unlock()
	r, err := http.NewRequest("POST", h.callback, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(h.secret))
	io.WriteString(mac, body)
	r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	if status, said := send(h.t, r); status != http.StatusAccepted {
		h.t.Errorf("the push was answered %d %s", status, said)
	}
}

// startFresh runs the program with a blog that is polled once an hour and has a hub, and people who follow it.
func startFresh(t *testing.T, databaseURL string, farm *farm) (*running, *hub) {
	t.Helper()
	h := newHub(t)
	us := startWith(t, databaseURL, farm, func(s *settings) {
		s.Feed.PollInterval = duration(time.Hour)
		s.Feed.AllowPrivate = append(s.Feed.AllowPrivate, strings.TrimPrefix(h.URL, "http://"))
	})
	inner := us.feed.Config.Handler
	us.feed.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", fmt.Sprintf(`<%s/>; rel="hub", <%s/>; rel="self"`, h.URL, us.feed.URL))
		inner.ServeHTTP(w, r)
	})
	farm.allFollow(us.blog.ActorID())
	if code, said := us.command("feed", "refresh", "--feed-allow-private", us.feed.host()); code != exitOK {
		t.Fatalf("feed refresh: exit %d %s", code, said)
	}
	eventually(t, "the hub to be subscribed to", func() bool {
		all, err := websub.Of(t.Context(), us.db, us.blog.ID)
		return err == nil && len(all) == 1 && all[0].State == websub.Active
	})
	return us, h
}

// within1Second publishes, tells, and waits for the Create in the follower's inbox.
func within1Second(t *testing.T, us *running, farm *farm, slug string, tell func()) {
	t.Helper()
	took := costtest.Measured(t, time.Second, slug+": the first delivery", func() time.Duration {
		eventually(t, "the poll of the last push to be 5 s ago", func() bool {
			poll, err := feeds.PollOf(t.Context(), us.db, us.blog.ID)
			return err == nil && poll.PushedAt.IsZero() && time.Since(poll.AnsweredAt) > 5*time.Second
		})
		before := farm.arrived("Create")
		us.feed.publish(fmt.Sprint(slug, before), "On tea", "<p>Four minutes.</p>")
		began := time.Now()
		tell()
		for farm.arrived("Create") == before {
			if time.Since(began) > patience {
				t.Fatalf("%s: nothing was delivered", slug)
			}
			time.Sleep(time.Millisecond)
		}
		return time.Since(began)
	})
	t.Logf("%s: the first delivery came after %v", slug, took.Round(time.Millisecond))
}

func TestPushAndHookReachFollowersWithinASecond(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		farm := newFarm(t, 1, 1)
		us, h := startFresh(t, databaseURL, farm)
		within1Second(t, us, farm, "pushed", func() { h.push("<rss/>") })

		_, said := us.command("feed", "hook", "add", "tea", "--note", "a test")
		hook := regexp.MustCompile(`url    (\S+)\ntoken  (\S+)\n\ncurl .*Bearer (\S+)' (\S+)\n`).FindStringSubmatch(said)
		if hook == nil || hook[2] != hook[3] || hook[1] != hook[4] {
			t.Fatalf("feed hook add says %q", said)
		}
		within1Second(t, us, farm, "hooked", func() {
			r, err := http.NewRequest("POST", hook[1], nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+hook[2])
			if status, body := send(t, r); status != http.StatusAccepted {
				t.Errorf("the hook was answered %d %s", status, body)
			}
		})
	})
}

func TestHooksTellStrangersNothing(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		us := start(t, databaseURL, func(s *settings) { s.Feed.PollInterval = duration(time.Hour) })
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
		if code, said := us.command("feed", "hook", "remove", strings.Fields(list)[0]); code != exitOK {
			t.Errorf("feed hook remove: exit %d %s", code, said)
		}
		if code, said := us.command("feed", "hook", "remove", strings.Fields(list)[0], "tea"); code != exitNotFound || !strings.Contains(said, "has no hook") {
			t.Errorf("feed hook remove, again: exit %d %s", code, said)
		}
		if status, _, _ := ask("POST", hook[1], "Bearer "+hook[2]); status != 401 {
			t.Errorf("a removed hook: %d", status)
		}
	})
}

func TestFeedCommandsSayWhatIsKnown(t *testing.T) {
	o := newOperator(t)
	if code, said := o.types("feed", "show"); code != exitNotFound || !strings.Contains(said, "bloghorn blog add") {
		t.Errorf("without a blog: exit %d %s", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exitOK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	says := func(want string, words ...string) {
		t.Helper()
		if code, said := o.types(words...); code != exitOK || !regexp.MustCompile(want).MatchString(said) {
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
		if code, said := o.types("feed", "refresh"); code != exitFailed || !strings.Contains(said, "answered 410") {
			t.Errorf("of a feed that is gone: exit %d %s", code, said)
		}
	}
	says(`Trouble +E101`, "feed", "show")
	o.feed.Config.Handler = inner
	says("Nothing new", "feed", "refresh")
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "two"); code != exitOK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	if code, said := o.types("feed", "show"); code != exitUsage || !strings.Contains(said, "say which one") {
		t.Errorf("with two blogs: exit %d %s", code, said)
	}
	says("@two@", "feed", "show", "two")
}
