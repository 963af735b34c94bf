package safehtml

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

var (
	// strayPercent is a percent sign that begins no escape, as in "/50%-off": browsers take it,
	// net/url does not.
	strayPercent = regexp.MustCompile(`%([^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|.?$)`)
	// origin is what an address begins with, "https://host" or less of it.
	origin = regexp.MustCompile(`^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?`)
	// breaks are what browsers take out of an address, wherever it stands.
	breaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")
)

// longestAddress is in bytes. Browsers and servers take less; what is longer is written to cost its
// reader something.
const longestAddress = 32 << 10

var errLongAddress = errors.New("an address longer than 32 KiB")

// ParseAddress reads an address, absolute or not, as browsers do (URL standard §4.4), and returns
// it as a URI (RFC 3987 §3.1), which every server and every reader understands: with the host in
// ASCII, and with letters, spaces and stray percent signs behind it escaped. Call it for every
// address that people wrote. Longer than 32 KiB it is an error.
func ParseAddress(raw string) (*url.URL, error) {
	if len(raw) > longestAddress {
		return nil, errLongAddress
	}
	raw = withoutControls(raw)
	host := len(origin.FindString(raw))
	u, err := url.Parse(raw[:host] + escaped(raw[host:]))
	if err == nil && u.Hostname() != "" {
		u.Host, err = asciiHost(u)
	}
	return u, err
}

// escaped writes what stands in an address as it is and must not.
func escaped(raw string) string {
	raw = strayPercent.ReplaceAllString(raw, "%25$1")
	raw = strayPercent.ReplaceAllString(raw, "%25$1") // of two together the second
	if !strings.ContainsFunc(raw, mustEscape) {
		return raw
	}
	var out strings.Builder
	for _, r := range raw {
		if mustEscape(r) {
			out.WriteString(url.PathEscape(string(r)))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func mustEscape(r rune) bool {
	return r <= ' ' || r >= 0x7F || strings.ContainsRune("\"<>\\^`{|}", r)
}

// withoutControls removes what browsers remove before they parse an address: control characters and spaces at the ends, tabs and line
// breaks anywhere. "java\nscript:" is "javascript:" to them.
func withoutControls(raw string) string {
	raw = strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' || r == '\u00A0' || r == '\uFEFF' })
	return breaks.Replace(raw)
}

// asciiHost leaves a host in ASCII as it is, but for its case: underscores and the like are no names for IDNA, but on the web they are.
func asciiHost(u *url.URL) (host string, err error) {
	if strings.HasPrefix(u.Host, "[") {
		return strings.ToLower(u.Host), nil
	}
	if host = strings.ToLower(u.Hostname()); !isPlain(host) {
		host, err = idna.Lookup.ToASCII(host)
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	return host, err
}

func isPlain(host string) bool {
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	})
}
