package parser

import (
	"cmp"
	"encoding/xml"
	"net/url"
	"strings"
)

// feedMeta is what the pre-check saw on its walk through a document.
type feedMeta struct {
	root            string   // local name, lower case
	doc             []byte   // the root element, without what stands around it
	base            *url.URL // what addresses of the feed itself stand on
	title, subtitle construct
	links           []linkTo   // Atom's, outside the items
	hub             Hub        // not yet whole
	items           []itemMeta // one for each item, in order
}

// itemMeta is what gofeed does not tell about an item.
type itemMeta struct {
	lang                     string
	base, contentBase        *url.URL  // nil where no xml:base is in scope
	title, summary, text     construct // summary is RSS's description, text RSS's content:encoded as well
	atomSummary, atomContent construct // of Atom inside RSS
	body                     construct // XHTML beside the fields of RSS
	links                    []linkTo  // Atom's
	guidIsLink               bool
	isBorrowed               bool // it names the feed that it was taken from
}

const (
	atomNamespace    = "http://www.w3.org/2005/Atom"
	contentNamespace = "http://purl.org/rss/1.0/modules/content/"
)

// note remembers what the parser will not tell.
func (g *precheck) note(e element, attributes []xml.Attr) {
	depth := len(g.path)
	switch {
	case depth == 1:
		g.out.root = e.name
	case g.item == 0 && (e.name == "item" || e.name == "entry"):
		g.item, g.now = depth, itemMeta{lang: e.lang, base: e.base, contentBase: e.base}
	case g.item == 0:
		g.noteFeed(e, attributes)
	case depth == g.item+1:
		g.noteField(e, attributes)
	case depth == g.item+2 && g.path[depth-2].name == "content" && e.name == "div":
		g.now.contentBase = e.base // the wrapping div of type="xhtml" (RFC 4287 §3.1.1.3)
	}
	if g.item == 0 && e.name == "link" && depth > 1 && (g.path[depth-2].name == "channel" || g.path[depth-2].name == "feed") {
		l := linkOf(attributes)
		g.out.hub.add(l.rel, l.href, cmp.Or(e.base, g.out.base))
		g.out.links = withLink(g.out.links, l)
	}
	if g.item == 0 && e.base != nil && (depth == 1 || e.name == "channel") {
		g.out.base = e.base
	}
}

// noteFeed is called with the elements outside the items.
func (g *precheck) noteFeed(e element, attributes []xml.Attr) {
	if len(g.path) != 2 && g.path[len(g.path)-2].name != "channel" || e.space != g.path[len(g.path)-2].space {
		return
	}
	switch e.name {
	case "title":
		g.read(&g.out.title, e, attributes)
	case "subtitle", "tagline", "description":
		g.read(&g.out.subtitle, e, attributes)
	}
}

// noteField is called with the elements directly in an item.
func (g *precheck) noteField(e element, attributes []xml.Attr) {
	isAtom := g.out.root == "feed"
	switch {
	case e.name == "link" && (e.space == atomNamespace || isAtom):
		g.now.links = withLink(g.now.links, linkOf(attributes))
	case e.space == g.path[g.item-1].space: // not media:title
		g.noteOwn(e, attributes, isAtom)
	case isAtom:
	case e.space == xhtmlNamespace && (e.name == "body" || e.name == "div"):
		g.read(&g.now.body, e, attributes)
	case e.space == atomNamespace && e.name == "content":
		g.read(&g.now.atomContent, e, attributes)
	case e.space == atomNamespace && e.name == "summary":
		g.read(&g.now.atomSummary, e, attributes)
	case e.space == contentNamespace && e.name == "encoded":
		g.read(&g.now.text, e, attributes)
	}
}

// noteOwn is called with those of the feed's own vocabulary.
func (g *precheck) noteOwn(e element, attributes []xml.Attr, isAtom bool) {
	switch {
	case e.name == "title":
		g.read(&g.now.title, e, attributes)
	case e.name == "summary" && isAtom, e.name == "description" && !isAtom:
		g.read(&g.now.summary, e, attributes)
	case e.name == "content":
		if isAtom {
			g.read(&g.now.text, e, attributes)
		}
		g.now.contentBase, g.now.lang = e.base, e.lang
	case e.name == "source":
		g.now.isBorrowed = true
	case e.name == "guid":
		g.now.guidIsLink = !strings.EqualFold(attribute(attributes, "isPermaLink"), "false")
	}
}

// read lets the walk write what the element says into c, at the end of the element.
func (g *precheck) read(c *construct, e element, attributes []xml.Attr) {
	kind := strings.ToLower(strings.TrimSpace(attribute(attributes, "type")))
	g.writer = &writer{depth: len(g.path), isRSS: g.out.root != "feed" && e.space != atomNamespace, native: g.path[0].space}
	g.written = func() { *c = g.writer.construct(kind) }
}

func linkOf(attributes []xml.Attr) linkTo {
	return linkTo{attribute(attributes, "rel"), attribute(attributes, "type"), attribute(attributes, "hreflang"), attribute(attributes, "href")}
}

// withLink adds l to the links, up to maxLinks. What leads nowhere is none.
func withLink(links []linkTo, l linkTo) []linkTo {
	if strings.TrimSpace(l.href) == "" || len(links) == maxLinks {
		return links
	}
	return append(links, l)
}

func attribute(all []xml.Attr, name string) string {
	for _, a := range all {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}
