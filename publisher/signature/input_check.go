package signature

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dunglas/httpsfv"
)

// What RFC 9421 §3.3 calls the algorithms that are read here. A signature need not name one: the
// key knows.
const (
	algRSA     = "rsa-v1_5-sha256"
	algEd25519 = "ed25519"

	maxDigests = 1024 // bytes of a Content-Digest header
)

func (in input) key() string { return in.keyID }

func (in input) covers(name string) bool { return slices.Contains(in.covered, name) }

func (in input) checkAlgorithm() error {
	switch in.algorithm {
	case "", algRSA, algEd25519:
		return nil
	}
	return fmt.Errorf("%w: the algorithm %.40q; sign with %s", ErrUnsupported, in.algorithm, algRSA)
}

// checkCoverage wants what nobody may change on the way: method, the whole address, the time, and
// the body where there is one.
func (in input) checkCoverage(method string, length int) error {
	address := in.covers("@target-uri") || in.covers("@authority") && in.covers("@path")
	hasBody := length > 0 || method != http.MethodGet && method != http.MethodHead
	switch {
	case !in.covers("@method"):
		return fmt.Errorf("%w: @method is missing", ErrCoverage)
	case !address:
		return fmt.Errorf("%w: @target-uri is missing, and so are @authority and @path", ErrCoverage)
	case hasBody && !in.covers("content-digest"):
		return fmt.Errorf("%w: content-digest is missing", ErrCoverage)
	case in.created == 0:
		return fmt.Errorf("%w: created is missing", ErrCoverage)
	}
	return nil
}

// check does all that can be done without a key.
func (in input) check(r *http.Request, body []byte, now time.Time) error {
	if err := in.checkCoverage(r.Method, len(body)); err != nil {
		return err
	}
	if target := rawTarget(r); !in.covers("@target-uri") && !in.covers("@query") && hasQuery(target) {
		return fmt.Errorf("%w: @query is missing", ErrCoverage)
	}
	made, err := in.madeAt(r.Header)
	if err != nil {
		return err
	}
	if err := checkWindow(made, in.expires, true, now); err != nil {
		return err
	}
	if in.covers("digest") {
		if err := checkDigest(r.Header, body); err != nil {
			return err
		}
	}
	if in.covers("content-digest") {
		return checkContentDigest(r.Header, body)
	}
	return nil
}

// madeAt is when the signature was made, by each covered thing that says so.
func (in input) madeAt(h http.Header) ([]time.Time, error) {
	made := []time.Time{time.Unix(in.created, 0)}
	if !in.covers("date") {
		return made, nil
	}
	date, err := dateOf(h)
	return append(made, date), err
}

// checkContentDigest compares each digest that we know with the body (RFC 9530 §2); there must be
// one. Those that we do not know are not looked at.
func checkContentDigest(h http.Header, body []byte) error {
	digests, err := readDictionary(h, "Content-Digest", maxDigests)
	if err != nil {
		return err
	}
	known := 0
	for name, sum := range map[string]func() []byte{
		"sha-256": func() []byte { s := sha256.Sum256(body); return s[:] },
		"sha-512": func() []byte { s := sha512.Sum512(body); return s[:] },
	} {
		member, there := digests.Get(name)
		if !there {
			continue
		}
		known++
		item, _ := member.(httpsfv.Item)
		if said, ok := item.Value.([]byte); !ok || subtle.ConstantTimeCompare(said, sum()) != 1 {
			return ErrDigest
		}
	}
	if known == 0 {
		return fmt.Errorf("%w: Content-Digest has neither sha-256 nor sha-512", ErrDigest)
	}
	return nil
}

// claim9421 is a signature made ready for the arithmetic.
type claim9421 struct {
	input
	text []byte
}

func (in input) claim(r *http.Request, body []byte, at site) (claim, error) {
	m := message{site: at, method: r.Method, target: rawTarget(r), header: r.Header, length: len(body)}
	text, err := m.base(in.covered, in.params)
	return claim9421{in, []byte(text)}, err
}

// fits says whether key made the signature. The key says by which algorithm; a signature that names
// another is none of its own.
func (c claim9421) fits(key PublicKey) bool {
	switch {
	case key.Ed25519 != nil:
		return c.algorithm != algRSA && ed25519.Verify(key.Ed25519, c.text, c.signature)
	case c.algorithm == algEd25519:
		return false
	}
	sum := sha256.Sum256(c.text)
	return rsa.VerifyPKCS1v15(key.Key, crypto.SHA256, sum[:], c.signature) == nil
}
