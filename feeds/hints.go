package feeds

import (
	"encoding/xml"
	"net/url"
	"strings"
)

// outline is what the guard saw on its walk through a document.
type outline struct {
	root            string   // local name, lower case
	doc             []byte   // the root element, without what stands around it
	base            *url.URL // what addresses of the feed itself stand on
	title, subtitle string   // the type attributes of Atom's elements
	hub             Hub      // links outside the items; not yet whole
	items           []hint   // one for each item, in order
}

// hint is what gofeed does not tell about an item.
type hint struct {
	lang                 string
	base, contentBase    *url.URL // nil where no xml:base is in scope
	title, summary, text string   // the type attributes of Atom's title, summary and content
	guidIsLink           bool
}

// note remembers what the parser will not tell.
func (g *guard) note(e element, attributes []xml.Attr) {
	depth := len(g.path)
	switch {
	case depth == 1:
		g.out.root = e.name
	case depth == 2 && e.name == "title" && e.space == g.path[0].space:
		g.out.title = strings.ToLower(attribute(attributes, "type"))
	case depth == 2 && (e.name == "subtitle" || e.name == "tagline"):
		g.out.subtitle = strings.ToLower(attribute(attributes, "type"))
	case g.item == 0 && (e.name == "item" || e.name == "entry"):
		g.item, g.now = depth, hint{lang: e.lang, base: e.base, contentBase: e.base}
	case g.item > 0 && depth == g.item+1 && e.space == g.path[g.item-1].space: // not media:title
		g.noteField(e, attributes)
	case g.item > 0 && depth == g.item+2 && g.path[depth-2].name == "content" && e.name == "div":
		g.now.contentBase = e.base // the wrapping div of type="xhtml" (RFC 4287 §3.1.1.3)
	}
	if g.item == 0 && e.name == "link" && depth > 1 && (g.path[depth-2].name == "channel" || g.path[depth-2].name == "feed") {
		g.out.hub.add(attribute(attributes, "rel"), attribute(attributes, "href"), e.base)
	}
	if g.item == 0 && e.base != nil && (depth == 1 || e.name == "channel") {
		g.out.base = e.base
	}
}

func (g *guard) noteField(e element, attributes []xml.Attr) {
	kind := strings.ToLower(attribute(attributes, "type"))
	switch e.name {
	case "title":
		g.now.title = kind
	case "summary":
		g.now.summary = kind
	case "content":
		g.now.text, g.now.contentBase, g.now.lang = kind, e.base, e.lang
	case "guid":
		g.now.guidIsLink = !strings.EqualFold(attribute(attributes, "isPermaLink"), "false")
	}
}

func attribute(all []xml.Attr, name string) string {
	for _, a := range all {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
