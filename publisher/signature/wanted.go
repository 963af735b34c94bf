package signature

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/dunglas/httpsfv"
)

// maxEcho bounds what of an Accept-Signature we repeat in our own signature.
const maxEcho = 256 // bytes

// wanted is one label of an Accept-Signature, the zero value our own choice.
type wanted struct {
	label      string
	covered    []string
	expires    bool
	nonce, tag string
}

// Accepts is the Accept-Signature header (RFC 9421 §5.1) for the answer to a request with this
// method that was not signed as needed. It names the least; more is welcome. Draft-cavage, which is
// read as well, has no such header.
func Accepts(method string) string {
	if method == http.MethodGet || method == http.MethodHead {
		return ownLabel + `=("@method" "@target-uri");created`
	}
	return ownLabel + `=("@method" "@target-uri" "content-digest");created`
}

// readWanted is the first label of an Accept-Signature that we can make: with components that we
// know, our algorithm and our key. The header is a wish of somebody whom we have not understood; so
// it is not worth an error.
func readWanted(h http.Header, keyID string) (wanted, bool) {
	if len(h.Values("Accept-Signature")) == 0 {
		return wanted{}, false
	}
	all, err := readDictionary(h, "Accept-Signature", maxHeader)
	if err != nil {
		return wanted{}, false
	}
	for i, label := range all.Names() {
		member, _ := all.Get(label)
		list, ok := member.(httpsfv.InnerList)
		if i == maxLabels || !ok || len(label) > maxEcho {
			return wanted{}, false
		}
		if w, ok := readWish(list, keyID); ok {
			w.label = label
			return w, true
		}
	}
	return wanted{}, false
}

// readWish reads one label; false where it asks for what we cannot give.
func readWish(list httpsfv.InnerList, keyID string) (wanted, bool) {
	names, err := namesIn(list)
	w := wanted{covered: names}
	for _, name := range list.Params.Names() {
		value, _ := list.Params.Get(name)
		text, _ := value.(string)
		switch {
		case name == "created": // is always there
		case name == "alg" && text == algRSA, name == "keyid" && text == keyID: // are always these
		case name == "expires" && value == true:
			w.expires = true
		case name == "nonce" && isShort(text):
			w.nonce = text
		case name == "tag" && isShort(text):
			w.tag = text
		default:
			return wanted{}, false
		}
	}
	return w, err == nil
}

func isShort(text string) bool { return text != "" && len(text) <= maxEcho }

// includes says whether a signature made as w would also be what other asks for.
func (w wanted) includes(other wanted) bool {
	withBody := slices.Contains(other.covered, "content-digest")
	for _, name := range other.covered {
		if !slices.Contains(w.cover(withBody), name) {
			return false
		}
	}
	return other.nonce == w.nonce && other.tag == w.tag && (w.expires || !other.expires)
}

func (w wanted) name() string { return cmp.Or(w.label, ownLabel) }

// cover lists what a signature covers: what is wanted, and what everybody needs.
func (w wanted) cover(body bool) []string {
	needed := []string{"@method", "@target-uri"}
	if body {
		needed = append(needed, "content-digest")
	}
	covered := slices.Clone(w.covered)
	for _, name := range needed {
		if !slices.Contains(covered, name) {
			covered = append(covered, name)
		}
	}
	return covered
}

// params is what a signature says of itself. The algorithm is named because Mastodon and others ask
// no key for it.
func (w wanted) params(keyID string, now time.Time) *httpsfv.Params {
	p := httpsfv.NewParams()
	p.Add("created", now.Unix())
	if w.expires {
		p.Add("expires", now.Add(maxAge).Unix())
	}
	p.Add("keyid", keyID)
	p.Add("alg", algRSA)
	if w.nonce != "" {
		p.Add("nonce", w.nonce)
	}
	if w.tag != "" {
		p.Add("tag", w.tag)
	}
	return p
}
