package database

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// ID names a row. The upper 43 bits are milliseconds since 1970, so ids grow with time (until the
// year 2248); the lower 20 begin at random in their lower half and are counted on within one
// millisecond of one process, which leaves room for 500 million a second before they spill into the
// next; two processes seldom collide, and a collision is an ErrDuplicate. In URLs and JSON an ID is
// 13 characters of lower-case base32, never a number: JavaScript rounds it.
type ID int64

const idRandomBits = 20

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ErrBadID is returned by ParseID for what String cannot have made.
var ErrBadID = errors.New("not an id of this server")

var lastID struct {
	sync.Mutex
	id ID
}

// NewID returns an id that is greater than every other id that this process has made, so that the
// order of ids is the order in which they were made. A transaction takes the time once and then
// makes several ids, while others make theirs from a later time; and what has waited for days is
// given an id by the time at which it came.
func NewID(now time.Time) ID {
	id := ID(now.UnixMilli()<<idRandomBits | int64(rand.Uint32N(1<<(idRandomBits-1))))
	lastID.Lock()
	defer lastID.Unlock()
	if id <= lastID.id {
		id = lastID.id + 1
	}
	lastID.id = id
	return id
}

// String is the id as 13 base32 characters.
func (id ID) String() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(id))
	return idText.EncodeToString(b[:])
}

// MarshalText makes JSON carry the id as a string.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// LooksLikeID says whether a text could be an id for whoever reads it. ParseID refuses some of
// these, which are no row's.
func LooksLikeID(s string) bool {
	return len(s) == 13 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// ParseID reads what String wrote, in either case, and nothing else.
func ParseID(s string) (ID, error) {
	if len(s) != 13 {
		return 0, ErrBadID
	}
	lower := strings.ToLower(s)
	b, err := idText.DecodeString(lower)
	if err != nil {
		return 0, ErrBadID
	}
	id := ID(binary.BigEndian.Uint64(b))
	if id <= 0 || id.String() != lower {
		return 0, ErrBadID
	}
	return id, nil
}
