package feeds

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// maxLinks bounds how many links of an answer are looked at; maxLinkHeader their length in all.
const (
	maxLinks      = 100
	maxLinkHeader = 16 << 10
)

// since is the hub after an answer. Links in headers win over those in the feed (WebSub §4); a feed that was not read again has the hub it
// had, unless the headers name another.
func (h Hub) since(a answer) Hub {
	if a.feed != nil {
		h = a.feed.Hub
	}
	inHeader := hubInHeader(a.header, a.url)
	return Hub{URL: cmp.Or(inHeader.URL, h.URL), Topic: cmp.Or(inHeader.Topic, h.Topic)}.whole()
}

// whole is nothing unless both are known: without its own name for itself a feed cannot be subscribed to.
func (h Hub) whole() Hub {
	if h.URL == "" || h.Topic == "" {
		return Hub{}
	}
	return h
}

// add takes a link with these relations; the first of each kind counts.
func (h *Hub) add(rel, href string, base *url.URL) {
	if h.URL == "" && hasRelation(rel, "hub") {
		h.URL = address(base, href)
	}
	if h.Topic == "" && hasRelation(rel, "self") {
		h.Topic = topic(base, href)
	}
}

// topic is an address letter for letter where it is absolute: the hub compares it with what the publisher told it.
func topic(base *url.URL, href string) string {
	resolved, href := address(base, href), strings.TrimSpace(href)
	if u, err := url.Parse(href); resolved != "" && err == nil && u.IsAbs() && len(href) <= maxURL {
		return href
	}
	return resolved
}

func hubInHeader(header http.Header, base *url.URL) (h Hub) {
	for _, l := range linksIn(strings.Join(header.Values("Link"), ",")) {
		h.add(l.rel, l.href, base)
	}
	return h
}

// feedsInHeader offers to p what a page's Link header names.
func (p *page) feedsInHeader(header http.Header, base *url.URL) {
	for _, l := range linksIn(strings.Join(header.Values("Link"), ",")) {
		p.offer(l.rel, l.kind, l.title, address(base, l.href))
	}
}

type headerLink struct{ href, rel, kind, title string }

// linksIn reads a Link header (RFC 8288 §3): <address>; name=value; name="value", <address>… It is forgiving: what it cannot read it leaves
// out, up to the next comma.
func linksIn(value string) (links []headerLink) {
	if len(value) > maxLinkHeader {
		value = value[:maxLinkHeader]
	}
	for value != "" && len(links) < maxLinks {
		value = strings.TrimLeft(value, " \t,")
		href, rest, ok := strings.Cut(value, ">")
		if !strings.HasPrefix(href, "<") || !ok {
			_, value = parameter(value) // neither an address nor its end
			value = strings.TrimLeft(value, ";")
			continue
		}
		l := headerLink{href: href[1:]}
		value = l.parameters(rest)
		links = append(links, l)
	}
	return links
}

// parameters reads those of one link and returns what stands behind the comma after them; the first of each name counts (RFC 8288 §3.3).
func (l *headerLink) parameters(text string) (rest string) {
	for {
		text = strings.TrimLeft(text, " \t")
		if !strings.HasPrefix(text, ";") {
			return text
		}
		var one string
		one, text = parameter(text[1:])
		name, value, _ := strings.Cut(one, "=")
		field := map[string]*string{"rel": &l.rel, "type": &l.kind, "title": &l.title}[strings.ToLower(strings.TrimSpace(name))]
		if field != nil && *field == "" {
			*field = unquote(strings.TrimSpace(value))
		}
	}
}

// parameter cuts text at the first semicolon or comma outside quotes.
func parameter(text string) (one, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case (c == ';' || c == ',') && !quoted:
			return text[:i], text[i:]
		}
	}
	return text, ""
}

func unquote(value string) string {
	inner, ok := strings.CutPrefix(value, `"`)
	if !ok {
		return value
	}
	var out strings.Builder
	for i := 0; i < len(inner) && inner[i] != '"'; i++ {
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		out.WriteByte(inner[i])
	}
	return out.String()
}
