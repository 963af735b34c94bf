package fediversetest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Fediverse is all servers together. It is safe for concurrent use.
type Fediverse struct {
	// Now is the clock of all servers and people; time.Now unless replaced before the first
	// request.
	Now func() time.Time
	// Scheme is how people sign who are not told otherwise (SignedBy); draft-cavage unless
	// replaced.
	Scheme signature.Scheme

	t testing.TB

	mu        sync.Mutex
	ownKeys   int                     // how many people have a key of their own
	mounted   map[string]http.Handler // by host
	documents map[string]http.Handler // by URL
	hosts     map[string]bool         // those with documents
	people    map[string]*Person      // by id
	inboxes   map[string][]*Person    // who reads an inbox, by URL
	strict    map[string]bool         // hosts that want their GETs signed
	only      map[string]signature.Scheme
	faults    map[string]*Fault   // by host
	traffic   map[string]*traffic // by host
	keys      map[string]signature.PublicKey
	refused   []Delivery
	serial    int
}

// New makes a fediverse without servers; they appear with the first person or document on them.
func New(t testing.TB) *Fediverse {
	return &Fediverse{
		Now: time.Now, t: t,
		mounted: map[string]http.Handler{}, documents: map[string]http.Handler{}, hosts: map[string]bool{}, strict: map[string]bool{},
		only:   map[string]signature.Scheme{},
		people: map[string]*Person{}, inboxes: map[string][]*Person{}, keys: map[string]signature.PublicKey{},
		faults: map[string]*Fault{}, traffic: map[string]*traffic{},
	}
}

// Mount makes app the server at host ("blog.example", with the port if its URLs have one), for
// https and http.
func (f *Fediverse) Mount(host string, app http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mounted[host] = app
}

// RoundTrip carries a request to its host. It is what the app's clients are given in place of a
// network; a host that nobody has heard of is a DNS error.
func (f *Fediverse) RoundTrip(r *http.Request) (*http.Response, error) {
	defer f.count(r)()
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	fault := f.fault(r)
	if err := fault.strike(r.Context()); err != nil {
		return nil, err
	}
	if fault.Status != 0 {
		return fault.answer(r), nil
	}
	handler, ok := f.host(r.URL.Host)
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}}
	}
	response := serve(handler, r, body)
	if fault.Lost {
		return nil, errLost
	}
	return response, r.Context().Err()
}

// host is who answers for a host.
func (f *Fediverse) host(host string) (http.Handler, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if app, ok := f.mounted[host]; ok {
		return app, true
	}
	return http.HandlerFunc(f.serveHTTP), f.hosts[host]
}

func (f *Fediverse) isMounted(host string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.mounted[host]
	return ok
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request's body: %w", err)
	}
	return body, nil
}

// serve hands the request over in the form in which net/http's server would: with the request line
// as it was written, the Host header taken out of the others, and a URL without host.
func serve(handler http.Handler, r *http.Request, body []byte) *http.Response {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	if in.URL.Path == "" {
		in.URL.Path = "/"
	}
	in.Host = r.Host
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	in.Header.Del("Host")
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	in.RemoteAddr = "192.0.2.1:49152" // RFC 5737: a documentation address
	if r.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{HandshakeComplete: true}
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, in)
	response := recorder.Result()
	response.Request = r
	return response
}
