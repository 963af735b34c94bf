package signature

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	maxHeader  = 8192 // bytes of a Signature header; one with an 8192-bit key takes 1,600
	maxKeyID   = 2048
	maxCovered = 32
)

// parameters is a Signature header, read.
type parameters struct {
	keyID     string
	algorithm string   // lower case; "" where not said
	covered   []string // lower-case names, each once
	signature string   // base64
	created   int64    // seconds since 1970; 0 where not said
	expires   int64    // likewise
}

func (p parameters) key() string { return p.keyID }

// readParameters finds the one signature of a request by draft-cavage.
func readParameters(r *http.Request) (parameters, error) {
	switch values := r.Header.Values("Signature"); len(values) {
	case 0:
		return parameters{}, ErrUnsigned
	case 1:
		return parse(values[0])
	default:
		return parameters{}, fmt.Errorf("%w: there are %d Signature headers", ErrMalformed, len(values))
	}
}

// parse reads the value of a Signature header. Names are taken in any case, unknown parameters are
// ignored.
func parse(header string) (parameters, error) {
	if len(header) > maxHeader {
		return parameters{}, fmt.Errorf("%w: Signature is longer than %d bytes", ErrMalformed, maxHeader)
	}
	values, err := split(withoutScheme(header))
	if err != nil {
		return parameters{}, err
	}
	p := parameters{
		keyID:     values["keyid"],
		algorithm: strings.ToLower(values["algorithm"]),
		signature: values["signature"],
	}
	if p.covered, err = coveredNames(values); err != nil {
		return parameters{}, err
	}
	if p.created, err = seconds(values, "created"); err != nil {
		return parameters{}, err
	}
	if p.expires, err = seconds(values, "expires"); err != nil {
		return parameters{}, err
	}
	return p, p.complete()
}

// withoutScheme takes off the "Signature " that begins an Authorization header, and that some
// servers write before this one as well.
func withoutScheme(header string) string {
	const scheme = "signature"
	trimmed := strings.Trim(header, " \t")
	if len(trimmed) > len(scheme) && strings.EqualFold(trimmed[:len(scheme)], scheme) && strings.IndexByte(" \t", trimmed[len(scheme)]) >= 0 {
		if rest := strings.TrimLeft(trimmed[len(scheme):], " \t"); !strings.HasPrefix(rest, "=") { // else it is the parameter of that name
			return rest
		}
	}
	return header
}

// complete refuses a header that lacks what it needs.
func (p parameters) complete() error {
	raw, err := base64.StdEncoding.DecodeString(p.signature)
	switch {
	case !usableKeyID(p.keyID):
		return fmt.Errorf("%w: keyId is missing, longer than %d bytes or no URL", ErrMalformed, maxKeyID)
	case len(raw) == 0 || err != nil:
		return fmt.Errorf("%w: the parameter signature is missing or not base64", ErrMalformed)
	}
	for _, name := range p.covered {
		if n, isNumber := p.number(name); isNumber && n == 0 {
			return fmt.Errorf("%w: headers lists %s and the parameter is missing", ErrMalformed, name)
		}
	}
	return nil
}

// usableKeyID refuses what no URL has, and what would have to be escaped.
func usableKeyID(id string) bool {
	return id != "" && len(id) <= maxKeyID && !strings.ContainsAny(id, `"\`)
}

// number is the value of a covered name that stands for a parameter instead of a header.
func (p parameters) number(name string) (int64, bool) {
	switch name {
	case "(created)":
		return p.created, true
	case "(expires)":
		return p.expires, true
	}
	return 0, false
}

// coveredNames is the list of what was signed. Without one it is the Date header alone
// (draft-cavage §2.1.6).
func coveredNames(values map[string]string) ([]string, error) {
	raw, ok := values["headers"]
	if !ok {
		return []string{"date"}, nil
	}
	names := strings.Fields(strings.ToLower(raw))
	if len(names) == 0 || len(names) > maxCovered {
		return nil, fmt.Errorf("%w: headers lists %d names; 1 to %d are accepted", ErrMalformed, len(names), maxCovered)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) || strings.ContainsAny(name, `",=\`) {
			return nil, fmt.Errorf("%w: headers lists %.40q twice, or it is no name", ErrMalformed, name)
		}
	}
	return names, nil
}

func seconds(values map[string]string, name string) (int64, error) {
	raw, ok := values[name]
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 || raw != strconv.FormatInt(n, 10) {
		return 0, fmt.Errorf("%w: %s is not a Unix time in whole seconds", ErrMalformed, name)
	}
	return n, nil
}
