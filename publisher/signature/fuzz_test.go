package signature_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

// Whatever a stranger writes into the headers that a signature is about: no panic, an error of a kind that senders understand, and no key
// is fetched, unless all but the arithmetic is right. Nobody has the key, so nothing is ever accepted.
func FuzzVerify(f *testing.F) {
	for _, change := range []func(*peer){
		func(*peer) {}, func(p *peer) { *p = mastodonGet() }, created(now, now), createdFirst,
		func(p *peer) { p.covered += " x-y" }, func(p *peer) { p.target += "?page=1" },
	} {
		p := mastodon()
		change(&p)
		p.key = otherKey() // else the seeds would be valid
		r, body := p.request(f)
		h := r.Header
		f.Add(r.Method, r.RequestURI, h.Get("Signature"), h.Get("Date"), h.Get("Digest"), h.Get("Content-Type"), body)
	}
	f.Fuzz(func(t *testing.T, method, target, header, date, digest, contentType string, body []byte) {
		r := &http.Request{Method: method, RequestURI: target, URL: &url.URL{Path: "/inbox"}, Host: ourHost, Header: http.Header{}}
		for name, value := range map[string]string{"Signature": header, "Date": date, "Digest": digest, "Content-Type": contentType} {
			r.Header.Set(name, value)
		}
		before := bytes.Clone(body)
		keys := knows(privateKey())
		_, err := keys.verify(r, body)
		if err == nil || !errors.Is(err, web.ErrUnsigned) && !errors.Is(err, signature.ErrMismatch) {
			t.Errorf("verified, or refused without a kind: %v", err)
		}
		if len(keys.asked) > 2 || len(keys.asked) > 0 && !errors.Is(err, signature.ErrMismatch) {
			t.Errorf("keys %v were asked for, and then: %v", keys.asked, err)
		}
		if !bytes.Equal(before, body) {
			t.Error("the body was changed")
		}
	})
}
