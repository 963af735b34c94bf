package integrity

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"

	"github.com/mr-tron/base58"
)

// ErrKey is returned for a Multikey that is no Ed25519 key.
var ErrKey = errors.New("not an Ed25519 Multikey")

// Key makes proofs. ID is its verification method: the actor's id with a fragment.
type Key struct {
	ID      string
	Private ed25519.PrivateKey
}

// multicodec says "Ed25519 public key" in front of its bytes, as a varint.
const multicodec = "\xed\x01"

// Multikey writes a key as publicKeyMultibase: base58btc, which "z" stands for.
func Multikey(key ed25519.PublicKey) string {
	return "z" + base58.Encode([]byte(multicodec+string(key)))
}

// ParseMultikey reads what Multikey writes.
func ParseMultikey(text string) (ed25519.PublicKey, error) {
	encoded, ok := strings.CutPrefix(text, "z")
	if !ok || len(text) > 100 {
		return nil, fmt.Errorf("%w: %.20q is not base58btc", ErrKey, text)
	}
	raw, err := base58.Decode(encoded)
	key, isEd := strings.CutPrefix(string(raw), multicodec)
	if err != nil || !isEd || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: %.20q", ErrKey, text)
	}
	return ed25519.PublicKey(key), nil
}
