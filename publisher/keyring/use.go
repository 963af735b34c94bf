package keyring

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
)

const (
	// believedFor is how long a parsed key is used without a look at the table, where another
	// process may have changed it.
	believedFor = 30 * time.Second
	keyLoad     = 10 * time.Second // for the one query
	maxKeys     = 20               // of an actor that are listed
)

// Signer is the key an actor of ours signs requests with at the moment; database.ErrNotFound where
// it has none. Parsed keys are remembered.
func (k *Keys) Signer(ctx context.Context, actorID string) (signature.Key, error) {
	return current(ctx, k, k.cache, actorID, kindRSA, k.openSigner)
}

// SignerAt is the key an actor of ours signed requests with at a time (delivery.Worker.KeysThen).
func (k *Keys) SignerAt(ctx context.Context, actorID string, at time.Time) (signature.Key, error) {
	row, err := keyAt(ctx, k.db, actorID, kindRSA, at)
	if err != nil {
		return signature.Key{}, fmt.Errorf("private key of %s at %s: %w", actorID, at.UTC().Format(time.DateTime), err)
	}
	key, err := k.Signer(ctx, actorID)
	if err != nil || key.ID == row.uri() {
		return key, err
	}
	return k.openSigner(row)
}

func (k *Keys) openSigner(row keyRow) (signature.Key, error) {
	private, err := openKey[*rsa.PrivateKey](k.seal, row.ID, row.Sealed)
	if err != nil {
		return signature.Key{}, err
	}
	// The public half stands in clear. If it is not ours, everything we sign with this key would be
	// refused everywhere.
	if signature.EncodePublicPEM(&private.PublicKey) != row.PublicPEM {
		return signature.Key{}, errPublicHalf
	}
	return signature.Key{ID: row.uri(), Private: private, Since: row.SignsFrom}, nil
}

// Prover is the key an actor of ours signs its words with at the moment. It is made when it is
// first asked for: a blog that was added before there were such keys has none.
func (k *Keys) Prover(ctx context.Context, actorID string) (integrity.Key, error) {
	key, err := current(ctx, k, k.proofs, actorID, kindEd25519, k.openProver)
	if !errors.Is(err, database.ErrNotFound) {
		return key, err
	}
	if err := k.addProver(ctx, k.db, actorID, time.Time{}); err != nil && !errors.Is(err, database.ErrDuplicate) {
		return integrity.Key{}, err
	}
	return current(ctx, k, k.proofs, actorID, kindEd25519, k.openProver)
}

func (k *Keys) openProver(row keyRow) (integrity.Key, error) {
	private, err := openKey[ed25519.PrivateKey](k.seal, row.ID, row.Sealed)
	if err != nil {
		return integrity.Key{}, err
	}
	if (signature.PublicKey{Ed25519: private.Public().(ed25519.PublicKey)}).PEM() != row.PublicPEM {
		return integrity.Key{}, errPublicHalf
	}
	return integrity.Key{ID: row.uri(), Private: private}, nil
}

func (k *Keys) addProver(ctx context.Context, q database.Querier, actorID string, from time.Time) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	return k.store(ctx, q, keyRow{
		Owner: actorID, Kind: kindEd25519, SignsFrom: from, PublicPEM: signature.PublicKey{Ed25519: public}.PEM(),
	}, private)
}

// current is an actor's key of a kind, parsed.
func current[K any](
	ctx context.Context, k *Keys, cache *lru.Cache[string, parsedKey[K]], actorID, kind string, parse func(keyRow) (K, error),
) (K, error) {
	known, ok := cache.Get(actorID)
	if ok && k.now().Sub(known.looked).Abs() < believedFor && known.row.signsAt(k.now()) {
		return known.key, nil
	}
	// Many deliveries of one post ask at once; one of them parses.
	key, err := flight.Do(ctx, &k.loads, kind+" "+actorID, func(ctx context.Context) (K, error) {
		ctx, cancel := context.WithTimeout(ctx, keyLoad)
		defer cancel()
		row, err := keyAt(ctx, k.db, actorID, kind, k.now())
		if err != nil {
			return known.key, err
		}
		now := parsedKey[K]{row, known.key, k.now()}
		if known.row.ID != row.ID {
			if now.key, err = parse(row); err != nil {
				return known.key, err
			}
		}
		cache.Add(actorID, now)
		return now.key, nil
	})
	if err != nil {
		return key, fmt.Errorf("private key of %s: %w", actorID, err)
	}
	return key, nil
}

func (k *Keys) forget(actorID string) {
	k.cache.Remove(actorID)
	k.proofs.Remove(actorID)
}

// PublicKeys is what an actor's document says of its keys.
type PublicKeys struct {
	RequestID  string // id of the key that requests are signed with
	RequestPEM string // SPKI
	Proofs     []activitypub.Multikey
}

// Told are the keys that servers are told of: those the actor is to have, where they were told
// already. An Update with the older ones after that would be believed until the new ones sign, and
// then by nobody who does not ask again. A key that is missing is not made (Prover).
func (k *Keys) Told(ctx context.Context, q database.Querier, actorID string) (PublicKeys, error) {
	return k.publicIn(ctx, q, actorID, k.now().Add(switchAfter))
}

// Public are the public halves of an actor's keys at a time; database.ErrNotFound where it has none
// to sign requests with. There is one of these, always: Lemmy and Misskey do not read an actor that
// has a list. Those for proofs have stood in lists from the beginning.
func (k *Keys) Public(ctx context.Context, actorID string, at time.Time) (keys PublicKeys, err error) {
	if _, err := k.Prover(ctx, actorID); err != nil {
		return keys, err
	}
	return k.publicIn(ctx, k.db, actorID, at)
}

// publicIn is Public inside a transaction. It makes no key that is missing.
func (k *Keys) publicIn(ctx context.Context, q database.Querier, actorID string, at time.Time) (keys PublicKeys, err error) {
	row, err := keyAt(ctx, q, actorID, kindRSA, at)
	if err != nil {
		return keys, fmt.Errorf("public key of %s: %w", actorID, err)
	}
	keys.RequestID, keys.RequestPEM = row.uri(), row.PublicPEM
	rows, err := keysOf(ctx, q, actorID, maxKeys)
	if err != nil {
		return keys, fmt.Errorf("public keys of %s: %w", actorID, err)
	}
	for _, row := range rows {
		if row.Kind != kindEd25519 || !row.shownAt(at) {
			continue
		}
		public, err := signature.ParsePublic(row.PublicPEM)
		if err != nil {
			return keys, fmt.Errorf("public key %s: %w", row.uri(), err)
		}
		keys.Proofs = append(keys.Proofs, activitypub.Multikey{
			ID: row.uri(), Type: "Multikey", Controller: actorID, PublicKeyMultibase: integrity.Multikey(public.Ed25519),
		})
	}
	return keys, nil
}

// signsAt says whether nothing follows this key until then. Who knows of the change signs with the
// new key from the very moment on at which the actor's document has it.
func (row keyRow) signsAt(at time.Time) bool {
	return row.RetiredAt.IsZero() || at.Before(row.RetiredAt)
}

// shownAt says whether the actor's document may still have the key then.
func (row keyRow) shownAt(at time.Time) bool {
	return row.RetiredAt.IsZero() || at.Before(row.ShownTill)
}

// uri is the id of the key: its actor's, with a fragment that makes the key's document the actor's.
func (row keyRow) uri() string { return row.Owner + "#" + row.Fragment }
