package activitypub

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

const (
	contextURI     = "https://www.w3.org/ns/activitystreams"
	activityType   = "application/activity+json"
	linkedDataType = "application/ld+json"
)

// Wants says whether a client that sends this Accept header is to get the ActivityPub document
// rather than the page for people: it names one of our types with a quality above zero and does not
// like HTML better; of equals, the first named wins. A bare */* is a browser or curl and gets the
// page. Several Accept headers are to be joined with ", ".
func Wants(accept string) bool {
	ranges := parseAccept(accept)
	document := best(ranges, activityType, linkedDataType, "application/json")
	page := best(ranges, "text/html", "application/xhtml+xml")
	if page.q == 0 {
		page = preference{q: best(ranges, "text/*", "*/*").q, at: len(ranges)}
	}
	if document.q == page.q {
		return document.q > 0 && document.at < page.at
	}
	return document.q > page.q
}

// IsActivityType says whether a POST with this Content-Type may be an activity. The profile of
// ld+json is not asked for: old peers leave it out, and the signature says who wrote the body.
func IsActivityType(contentType string) bool {
	name, _ := mediaType(contentType)
	return name == activityType || name == linkedDataType
}

// IsActivityDocument says whether a fetched document with this Content-Type may be an actor or
// object. Here ld+json needs the profile of ActivityStreams: a file that a stranger has uploaded to
// an honest server must not pass for that server's word (CVE-2024-25623).
func IsActivityDocument(contentType string) bool {
	name, parameters := mediaType(contentType)
	return name == activityType ||
		name == linkedDataType && slices.Contains(strings.Fields(parameters["profile"]), contextURI)
}

// mediaRange is one item of an Accept header (RFC 9110 §12.5.1).
type mediaRange struct {
	name string
	q    float64
}

// preference is how much a client likes some types, and where in its list it first says so.
type preference struct {
	q  float64
	at int
}

func best(ranges []mediaRange, names ...string) preference {
	var p preference
	for at, r := range ranges {
		if r.q > p.q && slices.Contains(names, r.name) {
			p = preference{q: r.q, at: at}
		}
	}
	return p
}

func parseAccept(accept string) []mediaRange {
	var ranges []mediaRange
	for item := range splitUnquoted(accept) {
		name, parameters := mediaType(item)
		ranges = append(ranges, mediaRange{name: name, q: quality(parameters["q"])})
	}
	return ranges
}

// quality reads a q parameter; one that is not understood likes nothing.
func quality(raw string) float64 {
	if raw == "" {
		return 1
	}
	q, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(q > 0 && q <= 1) {
		return 0
	}
	return q
}

// mediaType reads a media type; with parameters that break the grammar the type still counts.
func mediaType(raw string) (string, map[string]string) {
	name, parameters, err := mime.ParseMediaType(raw)
	if err != nil {
		name, _, _ = strings.Cut(raw, ";")
	}
	return strings.ToLower(strings.TrimSpace(name)), parameters
}

// splitUnquoted yields what stands between the commas that are not inside quotes.
func splitUnquoted(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		start, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\\' && quoted:
				i++
			case s[i] == '"':
				quoted = !quoted
			case s[i] == ',' && !quoted:
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}
