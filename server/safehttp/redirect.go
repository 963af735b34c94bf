package safehttp

import (
	"fmt"
	"net/http"
	"net/url"
)

const (
	maxRedirects     = 3
	maxPostRedirects = 1
)

// trail is where a request has been and where it is now.
type trail struct {
	client *Client
	resend bool // the request has effects: a redirect would repeat them elsewhere
	at     *url.URL
	seen   map[string]bool
	moved  bool
}

func newTrail(c *Client, method string, start *url.URL) *trail {
	return &trail{
		client: c,
		resend: method != http.MethodGet && method != http.MethodHead,
		at:     start,
		seen:   map[string]bool{start.String(): true},
	}
}

// step moves to where a redirect points, or says why it must not.
func (t *trail) step(status int, location string) error {
	next, err := readURL(location, t.at.Parse)
	if err == nil {
		err = t.client.permit(next)
	}
	if err == nil {
		err = t.allows(status, next)
	}
	if err != nil {
		return fmt.Errorf("status %d: %w", status, err)
	}
	t.moved = isPermanent(status) && (t.moved || len(t.seen) == 1)
	t.seen[next.String()] = true
	t.at = next
	return nil
}

// allows is the rule about redirects; len(t.seen) is one more than those already followed.
func (t *trail) allows(status int, next *url.URL) error {
	limit := maxRedirects
	if t.resend {
		limit = maxPostRedirects
	}
	switch {
	case len(t.seen) > limit:
		return fmt.Errorf("%w: more than %d", ErrRedirect, limit)
	case t.seen[next.String()]:
		return fmt.Errorf("%w: it leads back to %s", ErrRedirect, brief(next))
	case t.at.Scheme == "https" && next.Scheme == "http" && !t.client.allow.has(next):
		return fmt.Errorf("%w: it leaves https for http", ErrRedirect)
	case t.resend && !keepsMethod(status):
		return fmt.Errorf("%w: the body would not be sent again", ErrRedirect)
	case t.resend && HostPort(next) != HostPort(t.at):
		return fmt.Errorf("%w: it leads to another host, %s", ErrRedirect, next.Host)
	}
	return nil
}

// isRedirect lists the statuses of RFC 9110 §15.4 that send elsewhere by themselves: not 300, which
// offers a choice, nor 304.
func isRedirect(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusFound || status == http.StatusSeeOther || keepsMethod(status)
}

func keepsMethod(status int) bool {
	return status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}

func isPermanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}
