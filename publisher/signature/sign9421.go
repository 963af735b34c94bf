package signature

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dunglas/httpsfv"
)

const ownLabel = "sig1"

// sign9421 signs by RFC 9421 what w wants, and what every server needs: method, address, and for a
// body its digest. An expires, where one is wanted, is as far off as others believe a signature
// without.
func sign9421(r *http.Request, key Key, body []byte, now time.Time, w wanted) error {
	if key.Private == nil {
		return errors.New("sign: the key has no private half")
	}
	if !usableKeyID(key.ID) {
		return fmt.Errorf("sign: %w: the key's id is no URL", ErrMalformed)
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	unsign(r.Header)
	host := cmp.Or(r.Host, r.URL.Host)
	r.Header.Set("Host", host) // net/http sends r.Host whatever stands here
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	addDigests(r.Header, w, body)
	covered := slices.DeleteFunc(w.cover(body != nil), func(name string) bool { // what is asked for and is not there
		return name == "content-type" && r.Header.Get(name) == ""
	})
	m := message{
		site: siteOf(r.URL.Scheme, host), method: cmp.Or(r.Method, http.MethodGet), target: r.URL.RequestURI(),
		header: r.Header, length: len(body),
	}
	if err := m.sign(key, covered, now, w); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

// addDigests sets the digests that the signature will cover. The old one is there only for who asks
// for it.
func addDigests(h http.Header, w wanted, body []byte) {
	sum := sha256.Sum256(body)
	text := base64.StdEncoding.EncodeToString(sum[:])
	if body != nil || slices.Contains(w.covered, "content-digest") {
		h.Set("Content-Digest", "sha-256=:"+text+":")
	}
	if slices.Contains(w.covered, "digest") {
		h.Set("Digest", "SHA-256="+text)
	}
}

// sign puts the two headers of a signature into the message.
func (m message) sign(key Key, covered []string, now time.Time, w wanted) error {
	list := httpsfv.InnerList{Params: w.params(key.ID, now)}
	for _, name := range covered {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	params, err := httpsfv.Marshal(list)
	if err != nil {
		return err
	}
	text, err := m.base(covered, params)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text))
	signed, err := rsa.SignPKCS1v15(rand.Reader, key.Private, crypto.SHA256, sum[:])
	if err != nil {
		return err
	}
	m.header.Set("Signature-Input", w.name()+"="+params)
	value, err := httpsfv.Marshal(httpsfv.NewItem(signed))
	m.header.Set("Signature", w.name()+"="+value)
	return err
}
