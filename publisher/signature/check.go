package signature

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The window of federation: Mastodon's, which is five minutes of validity and an hour of skewed
// clocks. A request may name its own end, at most 12 hours after its beginning. Replays inside the
// window are the business of whoever remembers activity ids.
const (
	maxAge    = 65 * time.Minute
	maxAhead  = 65 * time.Minute
	maxExpiry = 12 * time.Hour
)

// check does all that can be done without a key. Nothing is fetched for a request that fails here.
func (p parameters) check(r *http.Request, body []byte, now time.Time) error {
	if err := p.checkAlgorithm(); err != nil {
		return err
	}
	if err := p.checkCoverage(r, body); err != nil {
		return err
	}
	made, err := p.madeAt(r.Header)
	if err != nil {
		return err
	}
	if err := checkWindow(made, p.expires, p.covers("(expires)"), now); err != nil {
		return err
	}
	if p.covers("digest") {
		return checkDigest(r.Header, body)
	}
	return nil
}

// checkAlgorithm: hs2019 says nothing but "ask the key", and is what a missing parameter means.
func (p parameters) checkAlgorithm() error {
	switch p.algorithm {
	case "", "hs2019", "rsa-sha256":
		return nil
	}
	return fmt.Errorf("%w: the algorithm %.40q; sign with rsa-sha256", ErrUnsupported, p.algorithm)
}

func (p parameters) covers(name string) bool { return slices.Contains(p.covered, name) }

func (p parameters) checkCoverage(r *http.Request, body []byte) error {
	needed := []string{"(request-target)", "host"}
	if len(body) > 0 || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		needed = append(needed, "digest")
	}
	for _, name := range needed {
		if !p.covers(name) {
			return fmt.Errorf("%w: %s is missing", ErrCoverage, name)
		}
	}
	if !p.covers("date") && !p.covers("(created)") {
		return fmt.Errorf("%w: neither date nor (created) is there", ErrCoverage)
	}
	return nil
}

// checkWindow goes by when a signature was made, as each covered thing says it, and by its own end
// (0: none). An end that it does not cover can be anybody's: it may end the window early, never
// late.
func checkWindow(made []time.Time, expires int64, covered bool, now time.Time) error {
	first, last := slices.MinFunc(made, time.Time.Compare), slices.MaxFunc(made, time.Time.Compare)
	if last.Sub(now) > maxAhead {
		return fmt.Errorf("%w: it says %s; here it is %s", ErrWindow, stamp(last), stamp(now))
	}
	end := first.Add(maxAge)
	if expires != 0 {
		own := earlier(time.Unix(expires, 0), first.Add(maxExpiry))
		if covered || own.Before(end) {
			end = own
		}
	}
	if now.After(end) {
		return fmt.Errorf("%w: it says %s and was good until %s; here it is %s", ErrWindow, stamp(first), stamp(end), stamp(now))
	}
	return nil
}

// madeAt is when the signature was made, by each covered thing that says so. There is at least one.
func (p parameters) madeAt(h http.Header) ([]time.Time, error) {
	var made []time.Time
	if p.covers("(created)") {
		made = append(made, time.Unix(p.created, 0))
	}
	if p.covers("date") {
		date, err := dateOf(h)
		if err != nil {
			return nil, err
		}
		made = append(made, date)
	}
	return made, nil
}

// dateOf reads the one Date header.
func dateOf(h http.Header) (time.Time, error) {
	dates := h.Values("Date")
	if len(dates) != 1 {
		return time.Time{}, fmt.Errorf("%w: there are %d Date headers", ErrMalformed, len(dates))
	}
	date, err := http.ParseTime(dates[0])
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: Date is %.40q", ErrMalformed, dates[0])
	}
	return date, nil
}

// checkDigest compares the one SHA-256 digest with the body. Others beside it (RFC 3230 allows a
// list) are not looked at.
func checkDigest(h http.Header, body []byte) error {
	found := ""
	for item := range strings.SplitSeq(strings.Join(h.Values("Digest"), ","), ",") {
		algorithm, value, _ := strings.Cut(strings.TrimSpace(item), "=")
		if !strings.EqualFold(algorithm, "SHA-256") {
			continue
		}
		if found != "" {
			return fmt.Errorf("%w: Digest has two of SHA-256", ErrMalformed)
		}
		found = value
	}
	if found == "" {
		return fmt.Errorf("%w: Digest has none of SHA-256", ErrDigest)
	}
	said, err := base64.StdEncoding.DecodeString(found)
	sum := sha256.Sum256(body)
	if err != nil || subtle.ConstantTimeCompare(said, sum[:]) != 1 {
		return ErrDigest
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func stamp(t time.Time) string { return t.UTC().Format(http.TimeFormat) }
