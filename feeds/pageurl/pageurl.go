package pageurl

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Key returns what a page is found by, whichever of its many spellings somebody has: the digest of
// Normalise.
func Key(rawURL string) database.Digest {
	return database.Hash(Normalise(rawURL))
}

// Normalise returns one name for all spellings of a page's address: lower-case host without "www."
// and default port, no scheme, no fragment, no tracking parameters, the others sorted, no slash or
// index.html at the end. "" for what is no http address.
//
// It is a name, not an address: never fetch it. Without a scheme, a blog that moves to https keeps
// its posts and threads.
func Normalise(rawURL string) string {
	u, err := safehtml.ParseAddress(rawURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return ""
	}
	path := strings.TrimSuffix(u.Path, "/index.html")
	path = strings.TrimRight(path, "/")
	name := pageHost(u) + (&url.URL{Path: path}).EscapedPath()
	if query := pageQuery(u.RawQuery); query != "" {
		name += "?" + query
	}
	return name
}

// pageHost is the host in ASCII, without "www." and the scheme's own port.
func pageHost(u *url.URL) string {
	host := strings.TrimSuffix(u.Hostname(), ".")
	if ascii, err := idna.Lookup.ToASCII(host); err == nil && ascii != "" {
		host = ascii
	}
	host = strings.TrimPrefix(host, "www.")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	switch port := u.Port(); {
	case port == "", port == "80" && u.Scheme == "http", port == "443" && u.Scheme == "https":
		return host
	default:
		return host + ":" + port
	}
}

// pageQuery is the query without what only tells where a reader came from, each parameter escaped
// in one way, sorted.
func pageQuery(raw string) string {
	var kept []string
	for parameter := range strings.SplitSeq(raw, "&") {
		key, value, hasValue := strings.Cut(parameter, "=")
		key, value = unescape(key), unescape(value)
		if key == "" || isTracking(key, value) {
			continue
		}
		text := url.QueryEscape(key)
		if hasValue {
			text += "=" + url.QueryEscape(value)
		}
		kept = append(kept, text)
	}
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// isTracking: the links of Medium's feeds have source=rss-… as well, which its pages do not have.
func isTracking(key, value string) bool {
	switch key = strings.ToLower(key); key {
	case "fbclid", "gclid", "ref":
		return true
	case "source":
		return strings.HasPrefix(value, "rss-")
	}
	return strings.HasPrefix(key, "utm_") || strings.HasPrefix(key, "mc_")
}

// Host is the host of a blog's site as NormaliseLink writes it, "" for what is no http address.
func Host(rawURL string) string {
	host, _, _ := strings.Cut(Normalise(rawURL), "/")
	host, _, _ = strings.Cut(host, "?")
	return host
}
