package signature

import (
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/go-fed/httpsig"
)

// cavageClaim is each way in which an honest peer may have read its own request, and each hash it
// may have used.
type cavageClaim struct {
	readings   []httpsig.Verifier
	algorithms []httpsig.Algorithm
}

// claim reads the request target as it was sent, and without its query, which some old peers leave
// out of what they sign.
func (p parameters) claim(r *http.Request, _ []byte, at site) (claim, error) {
	c := cavageClaim{algorithms: []httpsig.Algorithm{httpsig.RSA_SHA256}}
	if p.algorithm != "rsa-sha256" {
		c.algorithms = append(c.algorithms, httpsig.RSA_SHA512)
	}
	targets := []string{rawTarget(r)}
	if hasQuery(targets[0]) {
		path, _, _ := strings.Cut(targets[0], "?")
		targets = append(targets, path)
	}
	for _, target := range targets {
		reading, err := read(r, p, at.authority, target)
		if err != nil {
			return nil, err
		}
		c.readings = append(c.readings, reading)
	}
	return c, nil
}

// fits says whether key made the signature. In draft-cavage that is an RSA key.
func (c cavageClaim) fits(key PublicKey) bool {
	if key.Key == nil {
		return false
	}
	for _, algorithm := range c.algorithms {
		for _, reading := range c.readings {
			if reading.Verify(key.Key, algorithm) == nil {
				return true
			}
		}
	}
	return false
}

// rawTarget is the target of the request line, escapes and all, whatever has been done to r.URL
// since.
func rawTarget(r *http.Request) string {
	raw := r.RequestURI
	if strings.HasPrefix(raw, "/") {
		return raw
	}
	if u, err := url.ParseRequestURI(raw); err == nil { // a whole URL, as clients send it to a proxy
		return u.RequestURI()
	}
	return r.URL.RequestURI() // a request that never was on a wire
}

func hasQuery(target string) bool { return strings.Contains(target, "?") }

// read hands the request to httpsig: a copy with nothing but the covered headers (an Authorization
// header would confuse it), the given host and target, and a Signature header in our spelling.
//
// httpsig compares created and expires with the clock of the machine and allows 10 seconds. The
// window has been checked by then, with our own clock, so (created) and (expires) are given to it
// as text: as a further line of the header before them, which makes the same signed string. Only
// where they come first there is no such header, and httpsig's 10 seconds hold.
func read(r *http.Request, p parameters, host, target string) (httpsig.Verifier, error) {
	given := parameters{keyID: "given", algorithm: "hs2019", signature: p.signature}
	header := http.Header{"Host": {host}}
	var before *string
	for _, name := range p.covered {
		number, isNumber := p.number(name)
		switch {
		case isNumber && before != nil:
			*before += fmt.Sprintf("\n%s: %d", name, number)
			continue
		case name == "(created)":
			given.created = number
		case name == "(expires)":
			given.expires = number
		case name == httpsig.RequestTarget:
			before = &target
		case name == "host":
			before = &header["Host"][0]
		default:
			values, err := oneLine(r.Header, name)
			if err != nil {
				return nil, err
			}
			header[textproto.CanonicalMIMEHeaderKey(name)] = values
			before = &values[0]
		}
		given.covered = append(given.covered, name)
	}
	header.Set("Signature", given.format())
	verifier, err := httpsig.NewVerifier(&http.Request{Method: r.Method, URL: &url.URL{Path: target}, Header: header})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	return verifier, nil
}

// oneLine joins the values of a header as draft-cavage §2.3 wants them signed.
func oneLine(h http.Header, name string) ([]string, error) {
	values := h.Values(name)
	if len(values) == 0 || name == "signature" {
		return nil, fmt.Errorf("%w: headers lists %.40q, which cannot be signed or is not there", ErrMalformed, name)
	}
	trimmed := make([]string, len(values))
	for i, value := range values {
		trimmed[i] = strings.TrimSpace(value)
	}
	return []string{strings.Join(trimmed, ", ")}, nil
}
