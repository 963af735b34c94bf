package remote

import (
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
)

const (
	sweepEvery   = time.Hour
	keepKeys     = 30 * 24 * time.Hour // since they were last asked for at their server
	keepFailures = 24 * time.Hour
)

// keyRow is what we know of a key: the key, and why it could not be had when its server was last
// asked. Both may be there.
type keyRow struct {
	URI       string
	Owner     string
	PEM       string
	FetchedAt time.Time
	TriedAt   time.Time
	Failure   string // "" after success, else one of the kinds below
}

const (
	failUnreachable = "unreachable"
	failGone        = "gone"
	failDeleted     = "deleted"
	failRefused     = "refused: " // and why
	maxReason       = 400         // characters
)

func (k keyRow) failure() error {
	if words, ok := strings.CutPrefix(k.Failure, failRefused); ok {
		return fmt.Errorf("%w: %w", signature.ErrKey, refusal{words})
	}
	switch k.Failure {
	case failGone:
		return fmt.Errorf("%w: %w", signature.ErrKey, ErrGone)
	case failDeleted:
		return fmt.Errorf("%w: %w", signature.ErrKey, ErrDeleted)
	}
	return signature.ErrKeyUnreachable
}

// refusal is an ErrNotTrusted from before, in the same words.
type refusal struct{ words string }

func (r refusal) Error() string { return r.words }
func (r refusal) Unwrap() error { return ErrNotTrusted }

func firstRunes(s string, max int) string {
	for i := range s {
		if max == 0 {
			return s[:i]
		}
		max--
	}
	return s
}
