package signature_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

// Each way in which an honest server writes its signature.
func TestVerifyAccepts(t *testing.T) {
	const rfc850 = "Date: Monday, 05-Jan-26 08:00:00 GMT"
	const plain = `keyId="KEY",algorithm="rsa-sha256",headers="COVERED",signature="SIGNATURE"`
	header := func(h string) func(*peer) { return func(p *peer) { p.header = h } }
	for name, change := range map[string]func(*peer){
		"Mastodon": func(*peer) {},
		"GoToSocial": func(p *peer) {
			p.covered = "(request-target) host date digest"
			p.header = strings.Replace(plain, "rsa-sha256", "hs2019", 1)
		},
		"a signed GET": func(p *peer) { *p = mastodonGet() },
		"a GET with its digest": func(p *peer) {
			p.method, p.body = "GET", ""
			p.extra = []string{emptyDigest}
			p.covered = "(request-target) host date digest"
		},
		"a POST without a body":         func(p *peer) { p.body = "" },
		"HEAD":                          func(p *peer) { *p = mastodonGet(); p.method = "HEAD" },
		"no algorithm":                  header(strings.Replace(plain, `algorithm="rsa-sha256",`, "", 1)),
		"algorithm in capitals":         header(strings.Replace(plain, "rsa-sha256", "RSA-SHA256", 1)),
		"hs2019 that means SHA-512":     func(p *peer) { p.sha512 = true; p.header = strings.Replace(plain, "rsa-sha256", "hs2019", 1) },
		"a space after each comma":      header(strings.ReplaceAll(plain, ",", ", ")),
		"spaces around the equal sign":  header(strings.ReplaceAll(plain, "=", " = ")),
		"a comma at the end":            header(plain + ","),
		"KeyId in capitals":             header(strings.Replace(plain, "keyId", "KeyId", 1)),
		"parameters in another order":   header(`signature="SIGNATURE",headers="COVERED",keyId="KEY"`),
		"unknown parameters":            header(plain + `,opaque="x,y",nonce=7`),
		"an escaped character":          header(strings.Replace(plain, "headers", `opaque="a\"b\\c",headers`, 1)),
		"names in capitals, two spaces": func(p *peer) { p.covered = "(Request-Target)  Host Date  Digest" },
		"algorithm without quotes":      header(strings.Replace(plain, `"rsa-sha256"`, "rsa-sha256", 1)),
		"percent-encoded path":          func(p *peer) { p.target = "/u/%C3%A9%2Fx/inbox" },
		"a query":                       func(p *peer) { p.target += "?page=1&x=%20" },
		"a query that is not signed":    func(p *peer) { p.signedTarget = p.target; p.target += "?page=1" },
		"an empty query":                func(p *peer) { p.target += "?" },
		"a dot segment":                 func(p *peer) { p.target = "/blogs/../blogs/tea//inbox" },
		"a lower-case digest label":     func(p *peer) { p.extra = append(p.extra, strings.Replace(digestOf(p.body), "SHA", "sha", 1)) },
		"a list of digests": func(p *peer) {
			p.extra = append(p.extra, "Digest: SHA-512=bm8=, "+strings.TrimPrefix(digestOf(p.body), "Digest: "))
		},
		"64 minutes late":                        func(p *peer) { p.date = now.Add(-64 * time.Minute) },
		"64 minutes ahead":                       func(p *peer) { p.date = now.Add(64 * time.Minute) },
		"a date of RFC 850":                      func(p *peer) { p.date = time.Time{}; p.extra = append(p.extra, rfc850) },
		"created":                                created(now, time.Time{}),
		"created as the first":                   createdFirst,
		"created by a clock ahead":               created(now.Add(30*time.Minute), time.Time{}),
		"expires in 12 hours, made 11 hours ago": created(now.Add(-11*time.Hour), now.Add(time.Hour)),
		"created in quotes": func(p *peer) {
			created(now, time.Time{})(p)
			p.header = strings.Replace(p.header, "CREATED", `"CREATED"`, 1)
		},
		"another Host on the way":  func(p *peer) { p.sent = map[string]string{"host": "127.0.0.1:8484"} },
		"a bearer token beside it": func(p *peer) { p.sent = map[string]string{"authorization": `Bearer headers="x",keyId="y"`} },
	} {
		t.Run(name, func(t *testing.T) {
			p := mastodon()
			change(&p)
			r, body := p.request(t)
			accepted(t, r, body)
		})
	}
}

// accepted expects that a request is found signed by its sender, who is asked for the key once, and that nobody changes it.
func accepted(t *testing.T, r *http.Request, body []byte) {
	t.Helper()
	keys := knows(privateKey())
	before := r.Header.Clone()
	key, err := keys.verify(r, body)
	if err != nil {
		t.Fatal(err)
	}
	if key.ID != keyID || key.Owner != owner || keys.askedFor != keyID || len(keys.asked) != 1 {
		t.Errorf("key %+v, asked for %q %v", key, keys.askedFor, keys.asked)
	}
	if !equalHeaders(before, r.Header) {
		t.Errorf("the request was changed: %v", r.Header)
	}
}

// refused expects a fault. Where the key is not at fault, nobody is asked for it.
func refused(t *testing.T, r *http.Request, body []byte, want error) {
	t.Helper()
	keys := knows(privateKey())
	_, err := keys.verify(r, body)
	if !errors.Is(err, want) || !errors.Is(err, web.ErrUnsigned) {
		t.Fatalf("got %v, want %v", err, want)
	}
	if want != signature.ErrMismatch && len(keys.asked) > 0 {
		t.Errorf("the key was asked for: %v", keys.asked)
	}
}

func TestVerifyGoesByTheRequestLine(t *testing.T) {
	p := mastodon()
	p.target, p.signedTarget = "http://127.0.0.1:8484/fedi/blogs/t%65a/inbox", "/fedi/blogs/t%65a/inbox" // as through a proxy
	for range 2 {
		r, body := p.request(t)
		r.URL.Path, r.URL.RawPath = "/blogs/tea/inbox", "" // as after a middleware that strips a prefix
		if _, err := knows(privateKey()).verify(r, body); err != nil {
			t.Errorf("%s: %v", p.target, err)
		}
		p.target = p.signedTarget
	}
}

// In the bubble the machine's clock says 2000, by which created and expires lie decades ahead.
func TestVerifyAsksNoClockButItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := mastodon()
		created(now, now.Add(time.Hour))(&p)
		if _, err := knows(privateKey()).verify(p.request(t)); err != nil {
			t.Error(err)
		}
	})
}

// created signs (created) instead of Date, and (expires) where it is not zero.
func created(at, expires time.Time) func(*peer) {
	return func(p *peer) {
		p.created, p.covered = at.Unix(), "(request-target) (created) host digest"
		p.header = `keyId="KEY",algorithm="hs2019",created=CREATED,headers="COVERED",signature="SIGNATURE"`
		if !expires.IsZero() {
			p.expires, p.covered = expires.Unix(), "(request-target) (created) (expires) host digest"
			p.header += ",expires=EXPIRES"
		}
	}
}

func createdFirst(p *peer) {
	created(now, time.Time{})(p)
	p.covered = "(created) (request-target) host digest"
}

func equalHeaders(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return true
}
