package keyring

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// switchAfter is how long after the new keys are told they are signed with. What tells them is
// signed with the old key, which is the one that other servers know; most get it within seconds.
const switchAfter = 10 * time.Minute

const (
	// proofsShown is how long a key is still published that signed what others may have kept.
	proofsShown = 30 * 24 * time.Hour
	// keysNeeded is how long a retired key may still have to sign: what was enqueued in its time is
	// tried for 14 days (package delivery).
	keysNeeded = 15 * 24 * time.Hour
)

// Rotate gives an actor new keys, from switchAfter on, and returns when that is. Nobody is lost by
// it:
//
//	now       the followers' servers are told the new keys, by an activity that is signed with the old one (BroadcastProfile, with Told),
//	          at each of its tries: a server that was away knows no other (delivery.Worker.KeysThen)
//	then      requests are signed with the new key, and the actor's document has it. Whoever did not hear of it does not know its id and
//	          asks for it, as at the first contact; a server that believes its memory for longer refuses, and gets the same again
//	          later, for two weeks. Only Misskey neither asks nor refuses, so it has to hear of it first.
//	a month   the old key for proofs stays published: what it signed may be passed on. Not so where it is stolen, for whatever the thief
//	          signs would be believed as well.
//
// The key that signs requests is no list for the time between: Lemmy and Misskey could not read the
// actor at all. key is from Generate. web.ErrTooMany says that the last change is not over yet.
func (k *Keys) Rotate(ctx context.Context, tx *database.Tx, actorID string, key *rsa.PrivateKey, stolen bool) (from time.Time, err error) {
	now := k.now()
	from = now.Add(switchAfter)
	shownTill := map[string]time.Time{kindRSA: from, kindEd25519: from.Add(proofsShown)}
	for _, kind := range []string{kindRSA, kindEd25519} {
		old, err := lastKey(ctx, tx, actorID, kind)
		if errors.Is(err, database.ErrNotFound) && kind == kindEd25519 {
			continue // made when it is first asked for
		}
		if err != nil {
			return from, fmt.Errorf("read the %s key of %s: %w", kind, actorID, err)
		}
		if old.SignsFrom.After(now) {
			return from, fmt.Errorf("%w: its new keys are told and take over at %s", web.ErrTooMany, old.SignsFrom.UTC().Format(time.TimeOnly))
		}
		if ended, err := retireKey(ctx, tx, old.ID, from, shownTill[kind]); err != nil || !ended {
			return from, errors.Join(err, fmt.Errorf("%w: somebody else changes them now", web.ErrTooMany))
		}
		if kind == kindEd25519 {
			err = k.addProver(ctx, tx, actorID, from)
		} else {
			err = k.store(ctx, tx, keyRow{
				Owner: actorID, Kind: kindRSA, SignsFrom: from, PublicPEM: signature.EncodePublicPEM(&key.PublicKey),
			}, key)
		}
		if err != nil {
			return from, err
		}
	}
	if stolen {
		if err := withdrawKeys(ctx, tx, actorID, from); err != nil {
			return from, fmt.Errorf("withdraw the old keys of %s: %w", actorID, err)
		}
	}
	return from, nil
}

// Forget deletes, of all actors, the keys that are neither published nor needed any more: nobody
// can steal what is not there.
func (k *Keys) Forget(ctx context.Context) error {
	if err := deleteKeys(ctx, k.db, k.now().Add(-keysNeeded), k.now()); err != nil {
		return fmt.Errorf("delete old keys: %w", err)
	}
	return nil
}

// KeyInfo is what may be said of a key.
type KeyInfo struct {
	ID        string
	Kind      string // "rsa" signs requests, "ed25519" what is said
	CreatedAt time.Time
	SignsFrom time.Time // zero for the first of its kind
	RetiredAt time.Time // zero while nothing follows it
	ShownTill time.Time // when a retired key for proofs leaves the actor's document
}

// List says what keys an actor has, and those of before that Forget has not deleted.
func (k *Keys) List(ctx context.Context, actorID string) ([]KeyInfo, error) {
	rows, err := keysOf(ctx, k.db, actorID, maxKeys)
	if err != nil {
		return nil, fmt.Errorf("list the keys of %s: %w", actorID, err)
	}
	var list []KeyInfo
	for _, row := range rows {
		list = append(list, KeyInfo{
			ID: row.uri(), Kind: row.Kind, CreatedAt: row.CreatedAt, SignsFrom: row.SignsFrom, RetiredAt: row.RetiredAt, ShownTill: row.ShownTill,
		})
	}
	return list, nil
}
