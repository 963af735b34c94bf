package fediversetest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Serve puts a document at its id, in place of what was there: as ActivityPub for those who ask for
// it, as a page for others.
func (f *Fediverse) Serve(id string, document any) {
	f.t.Helper()
	body := f.marshal(document)
	f.Handle(id, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !activitypub.Wants(r.Header.Get("Accept")) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, "<!doctype html><title>A page for people</title>")
			return
		}
		w.Header().Set("Content-Type", "application/activity+json; charset=utf-8")
		w.Write(body)
	}))
}

// Gone makes an id answer 410 with a Tombstone.
func (f *Fediverse) Gone(id string) {
	f.t.Helper()
	body := f.marshal(activitypub.Tombstone{Context: activitypub.PlainContext, ID: id, Type: "Tombstone"})
	f.Handle(id, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json; charset=utf-8")
		w.WriteHeader(http.StatusGone)
		w.Write(body)
	}))
}

// Handle lets a handler answer for a URL: for redirects, wrong content types and whatever else a
// server may do.
func (f *Fediverse) Handle(address string, handler http.Handler) {
	f.t.Helper()
	address, _, _ = strings.Cut(address, "#")
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		f.t.Fatalf("fediversetest: %q is no address of a document", address)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.documents[address] = handler
	f.hosts[u.Host] = true
}

// RequireSignatures makes a host answer 401 to GETs that are not signed, as GoToSocial does.
func (f *Fediverse) RequireSignatures(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.strict[host] = true
}

// TakesOnly makes a host answer 401 to what is signed by another scheme than this one.
func (f *Fediverse) TakesOnly(host string, scheme signature.Scheme) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.only[host] = scheme
}

// serveHTTP is every server but the mounted ones.
func (f *Fediverse) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		f.receive(w, r)
		return
	}
	if f.isStrict(r.Host) {
		if _, err := f.verify(r, nil); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
	}
	handler := f.document(r)
	if handler == nil {
		http.NotFound(w, r)
		return
	}
	handler.ServeHTTP(w, r)
}

func (f *Fediverse) isStrict(host string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.strict[host]
}

// document is what stands at the URL of r, with its query or, failing that, without.
func (f *Fediverse) document(r *http.Request) http.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	path, _, _ := strings.Cut(r.RequestURI, "?")
	for _, target := range []string{r.RequestURI, path} {
		if handler, ok := f.documents[addressOf(r, target)]; ok {
			return handler
		}
	}
	return nil
}

func addressOf(r *http.Request, target string) string {
	if r.TLS == nil {
		return "http://" + r.Host + target
	}
	return "https://" + r.Host + target
}

// look reads a document without anybody noticing: it is not counted and meets no fault. It is nil
// where there is none.
func (f *Fediverse) look(id string) activitypub.Object {
	address, _, _ := strings.Cut(id, "#")
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	r.Header.Set("Accept", "application/activity+json")
	handler, ok := f.host(r.URL.Host)
	if !ok {
		return nil
	}
	if !f.isMounted(r.URL.Host) { // past the check for signatures
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if document := f.document(r); document != nil {
				document.ServeHTTP(w, r)
			}
		})
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(serve(handler, r, nil).Body); err != nil {
		return nil
	}
	o, err := activitypub.Parse(body.Bytes())
	if err != nil {
		return nil
	}
	return o
}

func (f *Fediverse) marshal(document any) []byte {
	f.t.Helper()
	body, err := activitypub.Marshal(document)
	if err != nil {
		f.t.Fatalf("fediversetest: %v", err)
	}
	return body
}

// next is a number that nobody had before, for ids.
func (f *Fediverse) next() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	return fmt.Sprint(1_000_000 + f.serial)
}
