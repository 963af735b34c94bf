package cli

import (
	"fmt"
	"net"
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
			err := c.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM host_schemes WHERE host = ?`, eve.Host).Scan(&n)
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
	{76, "a key that does not fit is asked for once more, and one that cannot be had not again", checkKeyAsked},
	{77, "a document must be the answer to its own id, as ActivityPub", checkDocuments},
	{78, "nothing is asked of a private address, nor by a redirect", checkAddresses},
	{79, "no remote context is loaded, and no LD signature counts", func(t *testing.T, c *checked) {
		for _, host := range []string{"www.w3.org", "w3id.org", "purl.archive.org"} {
			want(t, host, c.f.Count(host, ""), 0)
		}
		eve, mallory := c.person(fediversetest.OwnKey), c.person(fediversetest.OwnKey)
		sent := mallory.Reply(c.post, "<p>By an LD signature.</p>", fediversetest.OnActivity("actor", eve.ID), fediversetest.With("attributedTo", eve.ID),
			fediversetest.OnActivity("signature", map[string]any{"type": "RsaSignature2017", "creator": eve.ID + "#main-key", "signatureValue": "x"}))
		want(t, fmt.Sprint("refused ", sent.Status), sent.Status >= 400, true)
	}},
	{80, "depth and length of JSON, redirects, time and inflated size are bounded", checkBounds},
	{81, "replies are cleaned, and their links say that nobody vouches for them", checkCleaning},
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
