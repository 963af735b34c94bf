package fediversetest

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
)

// keys are made once per test process: making one takes as long as a hundred signatures.
var keys = keyRing{made: map[int]*rsa.PrivateKey{}}

const ringSize = 8 // more than any test needs to be different; after these come the keys of OwnKey

type keyRing struct {
	sync.Mutex
	made  map[int]*rsa.PrivateKey
	given int
}

// NewKey returns a private key of 2048 bits for an actor of ours. It differs from the last seven
// that it returned, and from the keys of all people. It returns no error.
func NewKey() (*rsa.PrivateKey, error) {
	keys.Lock()
	keys.given++
	turn := keys.given
	keys.Unlock()
	return keys.at(1 + turn%ringSize), nil
}

// at returns the key at a place of the ring, and makes it where needed.
func (r *keyRing) at(place int) *rsa.PrivateKey {
	r.Lock()
	defer r.Unlock()
	if key := r.made[place]; key != nil {
		return key
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // only without a source of randomness
	}
	r.made[place] = key
	return key
}

// ownKey returns a key that nobody else in this fediverse has.
func (f *Fediverse) ownKey() *rsa.PrivateKey {
	f.mu.Lock()
	f.ownKeys++
	place := ringSize + f.ownKeys
	f.mu.Unlock()
	return keys.at(place)
}
