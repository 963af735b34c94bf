package parser

import (
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// ground is what addresses in a feed's items stand on.
type ground struct {
	base *url.URL // where an item declares none of its own
	site *url.URL // nil where the feed names none
	feed *url.URL
}

func newGround(f *Feed, seen feedMeta, at *url.URL) ground {
	on := ground{base: seen.base, feed: at}
	if f.SiteURL != "" {
		on.site, _ = url.Parse(f.SiteURL)
	}
	if on.site != nil && seen.root != "feed" && seen.base == at {
		on.base = on.site // RSS never said what relative addresses mean; authors mean their site
	}
	return on
}

// ofContent is what addresses inside the content of it stand on: a declared base, else the post's
// own page, as its author saw it. A blog about things found elsewhere links to the thing, and that
// page is not its author's.
func (on ground) ofContent(it Item, h itemMeta, base *url.URL) *url.URL {
	if h.contentBase != nil {
		return h.contentBase
	}
	page, err := url.Parse(it.Link)
	switch {
	case err != nil || it.Link == "":
		return base
	case on.site == nil, h.isBorrowed, isSameSite(page, on.site), isSameSite(page, on.feed):
		return page
	}
	if guid, err := url.Parse(Address(nil, it.GUID)); err == nil && h.guidIsLink && isSameSite(guid, on.site) {
		return guid
	}
	return on.site
}

// isSameSite says that two addresses are below one name that somebody registered: www.blog.example
// and blog.example.
func isSameSite(a, b *url.URL) bool {
	return a != nil && b != nil && registered(a) == registered(b)
}

func registered(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && strings.Trim(host, "0123456789.") != "" {
		return site
	}
	return host // an IP address, one word, or a public suffix itself
}
