package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

var (
	errNoPost     = fmt.Errorf("%w: there is no such post here", web.ErrNotFound)
	errNoActivity = fmt.Errorf("%w: there is no such activity here", web.ErrNotFound)
)

// published is a post with all that is known about it.
type published struct {
	blog  feeds.Blog
	post  feeds.Post
	told  Announcement
	facts article.Facts
}

func (p published) article() activitypub.Article {
	facts := p.facts
	facts.UpdatedAt = updatedAt(p.post, p.told)
	return article.Build(p.blog, p.post, facts)
}

// Post is the Article of a post (mux variable "id"), or for people the way to its page. One that
// was removed is 410.
func (h *Handlers) Post(w http.ResponseWriter, r *http.Request) error {
	p, err := h.post(r)
	switch {
	case err != nil:
		return err
	case !p.post.RemovedAt.IsZero():
		return AnswerGone(w, r, article.Tombstone(p.blog, p.post, p.post.RemovedAt))
	case !WantsDocument(r):
		w.Header().Set("Vary", "Accept")
		web.Redirect(w, r, article.PageOf(p.blog, p.post))
		return nil
	}
	article := p.article()
	article.Context = activitypub.ObjectContext
	return answerDocument(w, r, article)
}

// Create is the Create of a post as the outbox shows it, whether it was delivered or not: history
// has one too.
func (h *Handlers) Create(w http.ResponseWriter, r *http.Request) error {
	return h.activity(w, r, func(p published) (activitypub.Activity, bool) {
		return article.Create(p.blog, p.post, p.article()), true
	})
}

// Update is the last Update of a post (mux variable "n"), while the post is as it said. An earlier
// one is not served: it would have to say what its author took back.
func (h *Handlers) Update(w http.ResponseWriter, r *http.Request) error {
	n := mux.Vars(r)["n"]
	return h.activity(w, r, func(p published) (activitypub.Activity, bool) {
		last := article.Update(p.blog, p.post, p.article(), p.told.UpdatedAt)
		return last, p.told.Revision > 0 && p.told.knows(p.post) && strings.HasSuffix(last.ID, "/"+n)
	})
}

// Delete is the Delete of a post that was announced and removed.
func (h *Handlers) Delete(w http.ResponseWriter, r *http.Request) error {
	p, err := h.post(r)
	switch {
	case err != nil:
		return err
	case p.told.DeletedAt.IsZero():
		return errNoPost
	}
	return answerDocument(w, r, article.Delete(p.blog, p.post, p.told.Community, p.told.DeletedAt))
}

// activity answers with an activity about a post, if there was one. What it was about may be gone
// by now.
func (h *Handlers) activity(w http.ResponseWriter, r *http.Request, build func(published) (activitypub.Activity, bool)) error {
	p, err := h.post(r)
	switch {
	case err != nil:
		return err
	case !p.post.RemovedAt.IsZero():
		return AnswerGone(w, r, article.Tombstone(p.blog, p.post, p.post.RemovedAt))
	}
	a, sent := build(p)
	if !sent {
		return errNoActivity
	}
	return answerDocument(w, r, a)
}

// post is the post of the mux variable "id" on the base URL of the request.
func (h *Handlers) post(r *http.Request) (published, error) {
	id := mux.Vars(r)["id"]
	if !ids.IsPostID(id) {
		return published{}, errNoPost
	}
	p, err := h.read(r.Context(), id)
	if errors.Is(err, database.ErrNotFound) || err == nil && (p.blog.BaseURL != BaseURL(r) || !p.post.HeldAt.IsZero()) {
		return published{}, errNoPost
	}
	return p, err
}

func (h *Handlers) read(ctx context.Context, id string) (p published, err error) {
	if p.post, p.blog, p.told, err = readPost(ctx, h.DB, id); err != nil {
		return p, err
	}
	p.facts, err = h.facts(ctx, p.blog, p.post, p.told)
	return p, err
}
