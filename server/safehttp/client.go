package safehttp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	defaultTimeout  = 10 * time.Second
	defaultMaxBytes = 1 << 20
)

// Errors a caller decides by. A passed deadline is context.DeadlineExceeded.
var (
	// ErrAddress: the host's address is not a public one, and its host:port is not in
	// Options.Allow.
	ErrAddress = errors.New("not a public address")
	// ErrScheme: the URL is of a kind that is never asked: another scheme than http and https, http
	// where only https is allowed, a user name or password in it, no host, or unreadable.
	ErrScheme = errors.New("URL not allowed")
	// ErrEncoding: the body is compressed in a way that nobody asked for.
	ErrEncoding = errors.New("not asked for")
	// ErrTooLarge: the body, inflated, is longer than Request.MaxBytes.
	ErrTooLarge = errors.New("answer too large")
	// ErrRedirect: too many redirects, one that leads back, or one that may not be followed.
	ErrRedirect = errors.New("redirect not followed")
)

// Options say where a Client may go. The program has one Client for feeds and one for federation.
type Options struct {
	UserAgent string
	// Allow lists exact host:port pairs as URLs write them, IPv6 in brackets, a default port
	// written out ("blog.localhost:80"). They may have private addresses and, for OnlyHTTPS
	// clients, be asked by plain http. An entry without a port allows nothing.
	Allow []string
	// OnlyHTTPS refuses http for every host:port that is not in Allow: the rule of federation,
	// where a document's origin is its proof.
	OnlyHTTPS bool
	// Transport replaces the dialling transport in tests. Redirects, caps and deadlines stay ours;
	// the address check goes with the dialling.
	Transport http.RoundTripper
}

// Client sends requests. It is safe for concurrent use and keeps connections and TLS sessions
// between them.
type Client struct {
	userAgent string
	allow     allowList
	onlyHTTPS bool
	transport http.RoundTripper
}

// New makes a Client; nothing is dialled or started.
func New(o Options) *Client {
	c := &Client{
		userAgent: o.UserAgent,
		allow:     newAllowList(o.Allow),
		onlyHTTPS: o.OnlyHTTPS,
		transport: o.Transport,
	}
	if c.transport == nil {
		c.transport = newTransport(newDialer(c.allow))
	}
	return c
}

// Request is one question to a server, with the bounds of its answer.
type Request struct {
	Method string // "" means GET
	URL    string // a fragment is not sent
	Header http.Header
	Body   []byte
	// Sign runs for each hop just before it is sent, when method, URL, Host and all headers but its
	// own are final; nil means unsigned. It must leave the request's Body alone: the bytes are
	// those of Request.Body.
	Sign func(*http.Request) error
	// MaxBytes caps the body after inflation; a longer one is ErrTooLarge. 0 means 1 MiB.
	MaxBytes int64
	// Truncate makes the body a courtesy: what exceeds MaxBytes or cannot be read is left out, and
	// the status stands all the same. It is for deliveries: an inbox that said 202 has the
	// activity, however badly its answer ends.
	Truncate bool
	// Timeout is the total deadline over all hops, headers and body together. 0 means 10 s.
	Timeout time.Duration
}

// Response is the whole answer; nothing is left to read or close.
type Response struct {
	Status int
	Header http.Header
	URL    *url.URL // where the answer came from, after redirects, without fragment
	Body   []byte   // inflated
	Moved  bool     // there was a redirect, and all of them were permanent (301, 308): URL is the new address
}

// Check says whether Do would ask the URL as far as its spelling goes; the error is ErrScheme. It
// looks nothing up, so a host that passes may still turn out to have a private address.
func (c *Client) Check(rawURL string) error {
	_, err := c.parse(rawURL)
	return err
}

// Allows says whether the URL's host and port are in Options.Allow: the operator's own, and never a
// stranger's.
func (c *Client) Allows(rawURL string) bool {
	u, err := readURL(rawURL, (&url.URL{}).Parse)
	return err == nil && c.allow.has(u)
}

// Do sends the request and reads the answer. Any HTTP status is a Response; an error means that
// there was no answer, or none that may be used.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	r.Method = cmp.Or(r.Method, http.MethodGet)
	r.Timeout = cmp.Or(r.Timeout, defaultTimeout)
	if r.MaxBytes <= 0 {
		r.MaxBytes = defaultMaxBytes
	}
	start, err := c.parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Method, err)
	}
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	answer, err := c.follow(ctx, r, start)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, brief(start), err)
	}
	return answer, nil
}

// follow sends the request and goes where the answers point until one is final.
func (c *Client) follow(ctx context.Context, r Request, u *url.URL) (*Response, error) {
	trail := newTrail(c, r.Method, u)
	for {
		res, err := c.send(ctx, r, trail.at)
		if err != nil {
			return nil, err
		}
		location := res.Header.Get("Location")
		if !isRedirect(res.StatusCode) || location == "" {
			return finish(res, r, trail)
		}
		discard(res.Body)
		from := trail.at.Host
		if err := trail.step(res.StatusCode, location); err != nil {
			return nil, err
		}
		if trail.at.Host != from {
			r.Header = withoutCredentials(r.Header)
		}
	}
}

// send makes one hop. The caller closes the body.
func (c *Client) send(ctx context.Context, r Request, u *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	req.Header.Set("User-Agent", c.userAgent)
	// Set by hand, so that the Transport leaves inflating to us, who count.
	req.Header.Set("Accept-Encoding", "gzip")
	if r.Sign != nil {
		if err := r.Sign(req); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	return c.transport.RoundTrip(req)
}

// withoutCredentials is what another host than the one they were meant for may see.
func withoutCredentials(h http.Header) http.Header {
	h = h.Clone()
	h.Del("Authorization")
	h.Del("Cookie")
	return h
}

func finish(res *http.Response, r Request, t *trail) (*Response, error) {
	defer res.Body.Close()
	body, err := readBody(res, r.MaxBytes)
	if err != nil && !r.Truncate {
		return nil, err
	}
	return &Response{Status: res.StatusCode, Header: res.Header, URL: t.at, Body: body, Moved: t.moved}, nil
}
