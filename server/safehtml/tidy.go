package safehtml

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// showHidden takes the classes that hide text from everything but links whose whole text is their address. link is the address of
// the link around n, if it is such a one.
func showHidden(n *html.Node, r *rules, link string) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		around := link
		if c.Data == "a" {
			around = attribute(c, "href")
			if r.address(textOf(c), "http", "https", "mailto") != around {
				around = ""
			}
		}
		if around == "" {
			setAttribute(c, "class", only(attribute(c, "class"), []string{"mention", "hashtag", "h-card", "u-url"}))
		}
		showHidden(c, r, around)
	}
}

// tidy finishes the tree below n: boxes become paragraphs or nothing, and what is empty goes. It returns whether there is a block below n.
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

// settle decides about one element whose children are settled, and returns whether it is a block that stays.
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

// isEmpty says that n shows nothing. Blank inline elements stay, since they may part two words, and so do list items, which count.
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

func textOf(n *html.Node) string {
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
