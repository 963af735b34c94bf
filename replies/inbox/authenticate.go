package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// preAuthFilter is what can be decided before the signature, which may cost a fetch: whole servers
// that are blocked, actors that would be ourselves, and the deletions, moves and profile edits of
// people we have never heard of, which arrive in floods. A Delete of somebody of whom nothing is
// left here has nothing to do either.
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

// IsOurs says whether any of the ids would lie on one of our own hosts. Such ids are made here and
// never accepted from outside.
func (in *Inbox) IsOurs(ctx context.Context, q database.Querier, ids ...string) (bool, error) {
	bases, err := feeds.BaseURLs(ctx, q)
	return moderation.OnHosts(append(bases, in.PublicURL), ids...), err
}

// authenticate finds out who signed. A deleted actor has no key any more: where their server
// answers 410 for their document, which is also their key's, their Delete needs no other proof. A
// 404 proves nothing: it may be an accident of today. Anybody may have sent such a Delete, so it
// counts as one that is not verified.
func (in *Inbox) authenticate(r *http.Request, a *Inbound) error {
	strangers := unverified{in.UnknownKeyLimit, in.Remotes}
	checked := strangers.check(r)
	checked = checked.WithContext(in.About(checked.Context(), a))
	key, err := in.Verify.Verify(checked, a.Body, publisher.BaseURL(r))
	if a.Kind == "Delete" && a.Object == a.Actor && errors.Is(err, remote.ErrDeleted) && keyIsOfActor(r, a.Actor) &&
		!remote.KnownKeysOnly(checked.Context()) {
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

// keyIsOfActor says whether the key that a request names is part of the actor's own document, as
// nearly all are.
func keyIsOfActor(r *http.Request, actor string) bool {
	keyID, err := signature.KeyID(r)
	document, _, _ := strings.Cut(keyID, "#")
	return err == nil && document == actor
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

// unverified bounds what can be caused by requests that nobody stands up for: by the network that
// they come from, never by whom they name. Only what cannot be verified is counted, so that a
// server with a thousand readers is not held back.
type unverified struct {
	bound   *web.Limiter
	remotes *remote.Directory // may be nil
}

// check returns the request to verify. Where too many requests of its network could not be verified
// lately, that asks for no key that we do not have: others share the network, and those whom we
// know are still known.
func (u unverified) check(r *http.Request) *http.Request {
	if u.bound.Has(web.Client(r)) {
		return r
	}
	return r.WithContext(remote.WithKnownKeys(r.Context()))
}

// refusal is what the sender is told where checked, which is from check, could not be verified.
func (u unverified) refusal(checked *http.Request, err error) error {
	if remote.KnownKeysOnly(checked.Context()) && couldNot(err) {
		return fmt.Errorf("%w: too many requests from your network could not be verified lately; check your key and your clock", web.ErrTooMany)
	}
	return err
}

// couldNot says whether err is about a request that cannot be verified, and not trouble of our own.
func couldNot(err error) bool {
	return errors.Is(err, web.ErrUnsigned) || errors.Is(err, signature.ErrKeyUnreachable)
}

// learn counts a request by what became of its signature.
func (u unverified) learn(r *http.Request, key signature.PublicKey, err error) {
	if couldNot(err) {
		u.bound.Take(web.Client(r))
	}
	switch {
	case u.remotes == nil:
	case err == nil:
		u.remotes.Verified(r.Context(), key.ID, key.Owner)
	default:
		u.remotes.Unverified(r.Context(), err)
	}
}
