package widget

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/flight"
	"github.com/bloghorn/bloghorn/server/web"
)

// current is what the database says of a page: which it is, and what its thread is like.
type current struct {
	asked
	thread.Head
}

// shown is the page that a request was last answered with.
type shown struct {
	etag  string
	at    time.Time // when the oldest was read of what it is made of
	seen  time.Time // the same by the clock of h
	posts []string
}

// head asks the database, for no longer than half of the time that there is for an answer: it may
// hang, inside a driver that hears of no context.
func (h *Handlers) head(r *http.Request) (current, error) {
	h.open()
	ctx, cancel := context.WithTimeout(r.Context(), cmp.Or(h.AnswerIn, bounds.AnswerIn)/2)
	defer cancel()
	c, err := flight.Do(ctx, new(flight.Group), "", func(context.Context) (c current, err error) {
		if c.asked, err = h.ask(ctx, r.URL.Query()); err == nil {
			c.Head, err = thread.ReadHead(ctx, h.DB, postsOf(c.copies)...)
		}
		return c, err
	})
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: the database does not answer in time: %w", web.ErrBusy, err)
	}
	return c, err
}

// ChangedElsewhere says that another process has changed something, be it any thread: no page from
// before is shown again.
func (h *Handlers) ChangedElsewhere() {
	now := time.Now()
	h.changed.Store(&now)
}

func older(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// remember keeps which page a request is answered with.
func (h *Handlers) remember(r *http.Request, f format, etag string, posts []string, at time.Time) {
	key := shownKey(r, f)
	h.shown.put(key, shown{etag, at, h.now().Add(-time.Since(at)), posts}, len(key)+len(etag)+40*len(posts))
}

func shownKey(r *http.Request, f format) string { return f.name + " " + r.URL.RawQuery }

// forget is for a request that the database has no page for any more. It says so in one format and
// one spelling of the address: what was kept of the same posts under others is not shown either.
func (h *Handlers) forget(r *http.Request, f format) {
	key := shownKey(r, f)
	last, ok := h.shown.get(key)
	if !ok {
		return
	}
	for _, id := range last.posts {
		feeds.NoteChange(id)
	}
	h.shown.drop(key)
}

// stale shows the page that the same request was last answered with, where it is in memory, the
// database was asked about it lately, and nothing of its posts and their threads was changed since,
// as far as this process knows: who has hidden a reply, or taken back a post, wants it gone, come
// what may. No cache may keep what nobody can vouch for. Cache-Status (RFC 9211) says how old it
// is.
func (h *Handlers) stale(w http.ResponseWriter, r *http.Request, f format) bool {
	last, ok := h.shown.get(shownKey(r, f))
	age := h.now().Sub(last.seen)
	if !ok || age >= bounds.StalePage {
		return false
	}
	if changed := h.changed.Load(); changed != nil && !last.at.After(*changed) || !feeds.UnchangedSince(last.at, last.posts...) {
		return false
	}
	body, ok := h.bodies.get(last.etag)
	if !ok {
		return false
	}
	w.Header().Set("Cache-Status", fmt.Sprintf("Bloghorn; hit; ttl=-%d", int(age.Seconds())+1))
	web.Write(w, r, web.Page{Type: f.contentType, Body: body, ETag: last.etag, CacheControl: noStore, Public: f.public})
	return true
}
