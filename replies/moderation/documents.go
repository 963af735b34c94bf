package moderation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Documents serves what else has an address here, to the servers that were told of it: the notes of
// a blog's answers, and the authorizations of quotes.
type Documents struct{ DB *database.DB }

// Note serves an answer (mux variable "id"): as a document to servers, and as its place in the
// thread to people. One that was deleted is 410; one that is hidden or withheld, and what others
// wrote, is not here.
func (d Documents) Note(w http.ResponseWriter, r *http.Request) error {
	noNote := fmt.Errorf("%w: there is no such note here", web.ErrNotFound)
	id, err := database.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return noNote
	}
	stored, reply, err := thread.WholeReply(r.Context(), d.DB, id)
	var blog feeds.Blog
	if err == nil {
		blog, err = feeds.BlogByID(r.Context(), d.DB, stored.BlogID)
	}
	if errors.Is(err, database.ErrNotFound) {
		return noNote
	}
	if err != nil {
		return fmt.Errorf("read the note: %w", err)
	}
	ours := stored.AuthorID == thread.OfTheBlog && stored.ObjectURI == ids.NoteID(blog, id) && blog.BaseURL == publisher.BaseURL(r)
	switch {
	case ours && stored.Status == thread.Deleted:
		return publisher.AnswerGone(w, r, article.NoteTombstone(blog, id))
	case !ours, stored.Status != thread.Shown:
		return noNote
	case !publisher.WantsDocument(r):
		return d.toThread(w, r, blog, reply)
	}
	note, err := noteOf(r.Context(), d.DB, blog, reply)
	if err != nil {
		return fmt.Errorf("build the note: %w", err)
	}
	document := article.BuildNote(blog, note)
	document.Context = activitypub.ObjectContext
	return thread.WriteDocument(w, r, document)
}

// NoteShown says whether others may read the answer with this id as it was edited then
// (publisher.Shown).
func (d Documents) NoteShown(ctx context.Context, id string, edited time.Time) (bool, error) {
	stored, err := thread.ReplyByURI(ctx, d.DB, id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the note %s: %w", id, err)
	}
	return stored.Status == thread.Shown && stored.EditedAt.Truncate(time.Second).Equal(edited), nil
}

// toThread leads people to where the note stands.
func (d Documents) toThread(w http.ResponseWriter, r *http.Request, blog feeds.Blog, reply thread.Reply) error {
	post, err := feeds.PostByID(r.Context(), d.DB, reply.PostID)
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	w.Header().Set("Vary", "Accept")
	web.Redirect(w, r, blog.BaseURL+"/thread?url="+url.QueryEscape(post.URL)+"#fedi-c-"+reply.ID.String())
	return nil
}

// Quote serves an authorization (mux variable "id") to whoever wants to know whether it is good.
// One that was taken back is 410.
func (d Documents) Quote(w http.ResponseWriter, r *http.Request) error {
	noQuote := fmt.Errorf("%w: there is no such quote authorization here", web.ErrNotFound)
	id, err := database.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return noQuote
	}
	s, err := authorizationByID(r.Context(), d.DB, id)
	var blog feeds.Blog
	if err == nil {
		blog, err = feeds.BlogByID(r.Context(), d.DB, s.BlogID)
	}
	switch {
	case errors.Is(err, database.ErrNotFound), err == nil && blog.BaseURL != publisher.BaseURL(r):
		return noQuote
	case err != nil:
		return fmt.Errorf("read the quote authorization: %w", err)
	case !s.RevokedAt.IsZero():
		return fmt.Errorf("%w: the leave to quote was taken back", web.ErrGone)
	}
	document := s.document(blog)
	document.Context = activitypub.QuoteContext
	return thread.WriteDocument(w, r, document)
}
