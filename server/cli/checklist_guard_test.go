package cli

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
)

// The points of the checklist about what others may cost us, as far as they take more than a few lines.

func checkKeyAsked(t *testing.T, c *checked) {
	eve := c.person(fediversetest.OwnKey)
	asked := func() int { return c.f.Count(eve.Host, "/users/eve") }
	want(t, "before", eve.Reply(c.post, "<p>The old key.</p>").Status, 202)
	eve.RotateKey()
	// A key is asked for again once in five minutes at most: let six have passed.
	if _, err := c.DB.Exec(t.Context(), "UPDATE remote_keys SET fetched_at = fetched_at - 360000, tried_at = tried_at - 360000"); err != nil {
		t.Fatal(err)
	}
	before := asked()
	want(t, "after", eve.Reply(c.post, "<p>The new key.</p>").Status, 202)
	want(t, "asked for the new key", asked()-before, 1)
	eve.RotateKey()
	for range 3 {
		want(t, "another one a moment later", eve.Reply(c.post, "<p>Yet another key.</p>").Status, 401)
	}
	want(t, "asked again", asked()-before, 1)

	nobody := "https://" + eve.Host + "/users/nobody"
	for range 3 {
		status := eve.Reply(c.post, "<p>By nobody.</p>", fediversetest.WithKeyID(nobody+"#main-key")).Status
		want(t, fmt.Sprint("refused ", status), status == 401, true)
	}
	want(t, "asked for a key that is not there", c.f.Count(eve.Host, "/users/nobody"), 1)
}

func checkDocuments(t *testing.T, c *checked) {
	const person = `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Person","preferredUsername":"eve","inbox":%q,"publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q}}`
	for what, test := range map[string]struct {
		contentType string
		id          func(eve *fediversetest.Person) string
		taken       bool
	}{
		"as ActivityPub":               {"application/activity+json; charset=utf-8", nil, true},
		"as linked data of it":         {asActivityStreams, nil, true},
		"as text":                      {"text/plain", nil, false},
		"as a page":                    {"text/html", nil, false},
		"as any JSON":                  {"application/json", nil, false},
		"as any linked data":           {"application/ld+json", nil, false},
		"as linked data of a stranger": {`application/ld+json; profile="https://example.org/ns"`, nil, false},
		"with another id":              {activityJSON, func(eve *fediversetest.Person) string { return eve.ID + "-too" }, false},
		"with an id elsewhere":         {activityJSON, func(*fediversetest.Person) string { return "https://pasture.test/users/ada" }, false},
		"with our own id":              {activityJSON, func(*fediversetest.Person) string { return teaBlog }, false},
		"without an id":                {activityJSON, func(*fediversetest.Person) string { return "" }, false},
	} {
		eve := c.person()
		id := eve.ID
		if test.id != nil {
			id = test.id(eve)
		}
		key := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(&eve.Key.Private.PublicKey))})
		c.f.Handle(eve.ID, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", test.contentType)
			fmt.Fprintf(w, person, id, eve.InboxURL(), eve.ID+"#main-key", eve.ID, key)
		}))
		status := eve.Follow(teaBlog).Status
		want(t, fmt.Sprintf("%s is taken (%d)", what, status), status == 202, test.taken)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func checkAddresses(t *testing.T, c *checked) {
	door := newDoor(t)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	// A public server that leads inside: it may be asked, and where it leads may not.
	asked := 0
	leads := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "http://"+r.URL.Query().Get("to")+":"+door.port+"/", http.StatusFound)
	}))
	defer leads.Close()
	s := c.Settings
	s.Feed.AllowPrivate = []string{strings.TrimPrefix(leads.URL, "http://")}
	ours, err := app.New(t.Context(), s, log, app.Outside{NewKey: fediversetest.NewKey}) // on the real network
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	f := fediversetest.New(t)
	f.Mount("fedi.tea.test", ours.Handler())
	spellings := []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "0x7f000001"}
	for _, host := range spellings {
		sent := f.Person("eve", host+":"+door.port).Follow(teaBlog)
		want(t, fmt.Sprintf("%s is refused (%d)", host, sent.Status), sent.Status >= 400, true)
		_, _, err := addBlog(t.Context(), ours, blogAddCommand{Address: leads.URL + "/?to=" + host, Handle: "inside@tea.test"})
		want(t, "a redirect to "+host+" is refused", err != nil, true)
	}
	want(t, "the server that leads there is asked", asked >= len(spellings), true)
	want(t, "connections", door.opened.Load(), 0)
}

func checkBounds(t *testing.T, c *checked) {
	deep := strings.Repeat(`{"object":`, 200) + `"x"` + strings.Repeat("}", 200)
	want(t, "deep", c.person().Post(teaBase+"/inbox", []byte(deep)).Status, 400)
	wide := `{"type":"Like","object":[` + strings.Repeat(`"x",`, 100_000) + `"x"]}`
	want(t, "wide", c.person().Post(teaBase+"/inbox", []byte(wide)).Status, 400)

	refused := func(what string, eve *fediversetest.Person, most int) {
		t.Helper()
		status := eve.Follow(teaBlog).Status
		want(t, fmt.Sprintf("%s is refused (%d)", what, status), status >= 400, true)
		n := c.f.Count(eve.Host, "/users/eve")
		want(t, fmt.Sprintf("%s: %d questions", what, n), n >= 1 && n <= most, true)
	}
	eve := c.person()
	n := 0
	c.f.Handle(eve.ID, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		http.Redirect(w, r, fmt.Sprint(eve.ID, "?", n), http.StatusFound)
	}))
	refused("a redirect without an end", eve, 4)

	bomb := c.person()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	fmt.Fprintf(writer, `{"id":%q,"type":"Person","summary":"`, bomb.ID)
	io.Copy(writer, io.LimitReader(spaces{}, 64<<20))
	io.WriteString(writer, `"}`)
	writer.Close()
	c.f.Handle(bomb.ID, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(packed.Bytes())
	}))
	refused(fmt.Sprintf("64 MiB in %d KiB", packed.Len()>>10), bomb, 2)

	inTime(func(t *testing.T, c *checked) {
		slow := c.person()
		c.f.Fail(slow.Host, fediversetest.Fault{Delay: 24 * time.Hour})
		began := time.Now()
		status := slow.Follow(teaBlog).Status
		want(t, fmt.Sprintf("answered %d after %v", status, time.Since(began)), status >= 400 && time.Since(began) < 30*time.Second, true)
	})(t, c)
}

// spaces has no end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func checkCleaning(t *testing.T, c *checked) {
	had := len(c.ada.Await("Create", 1))
	address := c.feed.publish("clean", "To be cleaned", "<p>Who says something?</p>")
	created, _ := c.ada.Await("Create", had+1)[had].Object("object")
	page, post := c.page, c.post
	c.page, c.post = address, created.ID()
	defer func() { c.page, c.post = page, post }()
	c.person().Reply(c.post, `<p class="evil" style="position:fixed" onclick="alert(2)">Look <a href="https://x.test/" target="_top" rel="opener">here</a>`+
		`<script>alert(1)</script><img src=x onerror=alert(3)><iframe src="https://x.test/frame"></iframe><a href="javascript:alert(4)">there</a>`+
		`<form action="https://x.test/form"><input name=q></form><svg onload=alert(5)></svg><math><mi>k</mi></math></p>`)
	var html string
	for _, item := range c.thread(t).Items {
		if strings.HasPrefix(item.Text, "Look") {
			html = item.HTML
		}
	}
	whole := readAll(t, c.ask(t, "GET", teaBase+"/comments?url="+c.page, "text/html"))
	for where, text := range map[string]string{"the JSON": html, "the page": whole} {
		start := strings.Index(text, `href="https://x.test/"`)
		if start < 0 {
			t.Fatalf("%s has no link: %s", where, text)
		}
		tag := text[strings.LastIndex(text[:start], "<"):]
		tag = tag[:strings.Index(tag, ">")+1]
		_, rel, _ := strings.Cut(tag, `rel="`)
		rel, _, _ = strings.Cut(rel, `"`)
		for _, word := range []string{"nofollow", "noopener", "ugc"} {
			want(t, where+": "+tag+" says "+word, slices.Contains(strings.Fields(rel), word), true)
		}
		want(t, where+": "+tag+" opens", slices.Contains(strings.Fields(rel), "opener") || strings.Contains(tag, "target="), false)
		for _, evil := range []string{"alert(", "onclick", "onerror", "onload", "position:fixed", "<iframe", "x.test/form", "evil"} {
			want(t, where+" has "+evil, strings.Contains(text, evil), false)
		}
	}
	for _, tag := range strings.Split(html, "<")[1:] {
		name := strings.Trim(strings.FieldsFunc(tag, func(r rune) bool { return r == ' ' || r == '>' })[0], "/")
		want(t, "an element "+name, slices.Contains([]string{"p", "a", "br", "span"}, name), true)
	}
}

// checkRetries: what failed is a row, due after half a minute to a minute, then after one to two, at no two servers at the same moment.
func checkRetries(t *testing.T, c *checked) {
	var readers []*fediversetest.Person
	for range 6 {
		readers = append(readers, c.reader())
	}
	for _, r := range readers {
		c.f.Fail(r.Host, fediversetest.Fault{Status: 503})
	}
	c.feed.publish("again", "Once more", "<p>Try again.</p>")
	for attempt, wait := range []struct{ least, most time.Duration }{{30 * time.Second, time.Minute}, {time.Minute, 2 * time.Minute}} {
		due := map[string]time.Duration{}
		for began := time.Now(); len(due) < len(readers); time.Sleep(time.Second) {
			if time.Since(began) > 5*time.Minute {
				t.Fatalf("%d of %d deliveries were tried %d times", len(due), len(readers), attempt+1)
			}
			for _, d := range must(delivery.List(t.Context(), c.DB, delivery.Filter{State: delivery.Pending, Limit: 100})) {
				if _, seen := due[d.Host]; !seen && d.Attempts == attempt+1 {
					due[d.Host] = d.NextAttemptAt.Sub(c.clock())
				}
			}
		}
		moments := map[time.Duration]bool{}
		for host, after := range due {
			moments[after] = true
			want(t, fmt.Sprintf("try %d at %s in %v", attempt+2, host, after), after > wait.least-5*time.Second && after <= wait.most, true)
		}
		want(t, "moments", len(moments) > 1, true)
	}
	for _, r := range readers {
		c.f.Heal(r.Host)
	}
	for _, r := range readers {
		r.Await("Create", 1)
	}
}

func checkRetryAfter(t *testing.T, c *checked) {
	for i, test := range []struct{ says, least, most time.Duration }{
		{2 * time.Second, 2 * time.Second, 2 * time.Minute},
		{3 * time.Hour, 3 * time.Hour, 3*time.Hour + 10*time.Minute},
		{30 * 24 * time.Hour, 24 * time.Hour, 24*time.Hour + 10*time.Minute},
	} {
		eve := c.reader()
		c.f.Fail(eve.Host, fediversetest.Fault{Status: 429, RetryAfter: test.says, Times: 1})
		before := c.f.Count(eve.Host, "/inbox")
		had := len(c.ada.Await("Create", 1))
		c.feed.publish(fmt.Sprint("later-", i), fmt.Sprint("Later ", i), "<p>Wait a little.</p>")
		c.ada.Await("Create", had+1)
		eventually(t, "the first try to be written down", func() bool {
			newest := must(delivery.List(t.Context(), c.DB, delivery.Filter{Host: eve.Host, Limit: 1}))
			return len(newest) > 0 && newest[0].Kind == "Create" && newest[0].Attempts > 0
		})
		if test.least > time.Hour {
			c.pass(test.least - 10*time.Minute)
			want(t, fmt.Sprintf("tries before %v are over", test.least), c.f.Count(eve.Host, "/inbox"), before+1)
			c.pass(20 * time.Minute)
			want(t, fmt.Sprintf("tries after %v", test.most), c.f.Count(eve.Host, "/inbox"), before+2)
		}
		began := time.Now()
		eve.Await("Create", 1)
		want(t, "waited", test.least > time.Hour || time.Since(began) <= test.most, true)
	}
}

func checkHosts(t *testing.T, c *checked) {
	const host = "busy.test"
	var readers []*fediversetest.Person
	for i := range 12 {
		p := c.f.Person(fmt.Sprint("reader", i), host, fediversetest.NoSharedInbox)
		p.Follow(teaBlog)
		p.Await("Accept", 1)
		readers = append(readers, p)
	}
	c.f.Fail(host, fediversetest.Fault{Delay: time.Second})
	c.feed.publish("slow", "Slowly", "<p>One second each.</p>")
	for _, p := range readers {
		p.Await("Create", 1)
	}
	want(t, "at once", c.f.MostAtOnce(host), 2)

	c.f.Fail(host, fediversetest.Fault{Status: 500})
	before := c.f.Count(host, "")
	had := len(c.ada.Await("Create", 1))
	c.feed.publish("broken", "Broken", "<p>It has trouble.</p>")
	c.ada.Await("Create", had+1)
	time.Sleep(10 * time.Second)
	n := c.f.Count(host, "") - before
	want(t, fmt.Sprintf("%d requests to a host that fails", n), n >= 5 && n <= 8, true)
	time.Sleep(15 * time.Second)
	want(t, "requests while it is left alone", c.f.Count(host, "")-before, n)
	c.f.Heal(host)
	began := time.Now()
	for _, p := range readers {
		p.Await("Create", 2)
	}
	want(t, fmt.Sprint("all after ", time.Since(began)), time.Since(began) < time.Minute, true)
}
