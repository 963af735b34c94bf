package signature

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"
)

const (
	minKeyBits = 2048
	maxKeyBits = 8192  // verifying with a larger one costs an attacker nothing and us milliseconds
	maxPEM     = 16384 // bytes; a key of 8192 bits takes 1,500
)

// Key signs requests. ID is the URL that others fetch the public half from, the actor's id with a
// fragment.
type Key struct {
	ID      string
	Private *rsa.PrivateKey
	Since   time.Time // when it took over from another; zero for an actor's first, which nobody can know an older one of
}

// PublicKey is somebody's key: its id and the id of the actor who owns it. It is an RSA key, or an
// Ed25519 key, which signs by RFC 9421 alone.
type PublicKey struct {
	ID      string
	Owner   string
	Key     *rsa.PublicKey    // nil where Ed25519 is set
	Ed25519 ed25519.PublicKey // nil for RSA
}

// same says whether both are the same key, whatever their ids.
func (k PublicKey) same(other PublicKey) bool {
	if k.Ed25519 != nil || other.Ed25519 != nil {
		return k.Ed25519.Equal(other.Ed25519)
	}
	return k.Key.Equal(other.Key)
}

// usable bounds what a stranger may have us calculate with.
func (k PublicKey) usable() error {
	switch {
	case k.Ed25519 == nil:
		return checkKey(k.Key)
	case k.Key != nil || len(k.Ed25519) != ed25519.PublicKeySize:
		return fmt.Errorf("%w: it is not one Ed25519 key", ErrKey)
	}
	return nil
}

// EncodePublicPEM writes a key as SPKI in PEM, the form that every server reads.
func EncodePublicPEM(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // an RSA key always marshals
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// PEM writes the key as SPKI in PEM, as ParsePublic reads it.
func (k PublicKey) PEM() string {
	if k.Ed25519 == nil {
		return EncodePublicPEM(k.Key)
	}
	der, err := x509.MarshalPKIXPublicKey(k.Ed25519)
	if err != nil {
		panic(err) // an Ed25519 key always marshals
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// ParsePublic reads an RSA key of 2048 to 8192 bits, SPKI or PKCS#1, or an Ed25519 key, SPKI,
// whatever its PEM label says. Nothing is said of id and owner. Errors are ErrKey.
func ParsePublic(text string) (PublicKey, error) {
	if len(text) > maxPEM {
		return PublicKey{}, fmt.Errorf("%w: its PEM is longer than %d bytes", ErrKey, maxPEM)
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return PublicKey{}, fmt.Errorf("%w: it is not PEM", ErrKey)
	}
	key, err := parseDER(block.Bytes)
	if err == nil {
		err = key.usable()
	}
	if err != nil {
		return PublicKey{}, err
	}
	return key, nil
}

// ParsePublicPEM reads a key as ParsePublic does, and no other than RSA.
func ParsePublicPEM(text string) (*rsa.PublicKey, error) {
	key, err := ParsePublic(text)
	if err == nil && key.Key == nil {
		err = fmt.Errorf("%w: it is not an RSA key", ErrKey)
	}
	return key.Key, err
}

func parseDER(der []byte) (PublicKey, error) {
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return PublicKey{Key: key}, nil
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %v", ErrKey, err)
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		return PublicKey{Key: key}, nil
	case ed25519.PublicKey:
		return PublicKey{Ed25519: key}, nil
	}
	return PublicKey{}, fmt.Errorf("%w: it is neither an RSA nor an Ed25519 key", ErrKey)
}

// checkKey bounds what a stranger may have us calculate with.
func checkKey(key *rsa.PublicKey) error {
	switch {
	case key == nil || key.N == nil:
		return fmt.Errorf("%w: there is none", ErrKey)
	case key.N.BitLen() < minKeyBits || key.N.BitLen() > maxKeyBits:
		return fmt.Errorf("%w: it has %d bits; %d to %d are accepted", ErrKey, key.N.BitLen(), minKeyBits, maxKeyBits)
	case key.E < 3 || key.E%2 == 0:
		return fmt.Errorf("%w: its exponent is %d", ErrKey, key.E)
	}
	return nil
}
