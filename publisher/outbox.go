package publisher

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// outboxPage is how many posts stand on one page of an outbox.
const outboxPage = 20

// The outbox is a list of posts, not of what was sent: each post that is there has its Create in
// it, newest first. Its pages go by the last post of the page before (?before=ID), so that a new
// post does not push others from one page to the next.

// Outbox is the outbox of a blog (mux variable "handle"), or a page of it.
func (h *Handlers) Outbox(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	if !query.Has("page") && !query.Has("before") {
		return h.outboxIndex(w, r, b)
	}
	before, err := h.cursor(r, b, query.Get("before"))
	if err != nil {
		return err
	}
	return h.outboxPage(w, r, b, before)
}

func (h *Handlers) outboxIndex(w http.ResponseWriter, r *http.Request, b feeds.Blog) error {
	n, err := feeds.CountPosts(r.Context(), h.DB, b.ID)
	if err != nil {
		return fmt.Errorf("count the posts of %s: %w", b.Acct(), err)
	}
	return answerDocument(w, r, activitypub.Collection{
		Context: activitypub.PlainContext, ID: ids.Outbox(b), Type: "OrderedCollection", AttributedTo: b.ActorID(),
		TotalItems: &n, First: outboxURL(b, nil),
	})
}

// cursor is the post a page begins after; nil for the first page. A post that was removed since
// still has its place; one that is held has none, as everywhere.
func (h *Handlers) cursor(r *http.Request, b feeds.Blog, before string) (*feeds.Post, error) {
	if before == "" {
		return nil, nil
	}
	if !ids.IsPostID(before) {
		return nil, fmt.Errorf("%w: before= is not the id of a post", web.ErrInvalid)
	}
	p, err := feeds.PostByID(r.Context(), h.DB, before)
	if errors.Is(err, database.ErrNotFound) || err == nil && (p.BlogID != b.ID || !p.HeldAt.IsZero()) {
		return nil, errNoPost
	}
	if err != nil {
		return nil, fmt.Errorf("read the post: %w", err)
	}
	return &p, nil
}

func (h *Handlers) outboxPage(w http.ResponseWriter, r *http.Request, b feeds.Blog, before *feeds.Post) error {
	posts, err := feeds.NewestPosts(r.Context(), h.DB, b.ID, before, outboxPage)
	if err != nil {
		return fmt.Errorf("list the posts of %s: %w", b.Acct(), err)
	}
	page := activitypub.CollectionPage{
		Context: activitypub.ObjectContext, ID: outboxURL(b, before), Type: "OrderedCollectionPage", PartOf: ids.Outbox(b),
	}
	if page.OrderedItems, err = h.creates(r, b, posts); err != nil {
		return err
	}
	if len(posts) == outboxPage {
		page.Next = outboxURL(b, &posts[outboxPage-1])
	}
	return answerDocument(w, r, page)
}

func (h *Handlers) creates(r *http.Request, b feeds.Blog, posts []feeds.Post) ([]any, error) {
	items := []any{}
	if len(posts) == 0 {
		return items, nil
	}
	ids := make([]string, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	told, err := announcementsOf(r.Context(), h.DB, ids)
	if err != nil {
		return nil, fmt.Errorf("read what was announced of %s: %w", b.Acct(), err)
	}
	for _, p := range posts {
		facts, err := h.facts(r.Context(), b, p, told[p.ID])
		if err != nil {
			return nil, err
		}
		create := article.Create(b, p, published{b, p, told[p.ID], facts}.article())
		create.Context = nil
		items = append(items, create)
	}
	return items, nil
}

func outboxURL(b feeds.Blog, before *feeds.Post) string {
	if before == nil {
		return ids.Outbox(b) + "?page=true"
	}
	return ids.Outbox(b) + "?before=" + before.ID
}
