package signature

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Keys finds the public key with an id, and proves whose it is. It may answer from a cache; with
// fresh it shall ask the origin again, if it has not just done so. Its error is ErrKey for a key
// that is not to be trusted and ErrKeyUnreachable where trying later may help.
type Keys func(ctx context.Context, keyID string, fresh bool) (PublicKey, error)

// Verifier finds out who signed a request. It is safe for concurrent use as far as Keys is.
type Verifier struct {
	Keys Keys
	Now  func() time.Time
}

// proof is a signature of either scheme, read.
type proof interface {
	key() string
	check(r *http.Request, body []byte, now time.Time) error
	madeAt(h http.Header) ([]time.Time, error)
	claim(r *http.Request, body []byte, at site) (claim, error)
}

// claim is a signature made ready for the arithmetic.
type claim interface {
	fits(PublicKey) bool
}

// readProof finds the one signature of a request. Whoever sends Signature-Input means RFC 9421,
// whatever else is there: a second way to be believed would only help those who fail the first.
func readProof(r *http.Request) (proof, error) {
	if SchemeOf(r) == RFC9421 {
		return readInput(r)
	}
	return readParameters(r)
}

// KeyID is the id of the key that the request claims to be signed with, the same that Verify asks
// for. Nothing is verified.
func KeyID(r *http.Request) (string, error) {
	p, err := readProof(r)
	if err != nil {
		return "", err
	}
	return p.key(), nil
}

// MadeAt is when the request says that it was signed, by what its signature covers: who passes on
// what somebody else has signed cannot change it. Nothing is verified.
func MadeAt(r *http.Request) (time.Time, error) {
	p, err := readProof(r)
	if err != nil {
		return time.Time{}, err
	}
	made, err := p.madeAt(r.Header)
	if err != nil || len(made) == 0 {
		return time.Time{}, err
	}
	return slices.MaxFunc(made, time.Time.Compare), nil
}

// Verify returns the key that signed r with this body, by either scheme. base is the base URL that
// r belongs to ("https://blog.example/fedi"): its scheme and authority take the place of what the
// request and its Host header say. Whether the owner of the key may do what the body says is
// another question, and the caller's.
//
// Keys is called only for a request that passed every other check, at most twice: the second time
// with fresh, where the signature does not fit the first key, because its owner may have a new one.
//
// Errors are those of this package, which tell the sender what to change, or those of Keys.
func (v Verifier) Verify(r *http.Request, body []byte, base string) (PublicKey, error) {
	at, err := newSite(base)
	if err != nil {
		return PublicKey{}, err
	}
	p, err := readProof(r)
	if err != nil {
		return PublicKey{}, err
	}
	if err := p.check(r, body, v.Now()); err != nil {
		return PublicKey{}, err
	}
	made, err := p.claim(r, body, at)
	if err != nil {
		return PublicKey{}, err
	}
	key, err := v.key(r.Context(), p.key(), false)
	if err != nil {
		return PublicKey{}, err
	}
	if made.fits(key) {
		return key, nil
	}
	fresh, err := v.key(r.Context(), p.key(), true)
	if err != nil {
		return PublicKey{}, err
	}
	if fresh.same(key) || !made.fits(fresh) { // the arithmetic is saved where the origin says today what it said before
		return PublicKey{}, fmt.Errorf("%w (key %q, host %q, target %q)", ErrMismatch, p.key(), at.authority, rawTarget(r))
	}
	return fresh, nil
}

func (v Verifier) key(ctx context.Context, keyID string, fresh bool) (PublicKey, error) {
	key, err := v.Keys(ctx, keyID, fresh)
	if err == nil {
		err = key.usable()
	}
	if err != nil {
		return PublicKey{}, fmt.Errorf("key %q: %w", keyID, err)
	}
	return key, nil
}
