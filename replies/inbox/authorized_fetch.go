package inbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// AuthorizedFetch decides which servers may read our documents. Who is blocked may not, as far as
// they say who they are: on the open web they can also come without a name. Where that is not
// enough, Strict lets in nobody without one (Mastodon's "authorized fetch").
//
// Pages for people, actors' keys, WebFinger and NodeInfo are never behind it: two strict servers
// could otherwise not read each other's keys, which they need to say who they are.
type AuthorizedFetch struct {
	DB     *database.DB
	Verify signature.Verifier
	Strict bool // federation.authorized_fetch
	Log    *slog.Logger
	// UnknownKeyLimit and Remotes are those of the Inbox: forged names are counted wherever they
	// are used. Both may be nil.
	UnknownKeyLimit *web.Limiter
	Remotes         *remote.Directory
	WakeNext        func() // called after a reader's server was found to be alive for which something waits; may be nil
}

// Documents guards a handler whose every answer is an ActivityPub document.
func (g *AuthorizedFetch) Documents(next web.HandlerFunc) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := g.admit(w, r, g.Strict); err != nil {
			return err
		}
		return next(w, r)
	}
}

// Negotiated guards a handler that has a document for servers and a page for people.
func (g *AuthorizedFetch) Negotiated(next web.HandlerFunc) web.HandlerFunc {
	documents := g.Documents(next)
	return func(w http.ResponseWriter, r *http.Request) error {
		if !publisher.WantsDocument(r) {
			return next(w, r)
		}
		return documents(w, r)
	}
}

// Known guards what everybody may read who is not known to be blocked: actors, which hold the keys.
func (g *AuthorizedFetch) Known(next web.HandlerFunc) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := g.admit(w, r, false); err != nil {
			return err
		}
		return next(w, r)
	}
}

// admit is an error for whom may not read. Answers are never kept by caches without asking us, so
// what one server may read is not given to the next.
func (g *AuthorizedFetch) admit(w http.ResponseWriter, r *http.Request, strict bool) error {
	if strict {
		w.Header().Add("Vary", "Signature")
	}
	if r.Header.Get("Signature") == "" && !strict {
		return nil
	}
	err := g.decide(r, strict)
	if errors.Is(err, web.ErrUnsigned) {
		w.Header().Set("Accept-Signature", signature.Accepts(r.Method))
	}
	if err != nil && web.Status(err) < http.StatusInternalServerError {
		g.Log.Debug("document refused", "request", web.RequestID(r.Context()), "path", r.URL.Path, "err", err)
	}
	return err
}

// decide asks for nothing from a server that is blocked, whoever the request says it is from. A
// name that is not verified can only be to the disadvantage of who gives it.
func (g *AuthorizedFetch) decide(r *http.Request, strict bool) error {
	ctx := r.Context()
	blog, err := g.blogOf(r)
	if err != nil {
		return ourTrouble(fmt.Errorf("look for the blog: %w", err))
	}
	keyID, _ := signature.KeyID(r) // Verify says what is wrong with it
	blocked, err := moderation.BlockedHost(ctx, g.DB, blog, keyID)
	switch {
	case err != nil:
		return ourTrouble(fmt.Errorf("read the blocks: %w", err))
	case blocked:
		return errBlockedReader
	case !strict:
		return nil
	}
	strangers := unverified{g.UnknownKeyLimit, g.Remotes}
	checked := strangers.check(r)
	key, err := g.Verify.Verify(checked, nil, publisher.BaseURL(r))
	if !errors.Is(err, signature.ErrUnsigned) { // who comes without a name forges none
		strangers.learn(r, key, err)
	}
	if err != nil {
		return strangers.refusal(checked, err)
	}
	blocked, err = moderation.Blocked(ctx, g.DB, blog, key.Owner)
	switch {
	case err != nil:
		return ourTrouble(fmt.Errorf("read the blocks: %w", err))
	case blocked:
		return errBlockedReader
	}
	revive(ctx, g.DB, g.Log, key.Owner, g.WakeNext)
	return nil
}

var errBlockedReader = fmt.Errorf("%w: this server shows nothing to yours", web.ErrRefused)

// blogOf is the blog that a route belongs to, by its variable "handle" or by the post "id"; 0,
// which is every blog, where it has neither.
func (g *AuthorizedFetch) blogOf(r *http.Request) (id database.ID, err error) {
	vars := mux.Vars(r)
	if handle, ok := vars["handle"]; ok {
		var blog feeds.Blog
		blog, err = feeds.BlogByUsername(r.Context(), g.DB, publisher.BaseURL(r), handle)
		id = blog.ID
	} else if post, ok := vars["id"]; ok {
		id, _, err = thread.BlogOfPost(r.Context(), g.DB, post)
	}
	if errors.Is(err, database.ErrNotFound) {
		return 0, nil // next says so
	}
	return id, err
}
