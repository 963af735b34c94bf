package widget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
	"github.com/bloghorn/bloghorn/server/web"
)

// threadCache lets a cache show what it has while we do not answer, for as long as we do that
// ourselves: it cannot know either what was taken back since.
var threadCache = fmt.Sprintf("public, no-cache, stale-if-error=%d", int(bounds.StalePage.Seconds()))

const (
	notFoundCache = "public, max-age=30"
	noStore       = "no-store"

	maxBuild = 20 * time.Second // to make a page
)

// format is one way to write a thread.
type format struct {
	name        string // part of the ETag
	contentType string
	csp         string
	public      bool   // other sites may read it
	referrer    string // Referrer-Policy; "" for everybody's, which is none at all
	render      func(asked, page) ([]byte, error)
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
	// Older ones say only with a referrer policy that a form is our own (ownForms).
	pageFormat = format{
		name: "page", contentType: htmlType, referrer: "same-origin", render: renderPage,
		csp: "default-src 'none'; style-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'",
	}
)

// Comments is the thread of a page as JSON: GET /api/v1/comments?url=…[&blog=…][&cursor=…].
func (h *Handlers) Comments(w http.ResponseWriter, r *http.Request) error {
	return h.thread(w, r, jsonFormat)
}

// Fragment is the thread of a page as a piece of HTML: GET
// /comments?url=…[&blog=…][&cursor=…][&heading=1–6|none].
func (h *Handlers) Fragment(w http.ResponseWriter, r *http.Request) error {
	return h.thread(w, r, fragmentFormat)
}

// thread answers with a page of a thread, or with 304 to who has it: after one indexed read, where
// the post is remembered.
func (h *Handlers) thread(w http.ResponseWriter, r *http.Request, f format) error {
	f.allow(w)
	// 1. Which post is asked for, and what version has its thread? Where the database does not say,
	// a page from before will do.
	began := time.Now()
	now, err := h.head(r)
	switch status := web.Status(err); {
	case status >= http.StatusInternalServerError && h.stale(w, r, f):
		return nil
	case err != nil:
		if status < http.StatusInternalServerError {
			h.forget(r, f)
		}
		if status == http.StatusNotFound {
			w.Header().Set("Cache-Control", notFoundCache)
		}
		return err
	}
	// 2. What a format does not show makes no page of its own.
	a := now.asked
	switch f.name {
	case jsonFormat.name:
		a.answers, a.reply, a.heading = false, 0, ""
	case fragmentFormat.name:
		a.answers, a.reply = false, 0
	}
	// 3. Does the reader have this version?
	page := web.Page{
		Type: f.contentType, ETag: h.etag(a, f, now.Version), ChangedAt: now.ChangedAt, CacheControl: threadCache, Public: f.public,
	}
	h.remember(r, f, page.ETag, postsOf(a.copies), older(began, a.found))
	if web.NotModified(w, r, page) {
		return nil
	}
	// 4. The page, from memory or made anew.
	if page.Body, page.ETag, err = h.body(r.Context(), a, f, page.ETag); err != nil {
		return err
	}
	h.remember(r, f, page.ETag, postsOf(a.copies), older(began, a.found))
	web.Write(w, r, page)
	return nil
}

// allow sets what also errors need: without it another site's script could not tell a missing
// thread from a broken line. What search engines find of a thread they shall find on the blog: our
// own addresses are copies, with words of people who want no index of theirs.
func (f format) allow(w http.ResponseWriter) {
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Content-Security-Policy", f.csp)
	if f.public {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	if f.referrer != "" {
		w.Header().Set("Referrer-Policy", f.referrer)
	}
}

// body is the thread written, from memory or anew: once for all who ask at the same time, and few
// threads at a time. The ETag is that of the version that was read: it may have grown since the
// first look.
func (h *Handlers) body(ctx context.Context, a asked, f format, etag string) ([]byte, string, error) {
	if body, ok := h.bodies.get(etag); ok {
		return body, etag, nil
	}
	made, err := flight.Do(ctx, &h.flights, etag, func(ctx context.Context) (answer, error) {
		ctx, cancel := context.WithTimeout(ctx, maxBuild)
		defer cancel()
		if err := h.builds.Acquire(ctx, 1); err != nil {
			return answer{}, fmt.Errorf("wait to make thread %s: %w", a.post.ID, err)
		}
		defer h.builds.Release(1)
		p, err := h.read(ctx, a)
		if err != nil {
			return answer{}, err
		}
		body, err := f.render(a, p)
		if err != nil {
			return answer{}, fmt.Errorf("write thread %s: %w", a.post.ID, err)
		}
		made := answer{body, h.etag(a, f, p.Version)}
		h.bodies.put(made.etag, body, len(body))
		return made, nil
	})
	if err != nil && err == ctx.Err() {
		err = fmt.Errorf("wait for thread %s: %w", a.post.ID, err)
	}
	return made.body, made.etag, err
}

// answer is a page as it is sent.
type answer struct {
	body []byte
	etag string
}

// page is a thread, and what the form on its own page is for.
type page struct {
	thread.Thread
	to thread.Item // the reply to be answered; without an ID the post is
}

func (h *Handlers) read(ctx context.Context, a asked) (p page, err error) {
	if p.Thread, err = thread.ReadThread(ctx, h.DB, a.copies, a.cursor); err == nil {
		p.to, err = h.answered(ctx, a)
	}
	if err != nil {
		return p, fmt.Errorf("read thread %s: %w", a.post.ID, err)
	}
	return p, nil
}

// answered is the reply that shall be answered, without an ID where there is none.
func (h *Handlers) answered(ctx context.Context, a asked) (thread.Item, error) {
	if a.reply == 0 {
		return thread.Item{}, nil
	}
	item, err := thread.ReadReply(ctx, h.DB, a.copies, a.reply)
	if errors.Is(err, database.ErrNotFound) {
		return thread.Item{}, nil
	}
	return item, err
}

// etag is over all that the answer is made of.
func (h *Handlers) etag(a asked, f format, version int64) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%d\n%s\n", h.Version, assets(), version, f.name)
	fmt.Fprintf(sum, "%q %q %q %q %t %d\n", a.url, a.name, a.heading, a.cursor, a.answers, a.reply)
	for _, c := range a.copies {
		fmt.Fprintf(sum, "%q %q %q %q %q %q\n", c.Post.ID, c.Post.URL, c.Post.Title, c.Post.Teaser, c.Blog.Title, c.Blog.ActorID())
	}
	return `"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`
}
