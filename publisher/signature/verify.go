package signature

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"time"
)

// Keys finds the public key with an id, and proves whose it is. It may answer from a cache; with fresh it shall ask the origin again, if
// it has not just done so. Its error is ErrKey for a key that is not to be trusted and ErrKeyUnreachable where trying later may help.
type Keys func(ctx context.Context, keyID string, fresh bool) (PublicKey, error)

// Verifier finds out who signed a request. It is safe for concurrent use as far as Keys is.
type Verifier struct {
	Keys Keys
	Now  func() time.Time
}

// Verify returns the key that signed r with this body. host is the authority of the base URL that r belongs to ("blog.example"); it takes
// the place of the Host header. Whether the owner of the key may do what the body says is another question, and the caller's.
//
// Keys is called only for a request that passed every other check, at most twice: the second time with fresh, where the signature does
// not fit the first key, because its owner may have a new one.
//
// Errors are those of this package, which tell the sender what to change, or those of Keys.
func (v Verifier) Verify(r *http.Request, body []byte, host string) (PublicKey, error) {
	p, err := parseRequest(r)
	if err != nil {
		return PublicKey{}, err
	}
	if err := p.check(r, body, v.Now()); err != nil {
		return PublicKey{}, err
	}
	claim, err := newClaim(r, p, host)
	if err != nil {
		return PublicKey{}, err
	}
	key, err := v.key(r.Context(), p.keyID, false)
	if err != nil {
		return PublicKey{}, err
	}
	if claim.fits(key.Key) {
		return key, nil
	}
	return v.verifyFresh(r.Context(), claim, p.keyID, key.Key)
}

// verifyFresh tries once more with what the origin says today, and saves the arithmetic where it says the same.
func (v Verifier) verifyFresh(ctx context.Context, claim claim, keyID string, old *rsa.PublicKey) (PublicKey, error) {
	key, err := v.key(ctx, keyID, true)
	if err != nil {
		return PublicKey{}, err
	}
	if key.Key.Equal(old) || !claim.fits(key.Key) {
		return PublicKey{}, fmt.Errorf("%w (key %q, host %q, target %q)", ErrMismatch, keyID, claim.host, claim.target)
	}
	return key, nil
}

func (v Verifier) key(ctx context.Context, keyID string, fresh bool) (PublicKey, error) {
	key, err := v.Keys(ctx, keyID, fresh)
	if err != nil {
		return PublicKey{}, fmt.Errorf("key %q: %w", keyID, err)
	}
	if err := checkKey(key.Key); err != nil {
		return PublicKey{}, fmt.Errorf("key %q: %w", keyID, err)
	}
	return key, nil
}
