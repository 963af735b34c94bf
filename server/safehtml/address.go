package safehtml

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// strayPercent is a percent sign that begins no escape, as in "/50%-off": browsers take it, net/url does not.
var strayPercent = regexp.MustCompile(`%([^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f]|.?$)`)

// address is raw written anew: absolute, with one of the schemes, its host in ASCII and without a user name, which would only make a link
// look like one to another host. "" if it cannot be that.
func (r *rules) address(raw string, schemes ...string) string {
	u, err := url.Parse(strayPercent.ReplaceAllString(withoutControls(raw), "%25$1"))
	if err != nil || *u == (url.URL{}) {
		return ""
	}
	if r.base != nil {
		u = r.base.ResolveReference(u)
	}
	if !slices.Contains(schemes, u.Scheme) || u.User != nil {
		return ""
	}
	if u.Scheme == "mailto" {
		return short(u)
	}
	if u.Hostname() == "" { // also of "https:x"
		return ""
	}
	if u.Host, err = asciiHost(u); err != nil {
		return ""
	}
	return short(u)
}

func short(u *url.URL) string {
	s := u.String()
	if len(s) > maxURL || strings.ContainsAny(s, " \t\n") {
		return ""
	}
	return s
}

// withoutControls removes what browsers remove before they parse an address (URL standard §4.4): control characters and spaces at the
// ends, tabs and line breaks anywhere. "java\nscript:" is "javascript:" to them.
func withoutControls(raw string) string {
	raw = strings.TrimFunc(raw, func(r rune) bool { return r <= ' ' })
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(raw)
}

func asciiHost(u *url.URL) (host string, err error) {
	if strings.HasPrefix(u.Host, "[") {
		return strings.ToLower(u.Host), nil
	}
	// Underscores and the like are no names for IDNA, but hosts of that kind are on the web.
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
