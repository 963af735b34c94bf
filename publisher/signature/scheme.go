package signature

import (
	"net/http"
	"time"
)

// Scheme is one of the two ways in which the fediverse signs requests.
type Scheme int

const (
	// Cavage is draft-cavage-http-signatures-12, which every server reads.
	Cavage Scheme = iota
	// RFC9421 is its successor, which a growing number read, and a few read alone.
	RFC9421
)

// String is the name of the scheme, as logs and rows have it.
func (s Scheme) String() string {
	if s == RFC9421 {
		return "rfc9421"
	}
	return "cavage"
}

// SchemeOf is the scheme by which a request claims to be signed.
func SchemeOf(r *http.Request) Scheme {
	if len(r.Header.Values("Signature-Input")) > 0 {
		return RFC9421
	}
	return Cavage
}

// Style is how a request is to be signed: by a scheme, and by what a server asked for. Sign with
// the zero value as everybody reads it.
type Style struct {
	Scheme Scheme
	wanted wanted
}

// Sign signs r as it is about to be sent, by one scheme. It sets the headers that takes (Host,
// Date, Signature, and a digest for a body), replacing those of an earlier signature of either
// scheme, so that a request may be signed again for the next try or hop; now is when it says to
// have been made. body is exactly what will be sent, nil for a request without one; r.Body is not
// touched. It is safe for many requests at once with one Key.
func (s Style) Sign(r *http.Request, key Key, body []byte, now time.Time) error {
	if s.Scheme == RFC9421 {
		return sign9421(r, key, body, now, s.wanted)
	}
	return Sign(r, key, body, now)
}

// Next is the style to try where a server refused a request signed in the style s with an answer
// that has the header h: what its Accept-Signature (RFC 9421 §5) asks for, as far as we can make it
// and have not made it already; else the other scheme.
func (s Style) Next(h http.Header, key Key) Style {
	if w, ok := readWanted(h, key.ID); ok && !(s.Scheme == RFC9421 && s.wanted.includes(w)) {
		return Style{Scheme: RFC9421, wanted: w}
	}
	if s.Scheme == RFC9421 {
		return Style{}
	}
	return Style{Scheme: RFC9421}
}

// unsign takes away what an earlier signature has left.
func unsign(h http.Header) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		h.Del(name)
	}
}
