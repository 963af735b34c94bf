package safehttp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// maxURL is the longest URL that is asked, in bytes: what RFC 9110 §4.1 wants every server to take.
const maxURL = 8000

// parse reads a URL and refuses what is never asked. Its errors do not repeat the URL, which may
// hold a password.
func (c *Client) parse(raw string) (*url.URL, error) {
	u, err := readURL(raw, (&url.URL{}).Parse)
	if err != nil {
		return nil, err
	}
	return u, c.permit(u)
}

// readURL parses with the given function (absolute, or relative to the last hop) and brings the
// result into one spelling.
func readURL(raw string, parse func(string) (*url.URL, error)) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrScheme, maxURL)
	}
	u, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrScheme, withoutURL(err))
	}
	return normalise(u)
}

// normalise gives each URL one spelling: lower-case ASCII host, no default port, no fragment. The
// signature's host, the Host header, the allow rule and the search for redirect loops then all see
// the same one.
func normalise(u *url.URL) (*url.URL, error) {
	if u.User != nil {
		return nil, fmt.Errorf("%w: it carries a user name", ErrScheme)
	}
	host, err := asciiHost(u.Hostname())
	if err != nil {
		return nil, err
	}
	n := *u
	n.Host = host
	if port := u.Port(); port != "" && port != defaultPort(u.Scheme) {
		n.Host += ":" + port
	}
	n.Fragment, n.RawFragment = "", ""
	return &n, nil
}

// asciiHost is the host as it stands in a Host header. A zone ("fe80::1%eth0") only makes sense for
// addresses that nobody may reach.
func asciiHost(host string) (string, error) {
	switch {
	case host == "":
		return "", fmt.Errorf("%w: it names no host", ErrScheme)
	case strings.Contains(host, "%"):
		return "", fmt.Errorf("%w: its host has a zone", ErrScheme)
	case strings.Contains(host, ":"):
		return "[" + strings.ToLower(host) + "]", nil
	case isASCII(host):
		return strings.ToLower(host), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" {
		return "", fmt.Errorf("%w: its host is not a name", ErrScheme)
	}
	return ascii, nil
}

// permit is the rule about schemes.
func (c *Client) permit(u *url.URL) error {
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return fmt.Errorf("%w: the scheme is %q", ErrScheme, u.Scheme)
	case c.onlyHTTPS && !c.allow.has(u):
		return fmt.Errorf("%w: it is not https", ErrScheme)
	}
	return nil
}

// HostPort is the URL's host and port, the default one written out: what Allow lists and what the
// dialer is asked for.
func HostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// brief is the URL for a log: a query may hold a token, as those of private feeds do.
func brief(u *url.URL) string {
	short := *u
	short.RawQuery, short.ForceQuery = "", false
	return short.String()
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// withoutURL keeps the reason of a url.Error and drops the URL it quotes.
func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}
