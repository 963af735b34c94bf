package cli

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/server/web"
)

// handler is everything the public listener answers. livez and readyz stand at its root, outside every path prefix,
// because who asks them knows the listener and not the public address.
func (a *app) handler() http.Handler {
	root := newRouter()
	root.Handle("/livez", get(a.livez)).Methods("GET", "HEAD")
	root.Handle("/readyz", web.HandlerFunc(a.readyz)).Methods("GET", "HEAD")
	// Neither needs the database, whichever blog's address it is asked for by; a site is found by a question to it.
	root.MatcherFunc(pathEnds("/widget/1/comments.js")).Handler(web.HandlerFunc(a.comments.Script)).Methods("GET", "HEAD")
	root.MatcherFunc(pathEnds("/widget/1/comments.css")).Handler(web.HandlerFunc(a.comments.Style)).Methods("GET", "HEAD")
	public := a.proxies.Middleware(a.bodies.Middleware(a.sites.Middleware(a.public())))
	root.PathPrefix("/").Handler(a.proxies.WarnOfUnnamed(a.part("web"), public))
	return web.Middleware(a.part("web"))(web.Deadline(a.answerIn)(root))
}

// pathEnds matches a path whatever prefix it has.
func pathEnds(end string) mux.MatcherFunc {
	return func(r *http.Request, _ *mux.RouteMatch) bool { return strings.HasSuffix(r.URL.Path, end) }
}

// public routes what comes under the base URL of a blog, its path prefix already taken off by publisher.Sites. Each
// path is registered with every method it has, because mux answers HEAD with 405 where only GET is named.
func (a *app) public() http.Handler {
	r := newRouter()
	read := func(path string, h web.HandlerFunc) { r.Handle(path, h).Methods("GET", "HEAD") }
	post := func(path string, h web.HandlerFunc) { r.Handle(path, h).Methods("POST") }

	read("/.well-known/webfinger", a.actors.WebFinger)
	read("/.well-known/host-meta", a.actors.HostMeta)
	read("/.well-known/nodeinfo", a.actors.NodeInfoIndex)
	read("/nodeinfo/{version}", a.actors.NodeInfo)

	read("/actor", a.actors.InstanceActor)
	read("/blogs/{handle}", a.gate.Known(a.actors.Actor))
	read("/blogs/{handle}/outbox", a.gate.Documents(a.actors.Outbox))
	read("/blogs/{handle}/followers", a.gate.Documents(a.actors.Followers))
	read("/blogs/{handle}/following", a.gate.Documents(a.actors.Following))
	read("/blogs/{handle}/featured", a.gate.Documents(a.actors.Featured))
	post("/blogs/{handle}/inbox", a.inbox.ServeBlog)
	post("/inbox", a.inbox.ServeShared)

	read("/activities/{id}", a.gate.Documents(a.actors.Activity))
	read("/posts", a.actors.PageObject)
	read("/posts/{id}", a.gate.Negotiated(a.actors.Post))
	read("/posts/{id}/create", a.gate.Documents(a.actors.Create))
	read("/posts/{id}/updates/{n}", a.gate.Documents(a.actors.Update))
	read("/posts/{id}/delete", a.gate.Documents(a.actors.Delete))
	read("/posts/{id}/replies", a.gate.Documents(a.collections.Replies))
	read("/posts/{id}/likes", a.gate.Documents(a.collections.Likes))
	read("/posts/{id}/shares", a.gate.Documents(a.collections.Shares))
	read("/posts/{id}/context", a.gate.Documents(a.collections.Context))

	read("/notes/{id}", a.gate.Negotiated(a.documents.Note))
	read("/quotes/{id}", a.gate.Documents(a.documents.Quote))

	r.Handle("/websub/{token}", web.HandlerFunc(a.hubs.Verify)).Methods("GET")
	post("/websub/{token}", a.hubs.Push)
	post("/api/v1/feeds/{id}/refresh", a.hooks.Refresh)

	read("/api/v1/comments", a.comments.Comments)
	read("/api/v1/counts", a.comments.Counts)
	read("/comments", a.comments.Fragment)
	r.Handle("/thread", web.HandlerFunc(a.comments.Page)).Methods("GET", "HEAD", "POST")
	read("/widget/1/comments.js", a.comments.Script) // for the other methods: handler has answered these
	read("/widget/1/comments.css", a.comments.Style)
	return r
}

// newRouter is a mux router whose 404 and 405 speak like the rest. SkipClean: a cleaned path would be answered with a
// redirect that loses the body of a POST, and our ids have one spelling only.
func newRouter() *mux.Router {
	r := mux.NewRouter().SkipClean(true)
	r.NotFoundHandler = web.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("%w: nothing is served at this address", web.ErrNotFound)
	})
	r.MethodNotAllowedHandler = http.HandlerFunc(methodNotAllowed)
	return r
}

// methodNotAllowed adds the Allow header that mux leaves out (RFC 9110 §15.5.6).
func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	allow := "GET, HEAD"
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		allow = "POST"
	}
	w.Header().Set("Allow", allow)
	http.Error(w, "this address does not answer to "+r.Method, http.StatusMethodNotAllowed)
}

func get(f func(*http.Request) error) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := f(r); err != nil {
			return err
		}
		web.Write(w, r, web.Page{Type: "text/plain; charset=utf-8", Body: []byte("ok\n"), CacheControl: "no-store"})
		return nil
	}
}

// livez says that the process serves; it asks nothing else, so that a slow database does not get it killed.
func (a *app) livez(*http.Request) error { return nil }

// readyz says whether to send requests here. Strangers may ask too, so what is wrong is in the log, and at the address of the same name
// among the admin pages.
func (a *app) readyz(w http.ResponseWriter, r *http.Request) error {
	page := web.Page{Type: "text/plain; charset=utf-8", Body: []byte("ok\n"), CacheControl: "no-store"}
	err := a.ready(r.Context())
	if r.Context().Err() == nil && a.notReady.Swap(err != nil) != (err != nil) {
		if err != nil {
			a.part("web").Error("not ready", "err", err)
		} else {
			a.part("web").Info("ready again")
		}
	}
	if err != nil {
		w.Header().Set("Retry-After", "60")
		page.Status, page.Body = http.StatusServiceUnavailable, []byte("not ready\n")
	}
	web.Write(w, r, page)
	return nil
}
