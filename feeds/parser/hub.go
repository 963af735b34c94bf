package parser

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
)

// Hub is where a feed lets others subscribe (WebSub §4): the hub, and the feed's own name for
// itself. Both are empty without one.
type Hub struct {
	URL, Topic string
}

// Whole is nothing unless both are known: without its own name for itself a feed cannot be
// subscribed to.
func (h Hub) Whole() Hub {
	if h.URL == "" || h.Topic == "" {
		return Hub{}
	}
	return h
}

// add takes a link with these relations; the first of each kind counts.
func (h *Hub) add(rel, href string, base *url.URL) {
	if h.URL == "" && HasRelation(rel, "hub") {
		h.URL = Address(base, href)
	}
	if h.Topic == "" && HasRelation(rel, "self") {
		h.Topic = topic(base, href)
	}
}

// topic is an address letter for letter where it is absolute: the hub compares it with what the
// publisher told it.
func topic(base *url.URL, href string) string {
	resolved, href := Address(base, href), strings.TrimSpace(href)
	if u, err := url.Parse(href); resolved != "" && err == nil && u.IsAbs() && len(href) <= MaxURL {
		return href
	}
	return resolved
}

func HubInHeader(header http.Header, base *url.URL) (h Hub) {
	for _, l := range LinksIn(strings.Join(header.Values("Link"), ",")) {
		h.add(l.Rel, l.Href, base)
	}
	return h
}

// Name is what a subscription is known by beside its blog.
func (h Hub) Name() database.Digest { return database.Hash(h.URL, h.Topic) }
