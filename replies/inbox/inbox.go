package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

// Inbox receives what other servers send.
type Inbox struct {
	DB              *database.DB
	Verify          signature.Verifier
	Remotes         *remote.Directory
	PublicURL       string
	Log             *slog.Logger
	Now             func() time.Time
	UnknownKeyLimit *web.Limiter       // of requests that cannot be verified, by the network they come from; nil for no bound
	ForwardLimit    *web.Share         // of what somebody has us ask others for, by their site; nil for no bound
	Activities      Quota              // of what is verified
	Acquainted      *Acquaintances     // who has a part of the allowance of their site that strangers cannot use up
	NewWords        Quota              // of replies that wait for a moderator
	Answers         *followers.Answers // of what is sent because somebody asked; nil for no bound
	MeetTimeout     time.Duration      // how long an answer waits for the document of an actor we do not know yet; 0 for a second
	WakeNext        func()             // called after something for delivery was committed; may be nil

	moderation.Rules
	loop.Waker
	Stale    Stale
	warnedAt atomic.Int64 // that a queue is crowded, in milliseconds
}

// ServeBlog is the inbox of one blog (mux variable "handle"); web.ErrNotFound where there is no
// such blog.
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

// serve answers 202, or says in words for the sender why not.
func (in *Inbox) serve(w http.ResponseWriter, r *http.Request, blogID database.ID) error {
	err := ourTrouble(in.receive(w, r, blogID))
	if err == nil {
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	if errors.Is(err, web.ErrUnsigned) {
		w.Header().Set("Accept-Signature", signature.Accepts(r.Method))
	}
	if web.Status(err) < http.StatusInternalServerError || errors.Is(err, web.ErrElsewhere) { // the others are logged by web
		in.Log.Info("inbox refused", "request", web.RequestID(r.Context()), "inbox", r.URL.Path, "err", err)
	}
	return err
}

// receive returns nil for what has had its effect, for what is written down to be done later, and
// for what is none of our business; the journal says which. With an error the activity
// has had no effect; quotas may be used up.
//
// The order is the cost: nothing is fetched before the cheap questions are answered, and nothing is
// written before the signature is verified.
func (in *Inbox) receive(w http.ResponseWriter, r *http.Request, blogID database.ID) error {
	ctx := r.Context()
	// 1. Is it an activity, and no larger than it may be?
	a, err := in.read(w, r, blogID)
	if err != nil {
		return err
	}
	// 2. Is there anything to do for it, if it is what it says?
	if drop, err := in.preAuthFilter(r, a); drop || err != nil {
		return err
	}
	// 3. Who has signed it, and did not too much come from them lately?
	if err := in.authenticate(r, a); err != nil {
		return err
	}
	// 4. Who brings what another did needs a proof of theirs. Without one it is asked for on their
	// server later.
	if said, by := brought(a); by {
		if blocked, err := moderation.Blocked(ctx, in.DB, 0, a.Signer); err != nil || blocked {
			return cmp.Or(err, errBlocked) // before they make us ask somebody for a key
		}
		theirs, err := in.proven(ctx, said, a.Signer)
		if err != nil {
			return err
		}
		if !theirs {
			return in.setAside(ctx, a)
		}
		if a, err = asTheirs(said, a); err != nil {
			return err
		}
	}
	// 5. Has it come before?
	if seen, err := isReceived(ctx, in.DB, a.dedupe()); seen || err != nil {
		return err
	}
	// 6. Its effect, and with it its row of the journal. Its actor is met first, or asked again
	// what they wish, where that is quick.
	out, err := in.Settle(ctx, a, in.Apply)
	var m *Missing
	if errors.As(err, &m) && m.What == WantActor && in.meet(in.About(ctx, a), m.ID) {
		out, err = in.Settle(ctx, a, in.Apply)
	}
	if errors.As(err, &m) && m.What == WantWishes {
		in.AskPreferences(in.About(ctx, a), a, m.ID)
		out, err = in.Settle(ctx, a, in.Apply)
	}
	// 7. What needs the network first is left to the worker: the row leads to the effect.
	switch {
	case errors.As(err, &m):
		return in.postpone(ctx, a, m)
	case errors.Is(err, ErrDuplicate):
		return nil
	case err == nil:
		in.WakeFor(out)
	}
	return err
}

// read takes an activity from the body of a request. Whom it is from is not known yet.
func (in *Inbox) read(w http.ResponseWriter, r *http.Request, blogID database.ID) (*Inbound, error) {
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
	return a, nil
}

// ourTrouble makes an error that is not the sender's fault a 503: their queue tries again, and
// nothing is lost.
func ourTrouble(err error) error {
	if errors.Is(err, web.ErrElsewhere) {
		return err // a 503 already, in words that are for the sender
	}
	if status := web.Status(err); status >= 500 || errors.Is(err, database.ErrNotFound) {
		return fmt.Errorf("%w: %w", web.ErrBusy, err)
	}
	return err
}

// ErrDuplicate is returned for an activity that has had its effect.
var ErrDuplicate = errors.New("activity is in the journal already")

// meet gets to know the actor before the answer, if that is quick. Mostly it needs no question:
// their document came with the key that their signature was verified with a moment ago. Otherwise
// the worker does it.
func (in *Inbox) meet(ctx context.Context, actor string) bool {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	_, err := in.Remotes.Actor(ctx, actor)
	return err == nil
}

// Effect is what an activity does to the database.
type Effect = func(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error)

// Settle gives an activity its effect and the journal its row in one transaction: either both are
// there afterwards or neither.
func (in *Inbox) Settle(ctx context.Context, a *Inbound, do Effect) (out Outcome, err error) {
	err = thread.InTx(ctx, in.DB, func(tx *database.Tx) error {
		if out, err = do(ctx, tx, a); errors.Is(err, errSeveral) {
			out, err = Dropped(err.Error()), nil
		}
		if err != nil {
			return err
		}
		return RecordOutcome(ctx, tx, a, out)
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("%s of %s: %w", a.Kind, a.Actor, err)
	}
	return out, nil
}

// WakeFor wakes the loops for what was committed.
func (in *Inbox) WakeFor(out Outcome) {
	if out.enqueued && in.WakeNext != nil {
		in.WakeNext()
	}
}

// postpone writes down an activity whose effect needs the network. It may be answered 202 then: the
// row leads to the effect. What they answer may be anywhere, and they name as much of it as they
// like.
func (in *Inbox) postpone(ctx context.Context, a *Inbound, m *Missing) error {
	if m.What != WantActor {
		const much = "you name more than can be asked for; come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, a.Signer, much); err != nil {
			return err
		}
	}
	if err := in.hasRoom(ctx, a); err != nil {
		return err
	}
	a.Asks = activitypub.Site(m.ID)
	err := insertReceived(ctx, in.DB, a, Outcome{State: StateQueued, Verdict: m.Error(), Blog: a.Inbox})
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	if err == nil {
		in.Wake()
	}
	return err
}

// hasRoom is an error where so much waits already that more would only wait longer.
func (in *Inbox) hasRoom(ctx context.Context, a *Inbound) error {
	ofSite, ofPerson, err := waitingFor(ctx, in.DB, activitypub.Site(a.Signer), a.Signer, bounds.WaitingPerSite)
	if err == nil && (ofSite >= bounds.WaitingPerSite || ofPerson >= bounds.WaitingPerPerson) {
		err = fmt.Errorf("%w: too much of what you sent still waits for other servers; come again later", web.ErrTooMany)
	}
	return err
}
