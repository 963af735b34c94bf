package preview

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Block is a piece of a post's text, taken out of its HTML. It holds text only; whoever renders it
// escapes it.
type Block struct {
	Kind    string // "paragraph", "heading", "code", "quote", "bullets", "numbers", "item", "picture", "caption"
	Runs    []Run  // of paragraphs, headings, code and captions
	Picture Picture
	Inside  []Block // of quotes, lists and items
	Number  int     // of an item of "numbers"
	value   string  // of an item: the number that its author gave it
}

// Run is text in one style. A line break is a Run that is "\n".
type Run struct {
	Text   string
	Href   string // "" unless it is a link to http, https or mailto
	Strong bool
	Soft   bool // emphasised
	Code   bool
	Tag    bool // the link of a mention or hashtag
}

var containers = map[string]string{"blockquote": "quote", "ul": "bullets", "ol": "numbers", "li": "item"}

var leaves = map[string]string{
	"p": "paragraph", "pre": "code", "figcaption": "caption",
	"h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
}

// blocksOf takes sanitised HTML apart. Its depth is bounded by safehtml; what is unknown loses its
// tags here.
func blocksOf(sanitised string) []Block {
	root, err := html.Parse(strings.NewReader(sanitised))
	if err != nil {
		return nil // the reader never fails
	}
	var w walker
	w.walk(root, Run{}, false)
	w.flush("paragraph")
	return w.blocks
}

// walker collects blocks; runs are those of the block that is open.
type walker struct {
	blocks []Block
	runs   []Run
}

func (w *walker) walk(n *html.Node, style Run, pre bool) {
	switch {
	case n.Type == html.TextNode:
		w.text(n.Data, style, pre)
		return
	case n.Type == html.ElementNode && n.Data == "head":
		return
	case n.Data == "br":
		w.runs = append(w.runs, Run{Text: "\n"})
		return
	case n.Data == "img":
		w.picture(n)
		return
	case containers[n.Data] != "":
		w.container(n, style)
		return
	}
	kind := leaves[n.Data]
	if kind != "" {
		w.flush("paragraph")
	}
	style = styled(style, n)
	for child := range n.ChildNodes() {
		w.walk(child, style, pre || n.Data == "pre")
	}
	if kind != "" {
		w.flush(kind)
	}
}

func (w *walker) text(data string, style Run, pre bool) {
	if !pre {
		data = folded(data)
		if strings.TrimSpace(data) == "" && len(w.runs) == 0 {
			return
		}
	}
	style.Text = data
	w.runs = append(w.runs, style)
}

// folded is text with its white space as a browser shows it.
func folded(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	if words == "" && text != "" {
		return " "
	}
	if strings.TrimLeft(text, " \t\r\n") != text {
		words = " " + words
	}
	if strings.TrimRight(text, " \t\r\n") != text {
		words += " "
	}
	return words
}

// picture stands by itself, unless it is an emoji of a few characters in a line.
func (w *walker) picture(n *html.Node) {
	p := Picture{URL: attribute(n, "src"), Alt: attribute(n, "alt")}
	if len(w.runs) > 0 && p.Alt != "" && len([]rune(p.Alt)) <= 2 {
		w.runs = append(w.runs, Run{Text: p.Alt})
		return
	}
	w.flush("paragraph")
	w.blocks = append(w.blocks, Block{Kind: "picture", Picture: p})
}

func (w *walker) container(n *html.Node, style Run) {
	w.flush("paragraph")
	var inner walker
	for child := range n.ChildNodes() {
		inner.walk(child, style, false)
	}
	inner.flush("paragraph")
	if len(inner.blocks) > 0 {
		b := Block{Kind: containers[n.Data], Inside: inner.blocks, value: attribute(n, "value")}
		if n.Data == "ol" {
			b.number(attribute(n, "start"), slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "reversed" }))
		}
		w.blocks = append(w.blocks, b)
	}
}

// number counts the items of a list as browsers do.
func (b *Block) number(start string, isReversed bool) {
	step, next := 1, 1
	if isReversed {
		step, next = -1, len(b.Inside)
	}
	if n, err := strconv.Atoi(start); err == nil {
		next = n
	}
	for i := range b.Inside {
		if n, err := strconv.Atoi(b.Inside[i].value); err == nil {
			next = n
		}
		b.Inside[i].Number = next
		next += step
	}
}

func (w *walker) flush(kind string) {
	if strings.TrimSpace(runsText(w.runs)) != "" {
		w.blocks = append(w.blocks, Block{Kind: kind, Runs: w.runs})
	}
	w.runs = nil
}

func styled(style Run, n *html.Node) Run {
	switch n.Data {
	case "a":
		style.Href = attribute(n, "href")
		class := " " + attribute(n, "class") + " "
		style.Tag = strings.Contains(class, " mention ") || strings.Contains(class, " hashtag ")
	case "strong", "b":
		style.Strong = true
	case "em", "i":
		style.Soft = true
	case "code":
		style.Code = true
	}
	return style
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
