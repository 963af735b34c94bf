package activitypub

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxID is the longest id in bytes. Longer ones exist nowhere but in attacks, and columns have an
// end.
const maxID = 2048

// ValidID says whether raw may be an id: an absolute http or https URL with a host, without user
// name, spaces or control characters, of at most 2048 bytes. Fragments are allowed, as in ids of
// keys.
func ValidID(raw string) bool {
	_, ok := parseID(raw)
	return ok
}

// Origin is scheme, host and port of raw in one spelling ("https://blog.example",
// "http://127.0.0.1:8484"); false where raw is not a ValidID. URLs of one origin here are of one
// origin for a browser too (the WHATWG URL standard); hosts that browsers would first have to
// convert, such as those with non-ASCII letters, have no origin.
func Origin(raw string) (string, bool) {
	u, ok := parseID(raw)
	if !ok {
		return "", false
	}
	origin := u.Scheme + "://" + strings.ToLower(bracketed(u.Hostname()))
	if port := port(u); port != defaultPort(u.Scheme) {
		origin += ":" + strconv.Itoa(port)
	}
	return origin, true
}

// SameOrigin says whether both have the same Origin; false where either has none.
func SameOrigin(a, b string) bool {
	x, ok := Origin(a)
	y, _ := Origin(b)
	return ok && x == y
}

// Host is the authority of raw in one spelling, in lower case: the name, and the port where it is
// not the default one, so that nobody is another host by writing ":443" or ":0443". "" where raw is
// not a ValidID.
func Host(raw string) string {
	origin, _ := Origin(raw)
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// SameHost says whether both have the same Host; false where either has none.
func SameHost(a, b string) bool {
	host := Host(a)
	return host != "" && host == Host(b)
}

// Site is the registrable domain of raw (pasture.example of
// https://ada.social.pasture.example:8443/x), or its IP address: whoever has one has every name
// below it. "" where raw is not a ValidID.
func Site(raw string) string {
	u, ok := parseID(raw)
	if !ok {
		return ""
	}
	name := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil { // name is a public suffix itself, or one word
		return name
	}
	return site
}

// IsPublicSuffix says whether anybody may register a name below this one: co.uk, github.io.
func IsPublicSuffix(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return false // which the list takes for one
	}
	suffix, _ := publicsuffix.PublicSuffix(name)
	return suffix == name && strings.Contains(name, ".")
}

func parseID(raw string) (*url.URL, bool) {
	if len(raw) > maxID || strings.ContainsFunc(raw, isSpaceOrControl) {
		return nil, false
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, false
	}
	return u, isPlainHost(u.Host) && port(u) >= 0
}

func isSpaceOrControl(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }

// isPlainHost allows the letters of DNS names, and IPv6 in brackets. Anything else ("%41", "ⓔ",
// "_@") is where two URL parsers disagree.
func isPlainHost(host string) bool {
	if rest, isV6 := strings.CutPrefix(host, "["); isV6 {
		address, after, _ := strings.Cut(rest, "]")
		addr, err := netip.ParseAddr(address)
		return err == nil && addr.Is6() && addr.Zone() == "" && (after == "" || after[0] == ':')
	}
	name, _, _ := strings.Cut(host, ":")
	// "spam.example." is spam.example to DNS and another host to a list of blocks.
	return name != "" && !strings.HasSuffix(name, ".") && !strings.ContainsFunc(name, isNotDNS)
}

func isNotDNS(r rune) bool {
	letter := r|0x20 >= 'a' && r|0x20 <= 'z'
	return !letter && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
}

// bracketed gives an IPv6 address its one spelling and its brackets back.
func bracketed(host string) string {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		return "[" + addr.String() + "]"
	}
	return host
}

// port is the port of u, the default one where none is written, -1 where it is not a port.
func port(u *url.URL) int {
	if u.Port() == "" {
		return defaultPort(u.Scheme)
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

func defaultPort(scheme string) int {
	if scheme == "https" {
		return 443
	}
	return 80
}
