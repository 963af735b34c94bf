package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	keyTTL      = 24 * time.Hour
	failureTTL  = 10 * time.Minute // how long a key that could not be had is not asked for again
	refetchWait = 5 * time.Minute  // between two fetches of one key because a signature did not fit
	// provenWait stands for both where the network has spoken for the key's site before: what
	// somebody else had us ask for in vain shall not keep its owner out.
	provenWait = 10 * time.Second
)

// Key is the public key with this id and the actor it belongs to, as a signature.Verifier wants it:
// from our memory of the last 24 hours, else from its server. fresh asks its server although we
// remember the key, at most once in five minutes: the key may have been changed. Nobody is asked
// for a key that could not be had in the last ten minutes. Both are ten seconds for a network that
// spoke for the site lately.
//
// Until the signature is verified, the sender is a stranger. So nothing is stored here but keys and
// the memory of failure.
//
// The errors are signature.ErrKey (wrapped with ErrGone or ErrNotTrusted),
// signature.ErrKeyUnreachable and web.ErrTooMany.
func (m *Directory) Key(ctx context.Context, keyID string, fresh bool) (signature.PublicKey, error) {
	if !activitypub.ValidID(keyID) {
		return signature.PublicKey{}, fmt.Errorf("%w: its id is not an address", signature.ErrKey)
	}
	row, known, err := m.storedKey(ctx, keyID)
	if err == nil && (!known || m.worthAsking(ctx, row, fresh)) {
		if KnownKeysOnly(ctx) && (fresh || row.PEM == "") {
			return signature.PublicKey{}, fmt.Errorf("%w: too many requests from your network could not be verified lately, so nobody is asked for a new key now",
				web.ErrTooMany)
		}
		web.AsksOthers(ctx)
		row, err = m.askForKey(ctx, row, fresh)
	}
	if err != nil {
		return signature.PublicKey{}, err
	}
	return m.answer(row, fresh)
}

type knownKeysKey struct{}

// WithKnownKeys has Key ask for no key in ctx that is not stored, and not for a newer one either;
// that is web.ErrTooMany. One that was stored for longer than a day is looked up again, as ever.
func WithKnownKeys(ctx context.Context) context.Context {
	return context.WithValue(ctx, knownKeysKey{}, true)
}

// KnownKeysOnly says whether ctx is of WithKnownKeys.
func KnownKeysOnly(ctx context.Context) bool { return ctx.Value(knownKeysKey{}) != nil }

// Remembers says whether Key has an answer for this id, be it a key or a failure, without asking
// its server.
func (m *Directory) Remembers(ctx context.Context, keyID string) (bool, error) {
	row, known, err := m.storedKey(ctx, keyID)
	return known && !m.worthAsking(ctx, row, false), err
}

func (m *Directory) storedKey(ctx context.Context, keyID string) (row keyRow, known bool, err error) {
	row, err = keyByURI(ctx, m.DB, keyID)
	if errors.Is(err, database.ErrNotFound) {
		return keyRow{URI: keyID}, false, nil
	}
	if err != nil {
		return row, false, fmt.Errorf("read the key %s: %w", keyID, err)
	}
	return row, true, nil
}

func (m *Directory) worthAsking(ctx context.Context, row keyRow, fresh bool) bool {
	sinceTried := m.Now().Sub(row.TriedAt)
	afterFailure, afterMismatch := failureTTL, refetchWait
	if m.questions.standing.isProven(askerOf(ctx), activitypub.Site(row.URI)) {
		afterFailure, afterMismatch = provenWait, provenWait
	}
	switch {
	case fresh:
		return sinceTried >= afterMismatch
	case m.usable(row):
		return false // also where a later fetch failed: else anybody could make us forget a key while its server is down
	}
	return row.Failure == "" || sinceTried >= afterFailure
}

func (m *Directory) usable(row keyRow) bool {
	return row.PEM != "" && m.Now().Sub(row.FetchedAt) < keyTTL
}

// answer is what a row says to one who asks. A remembered key is no answer to fresh where the newer
// one could not be had.
func (m *Directory) answer(row keyRow, fresh bool) (signature.PublicKey, error) {
	if m.usable(row) && (!fresh || row.Failure == "") {
		key, err := signature.ParsePublic(row.PEM)
		key.ID, key.Owner = row.URI, row.Owner
		return key, err
	}
	return signature.PublicKey{}, row.failure()
}

// askForKey asks its server for a key, for everybody who wants to know it now, and stores the
// outcome, whatever it is. The error is trouble of our own.
func (m *Directory) askForKey(ctx context.Context, stored keyRow, fresh bool) (keyRow, error) {
	keyID := stored.URI
	free := m.Client.Allows(keyID)
	if !free {
		may, err := m.UnknownKeyLimit.Has(activitypub.Site(keyID), activitypub.Host(keyID), m.acquaintance(ctx, keyID, stored.Owner))
		if err != nil {
			return keyRow{}, err
		}
		if !may {
			return keyRow{}, fmt.Errorf("%w: too many new people of your site came lately; the same request is welcome again in a minute", web.ErrTooMany)
		}
	}
	asks := ctx
	v, err := m.questions.ask(ctx, "key "+keyID, keyID, free, func(ctx context.Context) (any, error) {
		old, known, err := m.storedKey(ctx, keyID) // again: somebody may just have been here
		if err != nil || known && !m.worthAsking(ctx, old, fresh) {
			return old, err
		}
		row, err := m.tryKey(ctx, old)
		if err != nil {
			return row, fmt.Errorf("fetch the key %s: %w", keyID, err)
		}
		if err := saveKey(ctx, m.DB, row); err != nil {
			return row, fmt.Errorf("store the key %s: %w", keyID, err)
		}
		switch {
		case row.Failure == "" && !free:
			m.questions.standing.meet(keyID)
		case row.Failure == failUnreachable && asks.Err() != nil: // who leaves early is charged all the same
			m.Unverified(ctx, signature.ErrKeyUnreachable)
		}
		return row, m.sweepKeys(ctx)
	})
	if errors.Is(err, errCrowded) || err != nil && err == ctx.Err() { // nothing is known of the key, and nobody to blame
		err = fmt.Errorf("%w: %w", web.ErrTooMany, err)
	}
	row, _ := v.(keyRow)
	return row, err
}

// acquaintance says how well we know the owner of a key. Where it is new, that is whose document
// most servers show it in.
func (m *Directory) acquaintance(ctx context.Context, keyID, owner string) func() (web.Acquaintance, error) {
	return func() (web.Acquaintance, error) {
		if m.Acquainted == nil {
			return web.Stranger, nil
		}
		if owner == "" {
			owner, _, _ = strings.Cut(keyID, "#")
		}
		return m.Acquainted(ctx, m.DB, owner)
	}
}

// tryKey is what is known of a key after asking for it. Only a new key or a 410 ends what was known
// before: else anybody could make us forget a key by forging its signature while its server
// stumbles.
func (m *Directory) tryKey(ctx context.Context, old keyRow) (keyRow, error) {
	now := m.Now()
	owner, pem, err := m.fetchKey(ctx, old.URI)
	row := keyRow{URI: old.URI, TriedAt: now, Owner: old.Owner, PEM: old.PEM, FetchedAt: old.FetchedAt}
	switch {
	case err == nil:
		row.Owner, row.PEM, row.FetchedAt = owner, pem, now
	case errors.Is(err, errCrowded): // no room for a redirect: its server was not asked
		return row, err
	case errors.Is(err, ErrUnreachable):
		row.Failure = failUnreachable
	case errors.Is(err, ErrDeleted):
		row = keyRow{URI: old.URI, TriedAt: now, Failure: failDeleted}
	case errors.Is(err, ErrGone):
		row.Failure = failGone
	case errors.Is(err, ErrNotTrusted):
		row.Failure = failRefused + firstRunes(err.Error(), maxReason)
	default:
		return row, err
	}
	return row, nil
}

// sweepKeys now and then forgets keys nobody used for long, of which strangers can make us store
// any number.
func (m *Directory) sweepKeys(ctx context.Context) error {
	if !m.timeToSweep() {
		return nil
	}
	return deleteKeys(ctx, m.DB, m.Now().Add(-keepKeys), m.Now().Add(-keepFailures))
}

// timeToSweep is true for one of those who ask, once in sweepEvery.
func (m *Directory) timeToSweep() bool {
	m.sweep.Lock()
	defer m.sweep.Unlock()
	if m.Now().Sub(m.swept) < sweepEvery {
		return false
	}
	m.swept = m.Now()
	return true
}
