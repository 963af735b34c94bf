package thread

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	pageSize   = 100
	maxPage    = 1000
	maxContext = 1000 // items of a context collection; it has no pages
)

// Collections serves what an Article refers to: its replies, likes, shares and context. The post's
// id is the mux variable "id".
//
// Mastodon's "fetch all replies" reads the replies collection only of the server that a thread
// began on, so ours makes threads whole on every server that asks: it lists the shown replies from
// all servers, by their ids, and each is then fetched from its own.
type Collections struct{ DB *database.DB }

// Replies lists the ids of the shown replies from all servers, oldest first, 100 a page.
func (c Collections) Replies(w http.ResponseWriter, r *http.Request) error {
	blog, postID, err := c.post(r)
	if err != nil {
		return err
	}
	page := 1
	if asked := r.URL.Query().Get("page"); asked != "" {
		if page, err = strconv.Atoi(asked); err != nil || page < 1 || page > maxPage {
			return fmt.Errorf("%w: there is no page %q", web.ErrNotFound, asked)
		}
	}
	items, err := c.page(r.Context(), ids.PostReplies(blog, postID), postID, page)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("page") {
		items.Context = activitypub.PlainContext
		return WriteDocument(w, r, items)
	}
	head, err := ReadHead(r.Context(), c.DB, postID)
	if err != nil {
		return err
	}
	whole := activitypub.Count(items.PartOf, head.Counts.Replies)
	whole.Context, whole.First = activitypub.PlainContext, items
	return WriteDocument(w, r, whole)
}

func (c Collections) page(ctx context.Context, id, postID string, page int) (*activitypub.CollectionPage, error) {
	uris, err := shownURIs(ctx, c.DB, postID, pageSize+1, (page-1)*pageSize)
	if err != nil {
		return nil, fmt.Errorf("list the replies: %w", err)
	}
	items := &activitypub.CollectionPage{
		ID: id + "?page=" + strconv.Itoa(page), Type: "CollectionPage", PartOf: id, Items: append([]string{}, First(uris, pageSize)...),
	}
	if len(uris) > pageSize {
		items.Next = id + "?page=" + strconv.Itoa(page+1)
	}
	return items, nil
}

// Likes says how many likes the post has.
func (c Collections) Likes(w http.ResponseWriter, r *http.Request) error {
	return c.count(w, r, ids.PostLikes, func(n Counts) int { return n.Likes })
}

// Shares says how often the post was boosted.
func (c Collections) Shares(w http.ResponseWriter, r *http.Request) error {
	return c.count(w, r, ids.PostShares, func(n Counts) int { return n.Boosts })
}

func (c Collections) count(w http.ResponseWriter, r *http.Request, id func(feeds.Blog, string) string, of func(Counts) int) error {
	blog, postID, err := c.post(r)
	if err != nil {
		return err
	}
	head, err := ReadHead(r.Context(), c.DB, postID)
	if err != nil {
		return err
	}
	collection := activitypub.Count(id(blog, postID), of(head.Counts))
	collection.Context = activitypub.PlainContext
	return WriteDocument(w, r, collection)
}

// Context lists the post itself and the shown replies, in the order they were published (FEP-f228).
func (c Collections) Context(w http.ResponseWriter, r *http.Request) error {
	blog, postID, err := c.post(r)
	if err != nil {
		return err
	}
	uris, err := shownURIs(r.Context(), c.DB, postID, maxContext, 0)
	if err != nil {
		return fmt.Errorf("list the replies: %w", err)
	}
	total := 1 + len(uris)
	if len(uris) == maxContext {
		head, err := ReadHead(r.Context(), c.DB, postID)
		if err != nil {
			return err
		}
		total = 1 + head.Counts.Replies
	}
	return WriteDocument(w, r, &activitypub.Collection{
		Context: activitypub.PlainContext, ID: ids.PostContext(blog, postID), Type: "OrderedCollection", AttributedTo: blog.ActorID(),
		TotalItems: &total, OrderedItems: append([]string{ids.PostID(blog, postID)}, uris...),
	})
}

// post finds the post that is asked for, below the base URL that is asked.
func (c Collections) post(r *http.Request) (feeds.Blog, string, error) {
	id := mux.Vars(r)["id"]
	blogID, removed, err := BlogOfPost(r.Context(), c.DB, id)
	var blog feeds.Blog
	if err == nil {
		blog, err = feeds.BlogByID(r.Context(), c.DB, blogID)
	}
	switch {
	case err != nil && !errors.Is(err, database.ErrNotFound):
		return feeds.Blog{}, "", fmt.Errorf("look for the post: %w", err)
	case err != nil, blog.BaseURL != publisher.BaseURL(r):
		return feeds.Blog{}, "", fmt.Errorf("%w: there is no such post", web.ErrNotFound)
	case removed:
		return feeds.Blog{}, "", fmt.Errorf("%w: the post was removed", web.ErrGone)
	}
	return blog, id, nil
}

// WriteDocument answers with an ActivityPub document.
func WriteDocument(w http.ResponseWriter, r *http.Request, collection any) error {
	body, err := activitypub.Marshal(collection)
	if err != nil {
		return err
	}
	web.ActivityJSON(w, r, body)
	return nil
}
