package app

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/server/web"
)

// Handler is everything the public listener answers. livez and readyz stand at its root, outside
// every path prefix, because who asks them knows the listener and not the public address.
func (a *App) Handler() http.Handler {
	root := newRouter()
	root.Handle("/livez", get(a.livez)).Methods("GET", "HEAD")
	root.Handle("/readyz", web.HandlerFunc(a.readyz)).Methods("GET", "HEAD")
	// Neither needs the database, whichever blog's address it is asked for by; a site is found by a
	// question to it.
	root.MatcherFunc(pathEnds("/widget/1/comments.js")).Handler(web.HandlerFunc(a.Comments.Script)).Methods("GET", "HEAD")
	root.MatcherFunc(pathEnds("/widget/1/comments.css")).Handler(web.HandlerFunc(a.Comments.Style)).Methods("GET", "HEAD")
	public := a.proxies.Middleware(a.bodies.Middleware(a.Sites.Middleware(a.Public())))
	root.PathPrefix("/").Handler(a.proxies.WarnOfUnnamed(a.part("web"), public))
	return web.Middleware(a.part("web"))(web.Deadline(a.answerIn)(root))
}

// pathEnds matches a path whatever prefix it has.
func pathEnds(end string) mux.MatcherFunc {
	return func(r *http.Request, _ *mux.RouteMatch) bool { return strings.HasSuffix(r.URL.Path, end) }
}

// Public routes what comes under the base URL of a blog, its path prefix already taken off by
// publisher.Sites. Each path is registered with every method it has, because mux answers HEAD with
// 405 where only GET is named.
func (a *App) Public() http.Handler {
	r := newRouter()
	read := func(path string, h web.HandlerFunc) { r.Handle(path, h).Methods("GET", "HEAD") }
	post := func(path string, h web.HandlerFunc) { r.Handle(path, h).Methods("POST") }

	read("/.well-known/webfinger", a.Actors.WebFinger)
	read("/.well-known/host-meta", a.Actors.HostMeta)
	read("/.well-known/nodeinfo", a.Actors.NodeInfoIndex)
	read("/nodeinfo/{version}", a.Actors.NodeInfo)

	read("/actor", a.Actors.InstanceActor)
	read("/blogs/{handle}", a.Gate.Known(a.Actors.Actor))
	read("/blogs/{handle}/outbox", a.Gate.Documents(a.Actors.Outbox))
	read("/blogs/{handle}/followers", a.Gate.Documents(a.Actors.Followers))
	read("/blogs/{handle}/following", a.Gate.Documents(a.Actors.Following))
	read("/blogs/{handle}/featured", a.Gate.Documents(a.Actors.Featured))
	post("/blogs/{handle}/inbox", a.Inbox.ServeBlog)
	post("/inbox", a.Inbox.ServeShared)

	read("/activities/{id}", a.Gate.Documents(a.Actors.Activity))
	read("/posts", a.Actors.PageObject)
	read("/posts/{id}", a.Gate.Negotiated(a.Actors.Post))
	read("/posts/{id}/create", a.Gate.Documents(a.Actors.Create))
	read("/posts/{id}/updates/{n}", a.Gate.Documents(a.Actors.Update))
	read("/posts/{id}/delete", a.Gate.Documents(a.Actors.Delete))
	read("/posts/{id}/replies", a.Gate.Documents(a.Collections.Replies))
	read("/posts/{id}/likes", a.Gate.Documents(a.Collections.Likes))
	read("/posts/{id}/shares", a.Gate.Documents(a.Collections.Shares))
	read("/posts/{id}/context", a.Gate.Documents(a.Collections.Context))

	read("/notes/{id}", a.Gate.Negotiated(a.documents.Note))
	read("/quotes/{id}", a.Gate.Documents(a.documents.Quote))

	r.Handle("/websub/{token}", web.HandlerFunc(a.Hubs.Verify)).Methods("GET")
	post("/websub/{token}", a.Hubs.Push)
	post("/api/v1/feeds/{id}/refresh", a.hooks.Refresh)

	read("/api/v1/comments", a.Comments.Comments)
	read("/api/v1/counts", a.Comments.Counts)
	read("/comments", a.Comments.Fragment)
	r.Handle("/thread", web.HandlerFunc(a.Comments.Page)).Methods("GET", "HEAD", "POST")
	read("/widget/1/comments.js", a.Comments.Script) // for the other methods: Handler has answered these
	read("/widget/1/comments.css", a.Comments.Style)
	return r
}

// newRouter is a mux router whose 404 and 405 speak like the rest. SkipClean: a cleaned path would
// be answered with a redirect that loses the body of a POST, and our ids have one spelling only.
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

// livez says that the process serves; it asks nothing else, so that a slow database does not get it
// killed.
func (a *App) livez(*http.Request) error { return nil }

// readyz says whether to send requests here. Strangers may ask too, so what is wrong is in the log,
// and at the address of the same name among the admin pages.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) error {
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
