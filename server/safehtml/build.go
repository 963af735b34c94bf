package safehtml

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxInput = 1 << 20 // bytes of raw HTML that are read
	maxDepth = 64      // elements open at once; what opens deeper loses its tags
)

// builder makes a well-formed tree of tokens. It closes what the author forgot, so that no
// formatting spills into what follows.
type builder struct {
	rules  *rules
	root   *html.Node
	stack  []open
	budget int  // bytes of output that are left
	left   bool // the furniture of the page
	skip   string
	skips  int // open elements called skip

	joined *html.Node      // the text that grows
	run    strings.Builder // its Data: a + for each piece would copy the whole each time
}

func build(raw string, r *rules) *builder {
	b := &builder{rules: r, root: &html.Node{Type: html.DocumentNode}, budget: r.maxOutput}
	in := read(raw, r.manner)
	for b.budget > 0 {
		t, ok := in.next()
		if !ok {
			break
		}
		switch t.Type {
		case html.TextToken:
			b.text(t.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(t)
		case html.EndTagToken:
			b.end(t.Data)
		}
	}
	b.left = in.left
	return b
}

func (b *builder) start(t html.Token) {
	if b.skip != "" {
		if t.Data == b.skip && t.Type == html.StartTagToken {
			b.skips++
		}
		return
	}
	e := b.rules.elements[t.Data]
	switch e.kind {
	case ignored:
		return
	case dropped:
		b.drop(t)
		return
	case void:
		b.void(e, t)
		return
	case cell:
		if b.parent().LastChild != nil {
			b.text(" ")
		}
		return
	}
	b.push(b.place(e, t.Data), t)
}

// drop skips everything to the end tag. A self-closing <svg/> is empty; on elements of HTML the
// slash means nothing.
func (b *builder) drop(t html.Token) {
	if t.Type == html.SelfClosingTagToken && (t.Data == "svg" || t.Data == "math") {
		return
	}
	b.skip, b.skips = t.Data, 1
}

// place closes what cannot hold e and returns what e becomes there.
func (b *builder) place(e element, tag string) element {
	if e.kind == item {
		list := b.last(func(o open) bool { return o.kind == list && o.node != nil })
		if list < 0 {
			e = element{paragraph, "p"}
		} else {
			b.closeTo(list + 1)
		}
	}
	if e.kind.isBlock() {
		b.closeFrom(func(o open) bool { return o.kind == paragraph })
	}
	switch {
	case e.kind == heading:
		b.closeFrom(func(o open) bool { return o.kind == heading })
	case tag == "a":
		b.closeFrom(func(o open) bool { return o.tag == "a" })
	case e.kind == rubyPart:
		ruby := b.last(func(o open) bool { return o.kind == ruby && o.node != nil })
		if ruby < 0 {
			return element{}
		}
		b.closeTo(ruby + 1)
	}
	return e
}

// push opens an element, or remembers only its tag where its attributes make it pointless.
func (b *builder) push(e element, t html.Token) {
	if len(b.stack) >= maxDepth {
		return
	}
	o := open{tag: t.Data, kind: e.kind}
	attributes, worth := b.rules.attributes(e.name, t.Attr)
	if e.kind != ignored && worth {
		o.node = &html.Node{Type: html.ElementNode, Data: e.name, Attr: attributes}
		if !b.add(o.node) {
			return
		}
	}
	b.stack = append(b.stack, o)
}

func (b *builder) void(e element, t html.Token) {
	if attributes, worth := b.rules.attributes(e.name, t.Attr); worth {
		b.add(&html.Node{Type: html.ElementNode, Data: e.name, Attr: attributes})
	}
}

// end closes the nearest element of that name. A block's end tag takes what is open inside along, a
// list item's stays inside its list, and an inline element's waits for the blocks inside,
// paragraphs excepted.
func (b *builder) end(tag string) {
	if b.skip != "" {
		if tag == b.skip {
			b.skips--
		}
		if b.skips == 0 {
			b.skip = ""
		}
		return
	}
	ends := b.rules.elements[tag].kind
	i := b.last(func(o open) bool { return !o.closed && (o.tag == tag || ends == heading && o.kind == heading) })
	if i < 0 {
		return
	}
	inside := b.stack[i+1:]
	switch kind := b.stack[i].kind; {
	case kind == item && slices.ContainsFunc(inside, func(o open) bool { return o.kind == list }):
	case !kind.isBlock() && slices.ContainsFunc(inside, func(o open) bool { return o.kind.isBlock() && o.kind != paragraph }):
		b.stack[i].closed = true
	default:
		b.closeTo(i)
	}
}

// text appends to the text that stands last, so that a dropped tag leaves no seam.
func (b *builder) text(s string) {
	if b.skip != "" {
		return
	}
	s = printable(s)
	parent := b.parent()
	if parent.Data == "pre" && parent.FirstChild == nil {
		s = strings.TrimPrefix(s, "\n") // the first line break in pre is not text (HTML standard §13.2.6.4.7)
	}
	s = b.afford(s)
	if s == "" {
		return
	}
	if last := parent.LastChild; last != nil && last.Type == html.TextNode {
		if last != b.joined {
			b.joined, b.run = last, strings.Builder{}
			b.run.WriteString(last.Data)
		}
		b.run.WriteString(s)
		last.Data = b.run.String()
		return
	}
	parent.AppendChild(&html.Node{Type: html.TextNode, Data: s})
}

// afford cuts s to what the budget allows, between two characters.
func (b *builder) afford(s string) string {
	if cost := len(html.EscapeString(s)); cost <= b.budget {
		b.budget -= cost
		return s
	}
	for i, r := range s {
		cost := len(html.EscapeString(string(r)))
		if cost > b.budget {
			b.budget = 0
			return s[:boundary(s, i)]
		}
		b.budget -= cost
	}
	return s
}

func (b *builder) add(n *html.Node) bool {
	cost := len("<></>") + 2*len(n.Data)
	for _, a := range n.Attr {
		cost += len(` =""`) + len(a.Key) + len(html.EscapeString(a.Val))
	}
	if cost > b.budget {
		b.budget = 0
		return false
	}
	b.budget -= cost
	b.parent().AppendChild(n)
	return true
}
