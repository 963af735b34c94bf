package signature_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

var bySuccessor = signature.Style{Scheme: signature.RFC9421}

func sign9421(t testing.TB, r *http.Request, body []byte) {
	t.Helper()
	if err := bySuccessor.Sign(r, ourKey(), body, now); err != nil {
		t.Fatal(err)
	}
}

// checkSigned9421 verifies as a strict peer would, without our code: exactly these lines, and one signature.
func checkSigned9421(t *testing.T, r *http.Request, params string, lines ...string) {
	t.Helper()
	h := r.Header
	if len(h.Values("Signature")) != 1 || len(h.Values("Signature-Input")) != 1 || h.Get("Signature-Input") != "sig1="+params {
		t.Fatalf("headers %v, want sig1=%s", h, params)
	}
	text := strings.Join(append(lines, `"@signature-params": `+params), "\n")
	encoded := strings.TrimSuffix(strings.TrimPrefix(h.Get("Signature"), "sig1=:"), ":")
	signed, err := base64.StdEncoding.DecodeString(encoded)
	sum := sha256.Sum256([]byte(text))
	if err != nil || rsa.VerifyPKCS1v15(&privateKey().PublicKey, crypto.SHA256, sum[:], signed) != nil {
		t.Errorf("not a signature of\n%s", text)
	}
}

func TestSignByRFC9421(t *testing.T) {
	body := []byte(`{"type":"Create"}`)
	r := newRequest(t, "POST", "https://Pasture.example:443/inbox?x=%20", body)
	sign9421(t, r, body)
	if r.Header.Get("Digest") != "" || r.Header.Get("Date") != "Mon, 05 Jan 2026 08:00:00 GMT" {
		t.Errorf("headers %v", r.Header)
	}
	digest := contentDigest(string(body))
	if got := r.Header.Get("Content-Digest"); got != digest {
		t.Errorf("Content-Digest: %s", got)
	}
	checkSigned9421(t, r, `("@method" "@target-uri" "content-digest");created=1767600000;keyid="`+keyID+`";alg="rsa-v1_5-sha256"`,
		`"@method": POST`, `"@target-uri": https://pasture.example/inbox?x=%20`, `"content-digest": `+digest)

	get := newRequest(t, "GET", "http://127.0.0.1:8484", nil)
	sign9421(t, get, nil)
	if _, there := get.Header["Content-Digest"]; there {
		t.Error("a GET with a digest")
	}
	checkSigned9421(t, get, `("@method" "@target-uri");created=1767600000;keyid="`+keyID+`";alg="rsa-v1_5-sha256"`,
		`"@method": GET`, `"@target-uri": http://127.0.0.1:8484/`)
}

// A request carries one signature, whichever was made last.
func TestOneSchemeReplacesTheOther(t *testing.T) {
	body := []byte("{}")
	r := newRequest(t, "POST", "https://"+ourHost+"/inbox", body)
	for _, scheme := range []signature.Scheme{signature.RFC9421, signature.Cavage, signature.RFC9421, signature.RFC9421} {
		if err := (signature.Style{Scheme: scheme}).Sign(r, ourKey(), body, now); err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range r.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		want := "[Date Digest Host Signature]"
		if scheme == signature.RFC9421 {
			want = "[Content-Digest Date Host Signature Signature-Input]"
		}
		if fmt.Sprint(names) != want || len(r.Header.Values("Signature")) != 1 || signature.SchemeOf(r) != scheme {
			t.Errorf("%v: headers %v", scheme, r.Header)
		}
		if _, err := knows(privateKey()).verify(r, body); err != nil {
			t.Errorf("%v: %v", scheme, err)
		}
	}
}

func TestSignByRFC9421RefusesAKeyThatCannotSign(t *testing.T) {
	r := newRequest(t, "GET", "https://pasture.example/", nil)
	if err := bySuccessor.Sign(r, signature.Key{ID: keyID}, nil, now); err == nil {
		t.Error("signed without a private key")
	}
	for _, id := range []string{"", `a";alg="b`} {
		if err := bySuccessor.Sign(r, signature.Key{ID: id, Private: privateKey()}, nil, now); !errors.Is(err, signature.ErrMalformed) {
			t.Errorf("signed with the key id %q: %v", id, err)
		}
	}
}

func TestWhatWeAskForIsWhatWeMakeAndTake(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		asked := http.Header{"Accept-Signature": {signature.Accepts(method)}}
		style := signature.Style{}.Next(asked, ourKey())
		var body []byte
		if method == "POST" {
			body = []byte("{}")
		}
		r := newRequest(t, method, "https://"+ourHost+"/inbox", body)
		if err := style.Sign(r, ourKey(), body, now); err != nil {
			t.Fatal(err)
		}
		if _, err := knows(privateKey()).verify(r, body); err != nil || style.Scheme != signature.RFC9421 {
			t.Errorf("%s: %v, %v", method, style.Scheme, err)
		}
		if again := style.Next(asked, ourKey()); again.Scheme != signature.Cavage {
			t.Errorf("%s: the same is made once more", method)
		}
	}
}

// What is asked for and cannot be had (a content-type without content) costs the wish, not the request.
func TestAWishThatCannotBeMetIsLeftOut(t *testing.T) {
	wish := http.Header{"Accept-Signature": {`a=("content-type" "content-digest" "@scheme" "@query" "host" "content-length")`}}
	style := signature.Style{}.Next(wish, ourKey())
	r := newRequest(t, "GET", "https://"+ourHost+"/inbox", nil)
	if err := style.Sign(r, ourKey(), nil, now); err != nil {
		t.Fatal(err)
	}
	if _, err := knows(privateKey()).verify(r, nil); err != nil || strings.Contains(r.Header.Get("Signature-Input"), "content-type") {
		t.Errorf("%v, %v", err, r.Header)
	}
}

// The property all rests on: after signing, no part of a request that is covered can be changed, by as little as a byte.
func TestNoByteOfASignedRequestCanBeChanged(t *testing.T) {
	const target, body = "/blogs/tea/inbox?page=1", `{"type":"Like"}`
	for scheme, headers := range map[signature.Scheme][]string{
		signature.Cavage:  {"Date", "Digest"}, // parameters of its Signature are not signed
		signature.RFC9421: {"Signature", "Signature-Input", "Content-Digest"},
	} {
		signed := newRequest(t, "POST", "https://"+ourHost+target, nil)
		if err := (signature.Style{Scheme: scheme}).Sign(signed, ourKey(), []byte(body), now); err != nil {
			t.Fatal(err)
		}
		signed.RequestURI = target
		keys := knows(privateKey())
		if _, err := keys.verify(signed, []byte(body)); err != nil {
			t.Fatal(err)
		}
		changed := func(what, from string, change func(r *http.Request, to string) (body string)) {
			for to := range changesOf(from) {
				r := signed.Clone(t.Context())
				sent := change(r, to)
				if _, err := keys.verify(r, []byte(sent)); err == nil && !sameMeaning(what, from, to) {
					t.Errorf("%v: %s %q passes for %q", scheme, what, to, from)
				}
			}
		}
		changed("body", body, func(_ *http.Request, to string) string { return to })
		changed("target", target, func(r *http.Request, to string) string { r.RequestURI = to; return body })
		changed("method of "+scheme.String(), "POST", func(r *http.Request, to string) string { r.Method = to; return body })
		for _, name := range headers {
			changed(name, signed.Header.Get(name), func(r *http.Request, to string) string { r.Header.Set(name, to); return body })
		}
	}
}

// changesOf is s with each byte in turn replaced, left out and doubled.
func changesOf(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range len(s) {
			for _, by := range []string{"", s[i:i+1] + s[i:i+1], "A", "b", "0", `"`, ";", ",", " ", "/", string(s[i] ^ 0x20), string(s[i] ^ 1)} {
				if changed := s[:i] + by + s[i+1:]; changed != s && !yield(changed) {
					return
				}
			}
		}
	}
}

// sameMeaning: what no server receives (a target without slash), spaces between parameters, the case of the method, which draft-cavage does
// not sign, and the unused bits of the last base64 character.
func sameMeaning(what, a, b string) bool {
	switch what {
	case "target":
		return !strings.HasPrefix(b, "/")
	case "method of cavage":
		return strings.EqualFold(a, b)
	case "Signature-Input":
		return len(b) > len(a) && strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "")
	case "Signature":
		return strings.HasPrefix(b, "sig1=:") && bytes.Equal(decoded(a), decoded(b))
	}
	return false
}

func decoded(s string) []byte {
	raw, _ := base64.StdEncoding.DecodeString(strings.Trim(strings.TrimPrefix(s, "sig1="), ":"))
	return raw
}
