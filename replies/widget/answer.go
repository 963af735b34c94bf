package widget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	threadCache   = "public, no-cache, stale-if-error=86400"
	notFoundCache = "public, max-age=30"
	noStore       = "no-store"
)

// format is one way to write a thread.
type format struct {
	name        string // part of the ETag
	contentType string
	csp         string
	public      bool // other sites may read it
	render      func(asked, replies.Thread) ([]byte, error)
}

const htmlType = "text/html; charset=utf-8"

var (
	jsonFormat = format{
		name: "json", contentType: "application/json", public: true, render: renderJSON,
		csp: "default-src 'none'; sandbox",
	}
	fragmentFormat = format{
		name: "fragment", contentType: htmlType, public: true, render: renderFragment,
		csp: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
	// A form's answer may lead anywhere on https: browsers check form-action on redirects too.
	pageFormat = format{
		name: "page", contentType: htmlType, render: renderPage,
		csp: "default-src 'none'; style-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'",
	}
)

// Comments is the thread of a page as JSON: GET /api/v1/comments?url=…[&blog=…].
func (h *Handlers) Comments(w http.ResponseWriter, r *http.Request) error {
	return h.thread(w, r, jsonFormat)
}

// Fragment is the thread of a page as a piece of HTML: GET /comments?url=…[&blog=…][&heading=1–6|none].
func (h *Handlers) Fragment(w http.ResponseWriter, r *http.Request) error {
	return h.thread(w, r, fragmentFormat)
}

// thread answers with a thread, or with 304 to who has it: after one indexed read, where the page is remembered.
func (h *Handlers) thread(w http.ResponseWriter, r *http.Request, f format) error {
	f.allow(w)
	a, err := h.ask(w, r, r.URL.Query())
	if err != nil {
		return err
	}
	head, err := replies.ReadHead(r.Context(), h.DB, a.post.ID)
	if err != nil {
		return fmt.Errorf("read the head of thread %s: %w", a.post.ID, err)
	}
	page := web.Page{
		Type: f.contentType, ETag: h.etag(a, f, head.Version), ChangedAt: head.ChangedAt, CacheControl: threadCache, Public: f.public,
	}
	if web.NotModified(w, r, page) {
		return nil
	}
	if page.Body, page.ETag, err = h.body(r.Context(), a, f, page.ETag); err != nil {
		return err
	}
	web.Write(w, r, page)
	return nil
}

// allow sets what also errors need: without it another site's script could not tell a missing thread from a broken line. What search
// engines find of a thread they shall find on the blog: our own addresses are copies, with words of people who want no index of theirs.
func (f format) allow(w http.ResponseWriter) {
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Content-Security-Policy", f.csp)
	if f.public {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
}

// body is the thread written, from memory or anew. The ETag is that of the version that was read: it may have grown since the first look.
func (h *Handlers) body(ctx context.Context, a asked, f format, etag string) ([]byte, string, error) {
	if body, ok := h.bodies.get(etag); ok {
		return body, etag, nil
	}
	thread, err := replies.ReadThread(ctx, h.DB, a.blog, a.post)
	if err != nil {
		return nil, "", fmt.Errorf("read thread %s: %w", a.post.ID, err)
	}
	body, err := f.render(a, thread)
	if err != nil {
		return nil, "", fmt.Errorf("write thread %s: %w", a.post.ID, err)
	}
	etag = h.etag(a, f, thread.Version)
	h.bodies.put(etag, body, len(body))
	return body, etag, nil
}

// etag is over all that the answer is made of.
func (h *Handlers) etag(a asked, f format, version int64) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%d\n%s\n", h.Version, assets(), version, f.name)
	fmt.Fprintf(sum, "%q %q %q %q\n", a.url, a.name, a.heading, a.reply)
	fmt.Fprintf(sum, "%q %q %q %q %q %q", a.post.ID, a.post.URL, a.post.Title, a.post.Teaser, a.blog.Title, a.blog.ActorID())
	return `"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`
}
