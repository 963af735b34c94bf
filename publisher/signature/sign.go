package signature

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-fed/httpsig"
)

// Sign signs r in the zero Style, by draft-cavage: (request-target), host, date, and for a body its
// digest.
func Sign(r *http.Request, key Key, body []byte, now time.Time) error {
	if key.Private == nil {
		return errors.New("sign: the key has no private half")
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	unsign(r.Header)
	r.Header.Set("Host", cmp.Or(r.Host, r.URL.Host)) // net/http sends r.Host whatever stands here; httpsig reads this one
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	covered := []string{httpsig.RequestTarget, "host", "date"}
	if body != nil {
		covered = append(covered, "digest")
	}
	if err := signWith(r, key, covered, body); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

func signWith(r *http.Request, key Key, covered []string, body []byte) error {
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.RSA_SHA256}, httpsig.DigestSha256, covered, httpsig.Signature, 0)
	if err != nil {
		return err
	}
	wire := &http.Request{
		Method: cmp.Or(r.Method, http.MethodGet),
		URL:    &url.URL{Path: r.URL.RequestURI()}, // path and query as they will stand in the request line
		Header: r.Header,
	}
	if err := signer.SignRequest(key.Private, key.ID, wire, body); err != nil {
		return err
	}
	p, err := parse(r.Header.Get("Signature"))
	if err != nil {
		return err
	}
	p.algorithm = "rsa-sha256"
	r.Header.Set("Signature", p.format())
	return nil
}

// format writes p in the one spelling that every parser reads, httpsig's included.
func (p parameters) format() string {
	var b strings.Builder
	fmt.Fprintf(&b, `keyId="%s",algorithm="%s",`, p.keyID, p.algorithm)
	if p.created != 0 {
		fmt.Fprintf(&b, `created=%d,`, p.created)
	}
	if p.expires != 0 {
		fmt.Fprintf(&b, `expires=%d,`, p.expires)
	}
	fmt.Fprintf(&b, `headers="%s",signature="%s"`, strings.Join(p.covered, " "), p.signature)
	return b.String()
}
