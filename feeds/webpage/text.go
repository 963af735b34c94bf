package webpage

import (
	"bytes"
	"crypto/sha256"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

// maxArticle is how many bytes of HTML the main text may have.
const maxArticle = 1 << 20

// readText finds the main text. It takes doc apart, so it comes last.
func (f *Facts) readText(doc *html.Node, at *url.URL) {
	tidy(doc)
	found := marked(doc)
	if found == nil {
		found = readable(doc, at)
	}
	var raw bytes.Buffer
	if found == nil || html.Render(&raw, found) != nil || raw.Len() > maxArticle {
		return
	}
	var b blocks
	b.walk(found)
	f.Text = b.text()
	if f.Text == "" {
		return
	}
	f.Article, f.TextDigest = raw.String(), sha256.Sum256([]byte(f.Text))
}

// marks are the classes of an element that holds the text of the post and nothing else: that of
// microformats, and what themes of WordPress, Ghost and static generators call it.
var marks = []string{"e-content", "entry-content", "post-content", "gh-content"}

// marked is the element that says it is the text, nil unless there is exactly one: lists of posts
// have many.
func marked(doc *html.Node) (found *html.Node) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || !isMarked(n) || found != nil && within(n, found) {
			continue
		}
		if found != nil {
			return nil
		}
		found = n
	}
	return found
}

func isMarked(n *html.Node) bool {
	return attr(n, "itemprop") == "articleBody" || slices.ContainsFunc(marks, func(class string) bool { return hasClass(n, class) })
}

func within(n, outer *html.Node) bool {
	for up := range n.Ancestors() {
		if up == outer {
			return true
		}
	}
	return false
}

// readable is what a reading mode would show.
func readable(doc *html.Node, at *url.URL) *html.Node {
	reader := readability.NewParser()
	reader.DisableJSONLD = true
	found, err := reader.ParseAndMutate(doc, at)
	if err != nil {
		return nil
	}
	return found.Node
}

// clutter are the words in names of classes that stand for what is not the post: readability leaves
// it where it stands among paragraphs.
var clutter = regexp.MustCompile(`(?i)^(?:ads?|adsbygoogle|advert\w*|sponsor\w*|promo|shar(?:e|ing)|sharedaddy|social|(?:jp-)?` +
	`related(?:posts?)?|newsletter|subscribe|signup|comments?|respond|reactions|webmentions|counter|views|likes|cookies?)$`)

// tidy takes out what is surely not the post.
func tidy(doc *html.Node) {
	var gone []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && isClutter(n) {
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		n.Parent.RemoveChild(n)
	}
}

func isClutter(n *html.Node) bool {
	switch n.Data {
	case "ins", "iframe", "form", "nav":
		return n.Data != "ins" || hasClass(n, "adsbygoogle") // <ins> is also what an author has added
	case "div", "section", "aside", "ul", "p", "span", "footer":
	default:
		return false
	}
	for class := range strings.FieldsSeq(attr(n, "class") + " " + attr(n, "id")) {
		if slices.ContainsFunc(strings.FieldsFunc(class, func(r rune) bool { return r == '-' || r == '_' }), clutter.MatchString) {
			return !holdsPost(n)
		}
	}
	return false
}

// holdsPost is true for the frame of a whole page, whose classes name what else is in it
// ("has-comments").
func holdsPost(n *html.Node) bool {
	return find(n, func(m *html.Node) bool { return m.Data == "article" || m.Data == "main" || m.Data == "h1" }) != nil
}

// blocks are the lines of a text, as a browser would begin them.
type blocks struct {
	lines []string
	now   strings.Builder
}

var inline = []string{"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q",
	"rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"}

func (b *blocks) walk(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.now.WriteString(n.Data)
		return
	case n.Data == "script", n.Data == "style", n.Data == "noscript", n.Data == "template":
		return
	}
	part := n.Type == html.ElementNode && !slices.Contains(inline, n.Data)
	if part {
		b.end()
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.walk(child)
	}
	if part {
		b.end()
	}
}

func (b *blocks) end() {
	if text := lasting(strings.Join(strings.Fields(b.now.String()), " ")); text != "" {
		b.lines = append(b.lines, text)
	}
	b.now.Reset()
}

func (b *blocks) text() string {
	b.end()
	return strings.Join(b.lines, " ")
}
