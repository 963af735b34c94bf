package demo

import (
	"net/http"
	"sync"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

// Reader is "Pasture", a toy fediverse server with a few people on it. It has its own keys, its own
// HTTP client and its own idea of the protocol; with Bloghorn it shares the code that signs and
// reads, nothing else.
type Reader struct {
	options  Options
	host     string // the authority that signatures to us must name
	client   *safehttp.Client
	people   []*person
	memory   *memory
	verifier signature.Verifier
	handler  http.Handler

	keysMu sync.Mutex
	keys   map[string]knownKey // by key id
}

// NewReader makes the reader with its people and their keys. It asks nobody anything before Follow.
func NewReader(o Options) (*Reader, error) {
	r := &Reader{
		options: o.withDefaults(),
		host:    authority(o.ReaderURL),
		client:  o.client("Pasture"),
		memory:  newMemory(),
		keys:    map[string]knownKey{},
	}
	r.verifier = signature.Verifier{Keys: r.publicKey, Now: r.options.Now}
	people, err := newPeople(o.ReaderURL)
	if err != nil {
		return nil, err
	}
	r.people = people
	r.handler = r.routes()
	return r, nil
}

// ServeHTTP serves the reader's pages and its side of the fediverse.
func (r *Reader) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.handler.ServeHTTP(w, req) }

// authorizeInteraction is where the comments of the blog send somebody from here who wants to
// answer: to the post or reply in the timeline.
func (r *Reader) authorizeInteraction(w http.ResponseWriter, req *http.Request) error {
	object := req.URL.Query().Get("uri")
	if _, err := r.rootOf(object); err != nil {
		return err
	}
	web.Redirect(w, req, "/#"+anchor(object))
	return nil
}

func (r *Reader) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]web.HandlerFunc{
		"GET /{$}":                     r.timelinePage,
		"GET /version":                 r.version,
		"GET /authorize_interaction":   r.authorizeInteraction,
		"GET /traffic":                 r.trafficPage,
		"GET /static/{name}":           web.Files(staticFiles, "static"),
		"POST /do/{action}":            r.do,
		"GET /.well-known/webfinger":   r.webFinger,
		"GET /people/{name}":           r.person,
		"GET /people/{name}/outbox":    r.emptyCollection,
		"GET /people/{name}/followers": r.emptyCollection,
		"GET /people/{name}/following": r.emptyCollection,
		"GET /notes/{id}":              r.noteDocument,
		"POST /people/{name}/inbox":    r.inbox,
		"POST /inbox":                  r.inbox,
	} {
		mux.Handle(pattern, handle)
	}
	return onlyFromHere(r.host, mux)
}
