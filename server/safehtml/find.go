package safehtml

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Links are the addresses that h links to, in their order.
func Links(h HTML) []string {
	var links []string
	for n := range build(h.s, &settled).root.Descendants() {
		if n.Data == "a" && n.Type == html.ElementNode && attribute(n, "href") != "" {
			links = append(links, attribute(n, "href"))
		}
	}
	return links
}

// TrimMention is h without leading mentions of these handles ("@tea@blog.example"), one of which
// Mastodon puts before every reply. Others that stand among them stay, and so does a text that has
// nothing else.
func TrimMention(h HTML, handles ...string) HTML {
	root := build(h.s, &settled).root
	trimmed := false
	for first := leading(root); first != nil && isMention(first, handles); first = leading(root) {
		trimmed = true
		remove(first)
	}
	var out strings.Builder
	if !trimmed || !hasContent(root) || html.Render(&out, root) != nil {
		return h
	}
	return HTML{strings.TrimSpace(out.String())}
}

// leading is the link that the text begins with, or nil if it begins with anything else.
func leading(root *html.Node) *html.Node {
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) == "":
		case n.Type == html.TextNode || n.Data == "img":
			return nil
		case n.Data == "a":
			return n
		}
	}
	return nil
}

// isMention says that a link shows one of the handles, in full or as Mastodon does, by the name
// alone.
func isMention(n *html.Node, handles []string) bool {
	shown := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(textBelow(n)), "@"))
	byName := slices.Contains(strings.Fields(attribute(n, "class")), "mention")
	return slices.ContainsFunc(handles, func(handle string) bool {
		handle = strings.ToLower(strings.TrimPrefix(handle, "@"))
		name, _, _ := strings.Cut(handle, "@")
		return shown != "" && (shown == handle || byName && shown == name)
	})
}

// remove takes n out with everything around it that held nothing else, and the white space and line
// breaks that followed.
func remove(n *html.Node) {
	for p := n.Parent; p.Type == html.ElementNode && p.FirstChild == p.LastChild; p = p.Parent {
		n = p
	}
	parent, next := n.Parent, n.NextSibling
	parent.RemoveChild(n)
	for next != nil && (next.Data == "br" || next.Type == html.TextNode) {
		if next.Type == html.TextNode {
			next.Data = strings.TrimLeftFunc(next.Data, unicode.IsSpace)
			if next.Data != "" {
				return
			}
		}
		blank := next
		next = next.NextSibling
		parent.RemoveChild(blank)
	}
}
