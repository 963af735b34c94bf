package safehtml

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// showHidden takes the classes that hide text from everything but honest links. honest says that n
// is in one.
func showHidden(n *html.Node, r *rules, honest bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		within := honest || c.Data == "a" && isHonest(c, r)
		if !within {
			setAttribute(c, "class", only(attribute(c, "class"), showingClasses))
		}
		showHidden(c, r, within)
	}
}

// isHonest says that the text of the link a is its address and that what is seen of it is one piece
// that begins with the host: all a server may hide is "https://www." before and the end after.
// Otherwise a link to paypal.co/m could look like paypal.com.
func isHonest(a *html.Node, r *rules) bool {
	href := attribute(a, "href")
	u, err := url.Parse(href)
	if err != nil || r.address(textBelow(a), "http", "https") != href {
		return false
	}
	var pieces [3]strings.Builder // hidden, seen, hidden
	at := 0
	for c := range a.Descendants() {
		if c.Type != html.TextNode {
			continue
		}
		if hidden := at != 1; isHidden(c) != hidden {
			at++
		}
		if at == len(pieces) {
			return false
		}
		pieces[at].WriteString(c.Data)
	}
	before := strings.TrimPrefix(pieces[0].String(), u.Scheme+"://")
	return (before == "" || before == "www.") && strings.HasPrefix(before+pieces[1].String(), u.Host)
}

// isHidden says that the text node n is in an element of class invisible.
func isHidden(n *html.Node) bool {
	for p := range n.Ancestors() {
		if slices.Contains(strings.Fields(attribute(p, "class")), "invisible") {
			return true
		}
	}
	return false
}

// tidy finishes the tree below n: boxes become paragraphs or nothing, and what is empty goes. It
// returns whether there is a block below n.
func tidy(n *html.Node, r *rules) (block bool) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode {
			below := tidy(c, r)
			block = settle(c, r, below) || below || block
		}
		c = next
	}
	return block
}

// settle decides about one element whose children are settled, and returns whether it is a block
// that stays.
func settle(n *html.Node, r *rules, blockBelow bool) bool {
	e := r.elements[n.Data]
	switch {
	case e.kind == box && (blockBelow || isInside(n, r, heading, pre)), n.Data == "span" && len(n.Attr) == 0:
		unwrap(n)
		return false
	case e.kind == box:
		n.Data = "p"
		e = r.elements["p"]
	}
	if isEmpty(n, e.kind) {
		n.Parent.RemoveChild(n)
		return false
	}
	return e.kind.isBlock()
}

// isEmpty says that n shows nothing. Blank inline elements stay, since they may part two words, and
// so do list items, which count.
func isEmpty(n *html.Node, k kind) bool {
	switch k {
	case paragraph, heading, pre, container, list:
		return !hasContent(n)
	case inline, ruby:
		return n.FirstChild == nil
	}
	return false
}

func hasContent(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Data == "img" || c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return true
		}
	}
	return false
}

func isInside(n *html.Node, r *rules, kinds ...kind) bool {
	for p := range n.Ancestors() {
		if slices.Contains(kinds, r.elements[p.Data].kind) {
			return true
		}
	}
	return false
}

// unwrap puts the children of n in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

func textBelow(n *html.Node) string {
	var text strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			text.WriteString(c.Data)
		}
	}
	return text.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// setAttribute changes an attribute that n has; "" removes it.
func setAttribute(n *html.Node, key, value string) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
	switch {
	case i < 0:
	case value == "":
		n.Attr = slices.Delete(n.Attr, i, i+1)
	default:
		n.Attr[i].Val = value
	}
}
