package safehtml

import (
	"net/url"
	"slices"
	"strings"
)

// address is raw written anew: absolute, with one of the schemes, its host in ASCII and without a
// user name, which would only make a link look like one to another host. "" if it cannot be that.
func (r *rules) address(raw string, schemes ...string) string {
	u, err := ParseAddress(raw)
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
		if strings.Contains(u.Opaque, "%20") {
			return ""
		}
		return short(u)
	}
	if u.Hostname() == "" { // also of "https:x"
		return ""
	}
	if u.Host, err = asciiHost(u); err != nil { // which may be the base's
		return ""
	}
	return short(u)
}

func short(u *url.URL) string {
	if s := u.String(); len(s) <= maxURL {
		return s
	}
	return ""
}
