package signature_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

func newRequest(t testing.TB, method, url string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sign(t testing.TB, r *http.Request, body []byte) {
	t.Helper()
	if err := signature.Sign(r, signature.Key{ID: keyID, Private: privateKey()}, body, now); err != nil {
		t.Fatal(err)
	}
}

var written = regexp.MustCompile(`^keyId="([^"]+)",algorithm="rsa-sha256",headers="([^"]+)",signature="([^"]+)"$`)

// checkSigned verifies as a strict peer would, without our code: the header in the plainest spelling, over exactly these lines.
func checkSigned(t *testing.T, r *http.Request, lines ...string) {
	t.Helper()
	headers := r.Header.Values("Signature")
	if len(headers) != 1 {
		t.Fatalf("%d Signature headers", len(headers))
	}
	part := written.FindStringSubmatch(headers[0])
	if part == nil || part[1] != keyID {
		t.Fatalf("Signature is %s", headers[0])
	}
	var names []string
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ": ")
		names = append(names, name)
	}
	if part[2] != strings.Join(names, " ") {
		t.Errorf("headers are %q", part[2])
	}
	signed, err := base64.StdEncoding.DecodeString(part[3])
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	if err != nil || rsa.VerifyPKCS1v15(&privateKey().PublicKey, crypto.SHA256, sum[:], signed) != nil {
		t.Errorf("not a signature of\n%s", strings.Join(lines, "\n"))
	}
}

func TestSignPost(t *testing.T) {
	body := []byte(`{"type":"Create"}`)
	r := newRequest(t, "POST", "https://pasture.example/inbox", body)
	sign(t, r, body)
	digest := strings.TrimPrefix(digestOf(string(body)), "Digest: ")
	h := r.Header
	if h.Get("Digest") != digest || h.Get("Date") != "Mon, 05 Jan 2026 08:00:00 GMT" || h.Get("Host") != "pasture.example" {
		t.Errorf("headers %v", r.Header)
	}
	checkSigned(t, r, "(request-target): post /inbox", "host: pasture.example", "date: Mon, 05 Jan 2026 08:00:00 GMT", "digest: "+digest)
}

// What is signed is what net/http writes into the request line and the Host header.
func TestSignCoversTheTargetAsSent(t *testing.T) {
	for url, want := range map[string]string{
		"https://pasture.example":                  "/",
		"https://pasture.example?page=1":           "/?page=1",
		"https://pasture.example/u/%C3%A9/inbox":   "/u/%C3%A9/inbox",
		"https://pasture.example/u/é/inbox":        "/u/%C3%A9/inbox",
		"https://pasture.example/a%2Fb?x=%20&y=%3": "/a%2Fb?x=%20&y=%3",
		"https://pasture.example:8443/inbox":       "/inbox",
	} {
		r := newRequest(t, "GET", url, nil)
		sign(t, r, nil)
		if _, there := r.Header["Digest"]; there {
			t.Errorf("%s: a GET with a Digest", url)
		}
		var wire bytes.Buffer
		if err := r.Write(&wire); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(wire.String(), "GET "+want+" HTTP/1.1\r\nHost: "+r.Host+"\r\n") || strings.Count(wire.String(), "Host:") != 1 {
			t.Errorf("%s is sent as\n%s", url, wire.String())
		}
		checkSigned(t, r, "(request-target): get "+want, "host: "+r.Host, "date: Mon, 05 Jan 2026 08:00:00 GMT")
	}
}

func TestSignAgainReplacesWhatWasThere(t *testing.T) {
	r := newRequest(t, "POST", "https://pasture.example/inbox", nil)
	sign(t, r, []byte("first"))
	r.Host = "other.example"
	later := now.Add(time.Hour)
	if err := signature.Sign(r, signature.Key{ID: keyID, Private: privateKey()}, []byte("second"), later); err != nil {
		t.Fatal(err)
	}
	checkSigned(t, r, "(request-target): post /inbox", "host: other.example", "date: Mon, 05 Jan 2026 09:00:00 GMT",
		strings.ToLower(digestOf("")[:6])+digestOf("second")[6:])
}

func TestSignLeavesTheURLAlone(t *testing.T) {
	r := newRequest(t, "GET", "https://pasture.example/u/%C3%A9?x=1", nil)
	sign(t, r, nil)
	if got := r.URL.String(); got != "https://pasture.example/u/%C3%A9?x=1" {
		t.Errorf("the URL became %s", got)
	}
}

func TestSignRefusesAKeyThatCannotSign(t *testing.T) {
	r := newRequest(t, "GET", "https://pasture.example/", nil)
	if err := signature.Sign(r, signature.Key{ID: keyID}, nil, now); err == nil {
		t.Error("signed without a private key")
	}
	if err := signature.Sign(r, signature.Key{ID: `a",keyId="b`, Private: privateKey()}, nil, now); !errors.Is(err, signature.ErrMalformed) {
		t.Errorf("signed with a key id that closes its quotes: %v", err)
	}
}

// A signer of httpsig that is shared makes wrong signatures in silence.
func TestSignaturesMadeAtOnceAreAllGood(t *testing.T) {
	key := signature.Key{ID: keyID, Private: privateKey()}
	errs := make(chan error, 64)
	var all sync.WaitGroup
	for i := range cap(errs) {
		all.Go(func() {
			body := fmt.Appendf(nil, `{"n":%d}`, i)
			r, err := http.NewRequest("POST", fmt.Sprintf("https://%s/inbox?n=%d", ourHost, i), nil)
			if err == nil {
				err = signature.Sign(r, key, body, now)
			}
			if err == nil {
				_, err = knows(privateKey()).verify(r, body)
			}
			errs <- err
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
}
