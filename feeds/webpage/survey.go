package webpage

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	maxScripts = 10       // of linked data
	maxScript  = 64 << 10 // bytes of each
)

// survey is one walk through a page.
type survey struct {
	base  *url.URL
	nodes int

	meta               map[string]string // by name or property, the first of each
	canonical          string
	title, heading     string
	language, author   string
	published, updated string
	scripts            []string // JSON-LD
}

// place is where in the page the walk is.
type place struct{ inEntry bool }

// walk goes as deep as the parser lets a page be nested, which is 512.
func (s *survey) walk(n *html.Node, at place) {
	s.nodes++
	if n.Type == html.ElementNode {
		at.inEntry = at.inEntry || n.Data == "article" || hasClass(n, "h-entry") || hasClass(n, "hentry")
		s.note(n, at)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		s.walk(child, at)
	}
}

func (s *survey) note(n *html.Node, at place) {
	switch n.Data {
	case "html":
		s.language = attr(n, "lang")
	case "base":
		if href, err := safehtml.ParseAddress(attr(n, "href")); err == nil {
			s.base = s.base.ResolveReference(href)
		}
	case "meta":
		s.noteMeta(n)
	case "link":
		if s.canonical == "" && slices.Contains(strings.Fields(strings.ToLower(attr(n, "rel"))), "canonical") {
			s.canonical = attr(n, "href")
		}
	case "title":
		if s.title == "" && n.Namespace == "" { // not an SVG's
			s.title = textOf(n)
		}
	case "h1":
		if s.heading == "" {
			s.heading = textOf(n)
		}
	case "script":
		if isLinkedData(n) && n.FirstChild != nil && len(s.scripts) < maxScripts && len(n.FirstChild.Data) <= maxScript {
			s.scripts = append(s.scripts, n.FirstChild.Data)
		}
	case "time":
		s.noteTime(n, at)
	}
	if s.author == "" && hasClass(n, "p-author") {
		s.author = hCard(n)
	}
}

func (s *survey) noteMeta(n *html.Node) {
	key := attr(n, "property")
	if key == "" {
		key = attr(n, "name")
	}
	key = strings.ToLower(key)
	if value := attr(n, "content"); value != "" && s.meta[key] == "" && len(s.meta) < 200 {
		s.meta[key] = value
	}
}

// noteTime takes the times that say what they are, and otherwise the first one of the entry.
func (s *survey) noteTime(n *html.Node, at place) {
	when := attr(n, "datetime")
	switch {
	case when == "":
	case hasClass(n, "dt-updated"), hasClass(n, "updated") && !hasClass(n, "published"), attr(n, "itemprop") == "dateModified":
		if s.updated == "" {
			s.updated = when
		}
	case s.published != "":
	case at.inEntry, hasClass(n, "dt-published"), hasClass(n, "entry-date"), hasClass(n, "published"), attr(n, "itemprop") == "datePublished":
		s.published = when
	}
}

// hCard is the name in a microformat: p-name where it is marked, else all of the text.
func hCard(n *html.Node) string {
	if named := find(n, func(m *html.Node) bool { return hasClass(m, "p-name") }); named != nil {
		n = named
	}
	return textOf(n)
}

func find(n *html.Node, is func(*html.Node) bool) *html.Node {
	for m := range n.Descendants() {
		if m.Type == html.ElementNode && is(m) {
			return m
		}
	}
	return nil
}

func isLinkedData(n *html.Node) bool {
	kind, _, _ := strings.Cut(strings.ToLower(attr(n, "type")), ";")
	return strings.TrimSpace(kind) == "application/ld+json"
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	for one := range strings.FieldsSeq(attr(n, "class")) {
		if one == class {
			return true
		}
	}
	return false
}

// textOf is the start of an element's text.
func textOf(n *html.Node) string {
	var text strings.Builder
	for m := range n.Descendants() {
		if m.Type == html.TextNode {
			text.WriteString(m.Data)
		}
		if text.Len() > 4000 {
			break
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
