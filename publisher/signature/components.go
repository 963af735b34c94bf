package signature

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// components are what a signature by RFC 9421 may cover here. What is not among them is refused: a
// component that we read otherwise than the signer means it would be one that anybody may change.
var components = []string{
	"@method", "@target-uri", "@authority", "@scheme", "@path", "@query",
	"host", "date", "content-digest", "content-type", "content-length", "digest",
}

// site is where a request was sent to as its sender knows it, whatever proxies made of it since.
type site struct{ scheme, authority string }

// newSite reads a base URL ("https://blog.example/fedi"), of which nothing but scheme and authority
// is needed.
func newSite(base string) (site, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return site{}, fmt.Errorf("%.100q is not the base URL of a signed request", base)
	}
	return siteOf(u.Scheme, u.Host), nil
}

// siteOf normalises as RFC 9421 §2.2.3 wants it: lower case, and a default port is no port.
func siteOf(scheme, host string) site {
	s := site{strings.ToLower(scheme), strings.ToLower(host)}
	switch s.scheme {
	case "https":
		s.authority = strings.TrimSuffix(s.authority, ":443")
	case "http":
		s.authority = strings.TrimSuffix(s.authority, ":80")
	}
	return s
}

// message is a request as its signer saw it.
type message struct {
	site
	method string
	target string // path and query, as in the request line
	header http.Header
	length int // of the body
}

// base is the text that is signed (RFC 9421 §2.5): a line for each covered component, and one for
// what the signature says of itself.
func (m message) base(covered []string, params string) (string, error) {
	var b strings.Builder
	for _, name := range covered {
		value, err := m.value(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\"%s\": %s\n", name, value)
	}
	b.WriteString(`"@signature-params": ` + params)
	return b.String(), nil
}

// value is what a component stands for. The host is that of the site, not of the header, and the
// length that of the bytes we have: both are changed on the way by honest proxies.
func (m message) value(name string) (string, error) {
	path, query, _ := strings.Cut(m.target, "?")
	switch name {
	case "@method":
		return m.method, nil
	case "@target-uri":
		return m.scheme + "://" + m.authority + m.target, nil
	case "@authority", "host":
		return m.authority, nil
	case "@scheme":
		return m.scheme, nil
	case "@path":
		return cmp.Or(path, "/"), nil
	case "@query":
		return "?" + query, nil
	case "content-length":
		return strconv.Itoa(m.length), nil
	}
	return m.field(name)
}

// field is a header as RFC 9421 §2.1 wants it signed.
func (m message) field(name string) (string, error) {
	values := slices.Clone(m.header.Values(name))
	if len(values) == 0 {
		return "", fmt.Errorf("%w: the signature covers %.40q, which is not there", ErrMalformed, name)
	}
	for i, value := range values {
		values[i] = strings.Trim(value, " \t")
		if strings.ContainsAny(value, "\r\n") {
			return "", fmt.Errorf("%w: the header %.40s has a line break", ErrMalformed, name)
		}
	}
	return strings.Join(values, ", "), nil
}
