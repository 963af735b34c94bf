package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	keyTTL      = 24 * time.Hour
	failureTTL  = 10 * time.Minute // how long a key that could not be had is not asked for again
	refetchWait = 5 * time.Minute  // between two fetches of one key because a signature did not fit
)

// Key is the public key with this id and the actor it belongs to, as a signature.Verifier wants it: from our memory of the last 24
// hours, else from its server. fresh asks its server although we remember the key, at most once in five minutes: the key may
// have been changed. Nobody is asked for a key that could not be had in the last ten minutes.
//
// Until the signature is verified, the sender is a stranger. So nothing is stored here but keys and the memory of failure.
//
// The errors are signature.ErrKey (wrapped with ErrGone or ErrNotTrusted) and signature.ErrKeyUnreachable.
func (m *Remotes) Key(ctx context.Context, keyID string, fresh bool) (signature.PublicKey, error) {
	if !activitypub.ValidID(keyID) {
		return signature.PublicKey{}, fmt.Errorf("%w: its id is not an address", signature.ErrKey)
	}
	row, err := remoteKeyByURI(ctx, m.DB, keyID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return signature.PublicKey{}, fmt.Errorf("read the key %s: %w", keyID, err)
	}
	if err != nil || m.worthAsking(row, fresh) {
		if row, err = m.refetchKey(ctx, row, keyID); err != nil {
			return signature.PublicKey{}, err
		}
	}
	return m.answer(row, fresh)
}

func (m *Remotes) worthAsking(row remoteKey, fresh bool) bool {
	sinceTried := m.Now().Sub(row.TriedAt)
	switch {
	case fresh:
		return sinceTried >= refetchWait
	case m.usable(row):
		return false // also where a later fetch failed: else anybody could make us forget a key while its server is down
	}
	return row.Failure == "" || sinceTried >= failureTTL
}

func (m *Remotes) usable(row remoteKey) bool {
	return row.PEM != "" && m.Now().Sub(row.FetchedAt) < keyTTL
}

// answer is what a row says to one who asks. A remembered key is no answer to fresh where the newer one could not be had.
func (m *Remotes) answer(row remoteKey, fresh bool) (signature.PublicKey, error) {
	if m.usable(row) && (!fresh || row.Failure == "") {
		key, err := signature.ParsePublicPEM(row.PEM)
		return signature.PublicKey{ID: row.URI, Owner: row.Owner, Key: key}, err
	}
	return signature.PublicKey{}, row.failure()
}

// refetchKey asks for a key and stores the outcome, whatever it is; its error is trouble of our own.
func (m *Remotes) refetchKey(ctx context.Context, old remoteKey, keyID string) (remoteKey, error) {
	// Detached, because others wait for the same answer; the fetch has its own deadline.
	ctx = context.WithoutCancel(ctx)
	v, err, _ := m.flights.Do("key "+keyID, func() (any, error) {
		row, err := m.tryKey(ctx, old, keyID)
		if err != nil {
			return row, fmt.Errorf("fetch the key %s: %w", keyID, err)
		}
		if err := saveRemoteKey(ctx, m.DB, row); err != nil {
			return row, fmt.Errorf("store the key %s: %w", keyID, err)
		}
		return row, m.sweepKeys(ctx)
	})
	return v.(remoteKey), err
}

func (m *Remotes) tryKey(ctx context.Context, old remoteKey, keyID string) (remoteKey, error) {
	now := m.Now()
	owner, pem, err := m.fetchKey(ctx, keyID)
	switch {
	case err == nil:
		return remoteKey{URI: keyID, Owner: owner, PEM: pem, FetchedAt: now, TriedAt: now}, nil
	case errors.Is(err, ErrUnreachable):
		old.URI, old.TriedAt, old.Failure = keyID, now, failUnreachable
		return old, nil
	case errors.Is(err, ErrGone):
		return remoteKey{URI: keyID, TriedAt: now, Failure: failGone}, nil
	case errors.Is(err, ErrNotTrusted):
		return remoteKey{URI: keyID, TriedAt: now, Failure: failRefused + firstRunes(err.Error(), maxReason)}, nil
	}
	return remoteKey{}, err
}

// sweepKeys now and then forgets keys nobody used for long, of which strangers can make us store any number.
func (m *Remotes) sweepKeys(ctx context.Context) error {
	m.sweep.Lock()
	defer m.sweep.Unlock()
	if m.Now().Sub(m.swept) < sweepEvery {
		return nil
	}
	m.swept = m.Now()
	return deleteRemoteKeys(ctx, m.DB, m.Now().Add(-keepKeys))
}
