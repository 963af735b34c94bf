package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
)

const (
	secretBytes = 32
	// sealVersion is the first byte of what is sealed, so that another way of sealing can come
	// later.
	sealVersion = 1
	// keyPurpose keeps this use of the secret apart from any other.
	keyPurpose = "actor keys"
)

// sealer encrypts with AES-256-GCM: version byte, nonce, ciphertext. The id of the row is
// authenticated along, so a sealed key copied to another row does not open there.
type sealer struct{ aead cipher.AEAD }

func newSealer(secret []byte) sealer {
	if len(secret) != secretBytes {
		return sealer{}
	}
	key, err := hkdf.Key(sha256.New, secret, nil, keyPurpose, 32)
	if err != nil {
		return sealer{}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return sealer{}
	}
	return sealer{aead}
}

func (s sealer) close(id database.ID, plain []byte) ([]byte, error) {
	if s.aead == nil {
		return nil, ErrWrongSecret
	}
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce) // never fails
	sealed := append([]byte{sealVersion}, nonce...)
	return s.aead.Seal(sealed, nonce, plain, rowName(id)), nil
}

func (s sealer) open(id database.ID, sealed []byte) ([]byte, error) {
	switch {
	case s.aead == nil:
		return nil, ErrWrongSecret
	case len(sealed) < 1+s.aead.NonceSize():
		return nil, fmt.Errorf("%w: it has %d bytes", ErrTampered, len(sealed))
	case sealed[0] != sealVersion:
		return nil, fmt.Errorf("%w: it is sealed in way %d, this program knows %d", ErrTampered, sealed[0], sealVersion)
	}
	nonce, text := sealed[1:1+s.aead.NonceSize()], sealed[1+s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, text, rowName(id))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrTampered, err)
	}
	return plain, nil
}

// key seals an *rsa.PrivateKey or an ed25519.PrivateKey.
func (s sealer) key(id database.ID, key any) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return s.close(id, der)
}

// openKey opens what key has sealed, as a K.
func openKey[K any](s sealer, id database.ID, sealed []byte) (key K, err error) {
	der, err := s.open(id, sealed)
	if err != nil {
		return key, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return key, fmt.Errorf("read a PKCS#8 key: %w", err)
	}
	key, ok := parsed.(K)
	if !ok {
		return key, fmt.Errorf("read a PKCS#8 key: it is a %T", parsed)
	}
	return key, nil
}

func rowName(id database.ID) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(id))
}
