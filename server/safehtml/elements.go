package safehtml

import "maps"

// kind says what the tree builder does with an element.
type kind int

const (
	ignored   kind = iota // its tags go, its text stays
	dropped               // goes with everything in it
	inline                // a, b, span …
	paragraph             // holds inline elements only, and ends before the next block: p
	heading               // like paragraph; one heading ends another
	pre                   // keeps white space
	container             // holds blocks: blockquote, figure
	list                  // ul, ol
	item                  // li
	ruby                  // ruby
	rubyPart              // rt, rp
	box                   // a block we do not keep: a paragraph if it holds only inline content, else nothing
	cell                  // of a table: only a space is left of it
	void                  // br, img
)

// element is what a name means under a policy: its kind, and the name it is written with.
type element struct {
	kind kind
	name string
}

// common are the elements of Comment: those Mastodon lets people write.
var common = table(map[kind][]string{
	inline:    {"a", "span", "strong", "b", "em", "i", "u", "del", "code"},
	paragraph: {"p"},
	pre:       {"pre"},
	container: {"blockquote"},
	list:      {"ul", "ol"},
	item:      {"li"},
	void:      {"br"},
	cell:      {"td", "th"},
	box: {"div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "center", "figure", "figcaption",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "dl", "dt", "dd", "details", "summary", "fieldset", "legend", "form",
		"hgroup", "search", "body", "h1", "h2", "h3", "h4", "h5", "h6", "marquee", "dir", "menu"},
	dropped: {"script", "style", "iframe", "frameset", "noembed", "noframes", "noscript", "object", "applet", "template", "xmp", "plaintext",
		"svg", "math", "textarea", "title", "select", "datalist", "audio", "video", "canvas", "map", "button"},
}, map[string]string{
	"s": "del", "strike": "del", "ins": "u", "kbd": "code", "samp": "code", "tt": "code", "cite": "em", "dfn": "em", "var": "em",
})

// wide are the elements of Article: those of common and what only a post may have.
var wide = extend(common, map[kind][]string{
	inline:    {"s", "sub", "sup"},
	heading:   {"h2", "h3", "h4", "h5", "h6"},
	container: {"figure", "figcaption"},
	ruby:      {"ruby"},
	rubyPart:  {"rt", "rp"},
	void:      {"img"},
}, map[string]string{"h1": "h2", "strike": "s"})

// table lists elements by kind; renamed ones are written with the name of another.
func table(kinds map[kind][]string, renamed map[string]string) map[string]element {
	return extend(nil, kinds, renamed)
}

// extend is a copy of base with more elements, which win over those of base.
func extend(base map[string]element, kinds map[kind][]string, renamed map[string]string) map[string]element {
	elements := map[string]element{}
	maps.Copy(elements, base)
	for kind, names := range kinds {
		for _, name := range names {
			elements[name] = element{kind, name}
		}
	}
	for name, written := range renamed {
		elements[name] = elements[written]
	}
	return elements
}

// isBlock says that the kind ends a paragraph that is open.
func (k kind) isBlock() bool {
	switch k {
	case paragraph, heading, pre, container, list, item, box:
		return true
	}
	return false
}
