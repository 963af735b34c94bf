package signature_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

const (
	ourHost = "blog.example"
	keyID   = "https://pasture.example/users/ada#main-key"
	owner   = "https://pasture.example/users/ada"
)

var now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// Keys take long to make; each test process makes two.
var privateKey, otherKey = sync.OnceValue(newKey), sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// peer writes signed requests as another implementation would: nothing here uses the package under test or httpsig. The zero values of
// most fields are what Mastodon sends.
type peer struct {
	method, target string
	signedTarget   string // what it signs instead of target
	host           string
	body           string
	extra          []string // header lines, "Name: value"
	covered        string
	created        int64
	expires        int64
	date           time.Time
	sha512         bool
	key            *rsa.PrivateKey
	header         string            // the Signature header; KEY, COVERED, CREATED, EXPIRES and SIGNATURE are filled in
	sent           map[string]string // headers that are changed after signing; "" removes one
	sentBody       string
}

func mastodon() peer {
	return peer{
		method: "POST", target: "/blogs/tea/inbox", host: ourHost, date: now, key: privateKey(),
		body:    `{"type":"Like"}`,
		covered: "(request-target) host date digest content-type",
		extra:   []string{"Content-Type: application/activity+json"},
		header:  `keyId="KEY",algorithm="rsa-sha256",headers="COVERED",signature="SIGNATURE"`,
	}
}

// mastodonGet is a signed GET.
func mastodonGet() peer {
	p := mastodon()
	p.method, p.body, p.covered, p.extra = "GET", "", "(request-target) host date", nil
	return p
}

// request is what net/http makes of the peer's bytes, and the body it sent.
func (p peer) request(t testing.TB) (*http.Request, []byte) {
	t.Helper()
	headers := map[string]string{"host": p.host}
	if !p.date.IsZero() {
		headers["date"] = p.date.Format(http.TimeFormat)
	}
	if p.method == "POST" {
		sum := sha256.Sum256([]byte(p.body))
		headers["digest"] = "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	}
	for _, line := range p.extra {
		name, value, _ := strings.Cut(line, ": ")
		headers[strings.ToLower(name)] = value
	}
	headers["signature"] = p.sign(t, headers)
	for name, value := range p.sent {
		headers[name] = value
	}
	return received(t, p.method, p.target, headers), []byte(cmp.Or(p.sentBody, p.body))
}

// received is the request that net/http makes of bytes on the wire. A header's value is a line for each of its lines, none where it is "".
func received(t testing.TB, method, target string, headers map[string]string) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	fmt.Fprintf(&wire, "%s %s HTTP/1.1\r\n", method, target)
	for name, value := range headers {
		for line := range strings.SplitSeq(value, "\n") {
			if line != "" {
				fmt.Fprintf(&wire, "%s: %s\r\n", name, line)
			}
		}
	}
	wire.WriteString("\r\n")
	r, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (p peer) sign(t testing.TB, headers map[string]string) string {
	t.Helper()
	target := p.target
	if p.signedTarget != "" {
		target = p.signedTarget
	}
	var lines []string
	for _, name := range strings.Fields(strings.ToLower(p.covered)) {
		value := headers[name]
		switch name {
		case "(request-target)":
			value = strings.ToLower(p.method) + " " + target
		case "(created)":
			value = fmt.Sprint(p.created)
		case "(expires)":
			value = fmt.Sprint(p.expires)
		}
		lines = append(lines, name+": "+value)
	}
	text := []byte(strings.Join(lines, "\n"))
	hash, sum := crypto.SHA256, sha256.New()
	if p.sha512 {
		hash, sum = crypto.SHA512, sha512.New()
	}
	sum.Write(text)
	signed, err := rsa.SignPKCS1v15(rand.Reader, p.key, hash, sum.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("KEY", keyID, "COVERED", p.covered, "CREATED", fmt.Sprint(p.created), "EXPIRES", fmt.Sprint(p.expires),
		"SIGNATURE", base64.StdEncoding.EncodeToString(signed)).Replace(p.header)
}

// keyring answers as a Keys function and counts how often it is asked.
type keyring struct {
	cached, fresh *rsa.PublicKey
	edwards       ed25519.PublicKey // in place of both
	err, freshErr error
	asked         []bool // the fresh of each call
	askedFor      string
}

func knows(key *rsa.PrivateKey) *keyring {
	return &keyring{cached: &key.PublicKey, fresh: &key.PublicKey}
}

func (k *keyring) find(_ context.Context, id string, fresh bool) (signature.PublicKey, error) {
	k.asked, k.askedFor = append(k.asked, fresh), id
	if fresh {
		return signature.PublicKey{ID: id, Owner: owner, Key: k.fresh, Ed25519: k.edwards}, k.freshErr
	}
	return signature.PublicKey{ID: id, Owner: owner, Key: k.cached, Ed25519: k.edwards}, k.err
}

func (k *keyring) verify(r *http.Request, body []byte) (signature.PublicKey, error) {
	v := signature.Verifier{Keys: k.find, Now: func() time.Time { return now }}
	return v.Verify(r, body, "https://"+ourHost+"/fedi")
}

const emptyDigest = "Digest: SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "Digest: SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}
