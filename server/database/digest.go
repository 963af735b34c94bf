package database

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Digest is the SHA-256 by which a table finds something with a long name. It is stored as 32
// bytes.
type Digest [32]byte

// Hash digests the parts, joined by NUL, which occurs in no URL and no name.
func Hash(parts ...string) Digest {
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

// ID is an id that follows from the digest, for what must have the same one whoever makes it. It is
// positive, as ids are.
func (d Digest) ID() ID { return ID(binary.BigEndian.Uint64(d[:8])>>1 | 1) }

// IsZero is true for the Digest of nothing in particular; no text has it.
func (d Digest) IsZero() bool { return d == Digest{} }

// String is the digest in hexadecimal, for ETags and logs.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Value stores the digest.
func (d Digest) Value() (driver.Value, error) { return d[:], nil }

// Scan reads a digest; NULL becomes the zero Digest.
func (d *Digest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Digest{}
		return nil
	case []byte:
		if len(v) == len(d) {
			copy(d[:], v)
			return nil
		}
	}
	return fmt.Errorf("a digest needs 32 bytes, the database gave %T", src)
}

// OrNull stores the digest, or NULL where it is zero, for columns whose unique key must leave some
// rows out.
func (d Digest) OrNull() any {
	if d.IsZero() {
		return nil
	}
	return d
}
