package keyring

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
)

const (
	// keyBits: 2048 is what every server verifies; a larger key only makes our own signing slower.
	keyBits = 2048
	// parsedKeys is how many private keys are kept parsed. Parsing one costs a fifth of a
	// signature, unsealing is next to nothing.
	parsedKeys = 1000
)

// ErrWrongSecret is returned where the secret is not the one the keys in the database were sealed
// with.
var ErrWrongSecret = errors.New("the secret key does not belong to this database")

// ErrTampered is returned for a key in the database that was changed, or moved to another row,
// after it was sealed.
var ErrTampered = errors.New("a private key in the database was changed")

var errPublicHalf = fmt.Errorf("%w: its public half is another key's", ErrTampered)

// The kinds of rows in actor_keys.
const (
	kindRSA     = "rsa"
	kindEd25519 = "ed25519"
	kindCheck   = "check"
)

// fragments begin the ends of keys' ids. What follows is never used again, also after a rotation or
// where a new data folder takes an address over: GoToSocial keeps a key for good by its id, and
// would refuse everything that another key signs under it.
var fragments = map[string]string{kindRSA: "main-key", kindEd25519: "ed25519-key"}

// Keys holds the private keys of our actors. They are in the database, sealed, and never leave in
// clear.
type Keys struct {
	// Generate makes a new private key; it is GenerateKey, and in tests a function that takes less
	// time.
	Generate func() (*rsa.PrivateKey, error)

	db     *database.DB
	seal   sealer
	now    func() time.Time
	cache  *lru.Cache[string, parsedKey[signature.Key]]
	proofs *lru.Cache[string, parsedKey[integrity.Key]]
	loads  flight.Group
}

// parsedKey is good for a while: another process may have changed the key.
type parsedKey[K any] struct {
	row    keyRow
	key    K
	looked time.Time
}

// New opens keys with a secret of 32 bytes; with one of another length every use is ErrWrongSecret.
func New(db *database.DB, secret []byte, now func() time.Time) *Keys {
	cache, _ := lru.New[string, parsedKey[signature.Key]](parsedKeys) // fails for a size below 1 alone
	proofs, _ := lru.New[string, parsedKey[integrity.Key]](parsedKeys)
	return &Keys{Generate: GenerateKey, db: db, seal: newSealer(secret), now: now, cache: cache, proofs: proofs}
}

// GenerateKey makes a private key for Store. It takes a good part of a second, so it is never
// called in a transaction.
func GenerateKey() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// Create makes and stores a key for an actor: Generate and Store in one, for use outside
// transactions.
func (k *Keys) Create(ctx context.Context, q database.Querier, actorID string) error {
	key, err := k.Generate()
	if err != nil {
		return err
	}
	return k.Store(ctx, q, actorID, key)
}

// Store seals the key of an actor and keeps it. database.ErrDuplicate says that the actor already
// has one, which stays.
func (k *Keys) Store(ctx context.Context, q database.Querier, actorID string, key *rsa.PrivateKey) error {
	return k.store(ctx, q, keyRow{Owner: actorID, Kind: kindRSA, PublicPEM: signature.EncodePublicPEM(&key.PublicKey)}, key)
}

func (k *Keys) store(ctx context.Context, q database.Querier, row keyRow, private any) (err error) {
	row.ID, row.CreatedAt = database.NewID(k.now()), k.now()
	row.Fragment = fragments[row.Kind] + "-" + row.ID.String()
	if row.Sealed, err = k.seal.key(row.ID, private); err != nil {
		return fmt.Errorf("seal the key of %s: %w", row.Owner, err)
	}
	if err := insertKey(ctx, q, row); err != nil {
		return fmt.Errorf("store the key of %s: %w", row.Owner, err)
	}
	return nil
}

// Rename gives the key of an actor to the id it has from now on. Only an actor nobody outside has
// seen may get a new id.
func (k *Keys) Rename(ctx context.Context, q database.Querier, from, to string) error {
	if err := renameKeys(ctx, q, from, to); err != nil {
		return fmt.Errorf("give the key of %s to %s: %w", from, to, err)
	}
	k.forget(from)
	return nil
}

// EnsureInstance makes the key of a base URL's instance actor where it has none.
func (k *Keys) EnsureInstance(ctx context.Context, base string) error {
	actorID := ids.InstanceActor(base)
	_, err := keyAt(ctx, k.db, actorID, kindRSA, k.now())
	if !errors.Is(err, database.ErrNotFound) {
		return err
	}
	err = k.Create(ctx, k.db, actorID)
	if errors.Is(err, database.ErrDuplicate) {
		return nil // another process was faster
	}
	return err
}

// Check tells whether the secret is the one of this database; ErrWrongSecret if not. The first call
// leaves a check value.
func (k *Keys) Check(ctx context.Context) error {
	row, err := checkRow(ctx, k.db)
	if errors.Is(err, database.ErrNotFound) {
		row, err = k.firstCheck(ctx)
	}
	if err != nil {
		return fmt.Errorf("read the check value: %w", err)
	}
	if _, err := k.seal.open(row.ID, row.Sealed); err != nil {
		return ErrWrongSecret
	}
	return nil
}

// firstCheck leaves the check value. Where keys exist without one, any key tells as well whether
// the secret is theirs.
func (k *Keys) firstCheck(ctx context.Context) (keyRow, error) {
	row, err := oldestKey(ctx, k.db)
	if !errors.Is(err, database.ErrNotFound) {
		return row, err
	}
	row = keyRow{ID: database.NewID(k.now()), Kind: kindCheck, CreatedAt: k.now()}
	if row.Sealed, err = k.seal.close(row.ID, []byte(kindCheck)); err != nil {
		return row, err
	}
	err = insertKey(ctx, k.db, row)
	if errors.Is(err, database.ErrDuplicate) {
		return checkRow(ctx, k.db) // another process starts at the same time
	}
	return row, err
}

// KeysExist says whether the database holds anything that was sealed with a secret.
func KeysExist(ctx context.Context, q database.Querier) (bool, error) {
	_, err := oldestKey(ctx, q)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
