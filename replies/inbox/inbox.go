package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

// Inbox receives what other servers send.
type Inbox struct {
	DB              *database.DB
	Verify          signature.Verifier
	Remotes         *publisher.Remotes
	PublicURL       string
	Log             *slog.Logger
	Now             func() time.Time
	UnknownKeyLimit *web.Limiter       // of requests that cannot be verified, by the network they come from; nil for no bound
	ForwardLimit    *web.Share         // of what somebody has us ask others for, by her site; nil for no bound
	Activities      Quota              // of what is verified
	Acquainted      *Acquaintances     // who has a part of the allowance of their site that strangers cannot use up
	NewWords        Quota              // of replies that wait for a moderator
	Answers         *publisher.Answers // of what is sent because somebody asked; nil for no bound
	MeetTimeout     time.Duration      // how long an answer waits for the document of an actor we do not know yet; 0 for a second
	WakeNext        func()             // called after something for delivery was committed; may be nil

	moderation.Rules
	loop.Waker
	Stale    Stale
	warnedAt atomic.Int64 // that a queue is crowded, in milliseconds
}

// ServeBlog is the inbox of one blog (mux variable "handle"); web.ErrNotFound where there is no such blog.
func (in *Inbox) ServeBlog(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["handle"]
	blog, err := feeds.BlogByUsername(r.Context(), in.DB, publisher.BaseURL(r), name)
	if errors.Is(err, database.ErrNotFound) {
		return fmt.Errorf("%w: no blog is called %q here", web.ErrNotFound, name)
	}
	if err != nil {
		return ourTrouble(fmt.Errorf("look for the blog: %w", err))
	}
	return in.serve(w, r, blog.ID)
}

// ServeShared is the inbox of all blogs.
func (in *Inbox) ServeShared(w http.ResponseWriter, r *http.Request) error { return in.serve(w, r, 0) }

// serve answers 202 for what has had its effect, for what is written down to be done later, and for what is none of our business; the
// journal says which. Anything else is an error, and then nothing has changed.
func (in *Inbox) serve(w http.ResponseWriter, r *http.Request, blogID database.ID) error {
	a, err := in.receive(w, r, blogID)
	if err == nil && a != nil {
		err = in.accept(r.Context(), a)
	}
	if err = ourTrouble(err); err != nil {
		if errors.Is(err, web.ErrUnsigned) {
			w.Header().Set("Accept-Signature", signature.Accepts(r.Method))
		}
		if web.Status(err) < http.StatusInternalServerError || errors.Is(err, web.ErrElsewhere) { // the others are logged by web
			in.Log.Info("inbox refused", "request", web.RequestID(r.Context()), "inbox", r.URL.Path, "err", err)
		}
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// ourTrouble makes an error that is not the sender's fault a 503: her queue tries again, and nothing is lost.
func ourTrouble(err error) error {
	if errors.Is(err, web.ErrElsewhere) {
		return err // a 503 already, in words that are for the sender
	}
	if status := web.Status(err); status >= 500 || errors.Is(err, database.ErrNotFound) {
		return fmt.Errorf("%w: %w", web.ErrBusy, err)
	}
	return err
}

// receive reads a request as far as knowing who says what. It is nil for what can be dropped without knowing.
//
// The order is the cost: nothing is fetched before the cheap questions are answered, and nothing is written before the signature is
// verified.
func (in *Inbox) receive(w http.ResponseWriter, r *http.Request, blogID database.ID) (*Inbound, error) {
	if !activitypub.IsActivityType(r.Header.Get("Content-Type")) {
		return nil, fmt.Errorf("%w: an inbox takes application/activity+json or application/ld+json", web.ErrType)
	}
	body, err := web.ReadBody(w, r, bounds.InboxBody)
	if err != nil {
		return nil, err
	}
	if err := web.Hold(r.Context(), activitypub.Weight(body)); err != nil {
		return nil, err
	}
	tree, err := activitypub.Parse(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", web.ErrInvalid, err)
	}
	a, err := ReadInbound(tree)
	if err != nil {
		return nil, err
	}
	a.Body, a.Inbox, a.At = body, blogID, in.Now()
	if made, err := signature.MadeAt(r); err == nil { // else Verify says what is wrong with it
		a.signed = made.UTC().Format(time.RFC3339)
	}
	if drop, err := in.preAuthFilter(r, a); drop || err != nil {
		return nil, err
	}
	return a, in.authenticate(r, a)
}

// preAuthFilter is what can be decided before the signature, which may cost a fetch: whole servers that are blocked, actors that would be
// ourselves, and the deletions, moves and profile edits of people we have never heard of, which arrive in floods. A Delete of somebody
// of whom nothing is left here has nothing to do either.
func (in *Inbox) preAuthFilter(r *http.Request, a *Inbound) (drop bool, err error) {
	ctx := r.Context()
	keyID, _ := signature.KeyID(r) // Verify says what is wrong with it
	blocked, err := moderation.BlockedHost(ctx, in.DB, a.Inbox, a.Actor, keyID)
	if err != nil {
		return false, err
	}
	if blocked {
		return false, fmt.Errorf("%w: this server takes nothing from yours", web.ErrRefused)
	}
	ours, err := in.IsOurs(ctx, in.DB, a.Actor, keyID)
	if err != nil {
		return false, err
	}
	if ours {
		return false, fmt.Errorf("%w: nobody on this server sends by its inbox", web.ErrRefused)
	}
	if a.Object != a.Actor || !slices.Contains([]string{"Delete", "Update", "Move"}, a.Kind) {
		return false, nil
	}
	known, err := in.Remotes.Known(ctx, in.DB, a.Actor)
	why := "actor unknown"
	if err == nil && a.Kind == "Delete" {
		drop, err = isForgotten(ctx, in.DB, known)
		why = "actor forgotten already"
	}
	if drop || errors.Is(err, database.ErrNotFound) {
		in.Log.Debug("inbox dropped", "type", a.Kind, "host", activitypub.Host(a.Actor), "err", why)
		return true, nil
	}
	return false, err
}

// IsOurs says whether any of the ids would lie on one of our own hosts. Such ids are made here and never accepted from outside.
func (in *Inbox) IsOurs(ctx context.Context, q database.Querier, ids ...string) (bool, error) {
	bases, err := feeds.BaseURLs(ctx, q)
	return moderation.OnHosts(append(bases, in.PublicURL), ids...), err
}

// authenticate finds out who signed. A deleted actor has no key any more: where her server answers 410 for her document, which is also
// her key's, her Delete needs no other proof. A 404 proves nothing: it may be an accident of today.
// Anybody may have sent such a Delete, so it counts as one that is not verified.
func (in *Inbox) authenticate(r *http.Request, a *Inbound) error {
	strangers := unverified{in.UnknownKeyLimit, in.Remotes}
	checked := strangers.check(r)
	checked = checked.WithContext(in.About(checked.Context(), a))
	key, err := in.Verify.Verify(checked, a.Body, publisher.BaseURL(r))
	if a.Kind == "Delete" && a.Object == a.Actor && errors.Is(err, publisher.ErrDeleted) && keyIsOfActor(r, a.Actor) &&
		!publisher.KnownKeysOnly(checked.Context()) {
		a.Signer = a.Actor
		in.UnknownKeyLimit.Take(web.Client(r))
		return nil
	}
	strangers.learn(r, key, err)
	if err != nil {
		return strangers.refusal(checked, err)
	}
	a.Signer = key.Owner
	const much = "too much has come from you or your server lately; come again later"
	if err := in.take(r.Context(), in.DB, in.Activities, a.Signer, much); err != nil {
		return err
	}
	revive(r.Context(), in.DB, in.Log, a.Signer, in.WakeNext)
	return nil
}

// revive marks the signer's host as reachable, so that what waits for it is sent.
func revive(ctx context.Context, db *database.DB, log *slog.Logger, signer string, wakeNext func()) {
	revived, err := delivery.Revive(ctx, db, activitypub.Host(signer))
	if err != nil {
		log.Warn("host not revived", "host", activitypub.Host(signer), "err", err)
	}
	if revived && wakeNext != nil {
		wakeNext()
	}
}
