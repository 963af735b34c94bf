package parser

import (
	"encoding/xml"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const xhtmlNamespace = "http://www.w3.org/1999/xhtml"

// construct is what gofeed does not tell of a text: its type attribute, and what it says where it
// holds elements of XML.
type construct struct {
	kind  string // "html", "xhtml", "text/plain"; lower case, "" where it says none
	html  string
	isXML bool // html says it all
}

// or returns what the text says: text as gofeed has it, unless it is XML.
func (c construct) or(text string) string {
	if c.isXML {
		return c.html
	}
	return text
}

// writer makes HTML of the XML inside a construct. XML and HTML look alike and are read
// differently: <iframe/> is empty in XML, and in HTML it swallows the rest of the post; <h:p> is a
// paragraph, and to HTML an element that nobody knows; "&lt;b>" in a CDATA section is five signs.
// So each token is written as HTML that means the same.
type writer struct {
	depth    int // of the construct's own element
	isRSS    bool
	native   string // the feed's own namespace, which elements are in whose author forgot xmlns
	out      strings.Builder
	open     []string // names as written, "" for those that were not
	raw      int      // how many of them there were when one began that holds text alone; 0 outside of one
	elements int      // directly in the construct
	isLoose  bool     // there is text between them
	div      [2]int   // where the content of the last <div> among them begins and ends
}

// textOnly are the elements whose content HTML takes for text.
var textOnly = []string{"iframe", "noembed", "noframes", "script", "style", "textarea", "title"}

// start writes a start tag. No XML ends without an end tag, so none is written for what holds
// nothing in HTML.
func (w *writer) start(t xml.StartElement) {
	name := w.name(t.Name)
	if len(w.open) == 0 {
		w.elements++
	}
	if w.raw > 0 || w.isFull() {
		name = ""
	}
	w.open = append(w.open, name)
	if name == "" {
		return
	}
	w.out.WriteString("<" + name)
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local != "xmlns" || a.Name.Space == xmlNamespace && a.Name.Local == "lang" {
			w.out.WriteString(" " + strings.ToLower(a.Name.Local) + `="` + html.EscapeString(a.Value) + `"`)
		}
	}
	w.out.WriteString(">")
	if slices.Contains(textOnly, name) {
		w.raw = len(w.open)
	}
	if len(w.open) == 1 && name == "div" {
		w.div = [2]int{w.out.Len(), -1}
	}
}

func (w *writer) end() {
	last := len(w.open) - 1
	name := w.open[last]
	if w.raw > last {
		w.raw = 0
	}
	if w.open = w.open[:last]; name == "" || Void[name] {
		return
	}
	if last == 0 && name == "div" {
		w.div[1] = w.out.Len()
	}
	w.out.WriteString("</" + name + ">")
}

// text writes text. Directly in an element of RSS it is HTML already: RSS never said what it is,
// and most is.
func (w *writer) text(t xml.CharData) {
	text := string(t)
	switch {
	case w.isFull():
		return
	case len(w.open) > 0:
		text = html.EscapeString(text)
	case strings.TrimSpace(text) != "":
		w.isLoose = true
		if !w.isRSS {
			text = html.EscapeString(text)
		}
	}
	w.out.WriteString(text)
}

// isFull bounds what is written; no more of a text is used.
func (w *writer) isFull() bool { return w.out.Len() > 2*maxContent }

// construct is what was written, without the <div> that XHTML stands in (RFC 4287 §3.1.1.3). What
// held no element is text, which gofeed reads.
func (w *writer) construct(kind string) construct {
	c := construct{kind: kind, isXML: w.elements > 0}
	if c.isXML {
		c.html = strings.TrimSpace(w.out.String())
	}
	if w.elements == 1 && !w.isLoose && w.div[1] > 0 {
		c.html = strings.TrimSpace(w.out.String()[w.div[0]:w.div[1]])
	}
	return c
}

// name is what an element is called in HTML; "" for what is none of HTML and leaves only its text.
func (w *writer) name(n xml.Name) string {
	local := strings.ToLower(n.Local)
	switch n.Space {
	case xhtmlNamespace, w.native, "", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "h", "html", "xh", "xhtml":
	default: // the short ones are prefixes that nothing declares
		return ""
	}
	switch local {
	case "html", "body":
		return ""
	case "plaintext", "xmp", "listing": // the first never ends in HTML
		return "pre"
	case "head":
		return "template" // it is not shown
	}
	return local
}

// Void are the elements without an end tag (HTML §13.1.2): none of them can hold anything.
var Void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"source": true, "track": true, "wbr": true,
}
