package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

var securityPoints = []point{
	{71, "deliveries sign request-target, host, date and digest", func(t *testing.T, c *checked) {
		for _, d := range c.ada.Deliveries() {
			header := d.Header.Get("Signature")
			for _, part := range []string{`headers="(request-target) host date digest"`, `algorithm="rsa-sha256"`, `keyId="` + teaBlog + `#main-key-`} {
				want(t, part, strings.Contains(header, part), true)
			}
			want(t, "digest", strings.HasPrefix(d.Header.Get("Digest"), "SHA-256="), true)
		}
	}},
	{72, "digest, coverage, host and date of what comes in are checked", func(t *testing.T, c *checked) {
		eve := c.person()
		for name, option := range map[string]fediversetest.Option{
			"another body": fediversetest.SwapBody(`{"type":"Create"}`), "old": fediversetest.DatedAt(time.Now().Add(-2 * time.Hour)),
			"from the future": fediversetest.DatedAt(time.Now().Add(2 * time.Hour)), "another host": fediversetest.ForHost("other.test"), "unsigned": fediversetest.Unsigned,
		} {
			status := eve.Reply(c.post, "<p>Spoilt.</p>", option).Status
			want(t, fmt.Sprint(name, " ", status), status == 401 || status == 400, true)
		}
		want(t, "shown", c.shows(t, "Spoilt."), false)
	}},
	{73, "RFC 9421 is verified", func(t *testing.T, c *checked) {
		eve := c.person()
		want(t, "status", eve.Reply(c.post, "<p>By RFC 9421.</p>", fediversetest.SignedBy(signature.RFC9421)).Status, 202)
		want(t, "shown", c.shows(t, "By RFC 9421."), true)
		spoilt := eve.Reply(c.post, "<p>Spoilt.</p>", fediversetest.SignedBy(signature.RFC9421), fediversetest.SwapBody(`{"type":"Create"}`))
		want(t, "another body", spoilt.Status == 401 || spoilt.Status == 400, true)
	}},
	{74, "a host that takes the other signature is knocked at twice, once", func(t *testing.T, c *checked) {
		eve := c.person()
		c.f.TakesOnly(eve.Host, signature.RFC9421)
		eve.Follow(teaBlog)
		eve.Await("Accept", 1)
		inbox := strings.TrimPrefix(eve.InboxURL(), "https://"+eve.Host)
		want(t, "first", c.f.Count(eve.Host, inbox), 2)
		eventually(t, "the signature to be remembered", func() bool { // a moment after the host has taken it
			var n int
			err := c.db.QueryRow(t.Context(), `SELECT COUNT(*) FROM host_schemes WHERE host = ?`, eve.Host).Scan(&n)
			return err == nil && n == 1
		})
		eve.Follow(teaBlog)
		eve.Await("Accept", 2)
		want(t, "then", c.f.Count(eve.Host, inbox), 3)
	}},
	{75, "what we ask of others is signed", func(t *testing.T, c *checked) {
		eve := c.person()
		c.f.RequireSignatures(eve.Host)
		eve.Follow(teaBlog)
		eve.Await("Accept", 1)
	}},
	{76, "a key that does not fit is asked for once more", func(t *testing.T, c *checked) {
		eve := c.person(fediversetest.OwnKey)
		want(t, "before", eve.Reply(c.post, "<p>The old key.</p>").Status, 202)
		eve.RotateKey()
		// A key is asked for again once in five minutes at most: let six have passed.
		if _, err := c.db.Exec(t.Context(), "UPDATE remote_keys SET fetched_at = fetched_at - 360000, tried_at = tried_at - 360000"); err != nil {
			t.Fatal(err)
		}
		want(t, "after", eve.Reply(c.post, "<p>The new key.</p>").Status, 202)
	}},
	{77, "a document must be the answer to its own id, as ActivityPub", func(t *testing.T, c *checked) {
		eve := c.person()
		c.f.Handle(eve.ID, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(w, `{"id":%q,"type":"Person"}`, eve.ID)
		}))
		want(t, "refused", eve.Follow(teaBlog).Status >= 400, true)
	}},
	{78, "nothing is asked of a private address", func(t *testing.T, c *checked) {
		door := newDoor(t)
		log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
		ours, err := newApp(t.Context(), c.settings, log, outside{newKey: fediversetest.NewKey}) // on the real network
		if err != nil {
			t.Fatal(err)
		}
		defer ours.close()
		f := fediversetest.New(t)
		f.Mount("fedi.tea.test", ours.handler())
		for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "0x7f000001"} {
			sent := f.Person("eve", host+":"+door.port).Follow(teaBlog)
			want(t, fmt.Sprintf("%s is refused (%d)", host, sent.Status), sent.Status >= 400, true)
		}
		want(t, "connections", door.opened.Load(), 0)
	}},
	{79, "no remote context is loaded, and no LD signature counts", func(t *testing.T, c *checked) {
		for _, host := range []string{"www.w3.org", "w3id.org", "purl.archive.org"} {
			want(t, host, c.f.Count(host, ""), 0)
		}
		eve, mallory := c.person(fediversetest.OwnKey), c.person(fediversetest.OwnKey)
		sent := mallory.Reply(c.post, "<p>By an LD signature.</p>", fediversetest.OnActivity("actor", eve.ID), fediversetest.With("attributedTo", eve.ID),
			fediversetest.OnActivity("signature", map[string]any{"type": "RsaSignature2017", "creator": eve.ID + "#main-key", "signatureValue": "x"}))
		want(t, fmt.Sprint("refused ", sent.Status), sent.Status >= 400, true)
	}},
	{80, "depth and length of JSON are bounded", func(t *testing.T, c *checked) {
		deep := strings.Repeat(`{"object":`, 200) + `"x"` + strings.Repeat("}", 200)
		want(t, "deep", c.person().Post(teaBase+"/inbox", []byte(deep)).Status, 400)
		wide := `{"type":"Like","object":[` + strings.Repeat(`"x",`, 100_000) + `"x"]}`
		want(t, "wide", c.person().Post(teaBase+"/inbox", []byte(wide)).Status, 400)
	}},
	{81, "replies are cleaned, and their links say that nobody vouches for them", func(t *testing.T, c *checked) {
		c.person().Reply(c.post, `<p>Look <a href="https://x.test/">here</a><script>alert(1)</script><img src=x onerror=alert(1)></p>`)
		res := c.ask(t, "GET", teaBase+"/comments?url="+c.page, "text/html")
		body := readAll(t, res)
		want(t, "script", strings.Contains(body, "alert(1)"), false)
		want(t, "rel", strings.Contains(body, "nofollow"), true)
	}},
	{82, "a signature is made for each attempt", func(t *testing.T, c *checked) {
		seen := map[string]bool{}
		for _, d := range c.ada.Deliveries() {
			want(t, "a second use", seen[d.Header.Get("Signature")], false)
			seen[d.Header.Get("Signature")] = true
		}
	}},
}

// door is a port of this computer that counts who comes.
type door struct {
	port   string
	opened atomic.Int32
}

func newDoor(t *testing.T) *door {
	t.Helper()
	l := listen(t)
	d := &door{}
	_, d.port, _ = net.SplitHostPort(l.Addr().String())
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			d.opened.Add(1)
			conn.Close()
		}
	}()
	return d
}
