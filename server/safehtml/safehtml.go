package safehtml

import (
	"html/template"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxArticle = 512 << 10 // bytes; Mastodon takes activities up to 1 MiB, and JSON writes some characters longer
	maxComment = 64 << 10  // bytes; far above what any server lets people write
	maxRounds  = 4
)

// HTML is sanitised HTML. Only this package makes one; the zero value is empty.
type HTML struct{ s string }

// String is the HTML itself.
func (h HTML) String() string { return h.s }

// Template is h for use in html/template, which will not escape it.
func (h HTML) Template() template.HTML { return template.HTML(h.s) }

// IsZero says that there is nothing to show.
func (h HTML) IsZero() bool { return h.s == "" }

// Article sanitises the content of a post. Addresses become absolute against base, the page the
// content was found on; with a nil base relative ones are dropped. Images stay, except those of one
// pixel. At most 512 KiB come out.
func Article(raw string, base *url.URL) HTML {
	r := article
	r.base, r.based = base, base != nil
	return r.clean(raw)
}

// Comment sanitises what somebody wrote below a post: no images, no tables, and links that pass
// nothing on (rel="nofollow ugc noopener noreferrer"). At most 64 KiB come out.
func Comment(raw string) HTML {
	return comment.clean(raw)
}

// Level is h with the text of sup and sub as characters, for readers that know neither: H₂O, not
// H2O.
func Level(h HTML) HTML {
	if !strings.Contains(h.s, "<su") { // and all else is as cleaning leaves it
		return h
	}
	r := article
	r.manner = manner{raising: true}
	return r.clean(h.s)
}

// rules are what is different between Article and Comment.
type rules struct {
	manner
	elements    map[string]element
	strictLinks bool
	maxOutput   int
	base        *url.URL
	gate        gate
}

// clean repeats until nothing changes, nearly always in the second round. What never settles
// becomes plain text: a fixed point is what makes cleaning at read harmless.
func (r rules) clean(raw string) HTML {
	s, left := r.round(bounded(raw))
	if s == "" && left { // then it was no furniture
		r.leaves = hidden
		s, _ = r.round(bounded(raw))
	}
	for range maxRounds - 1 {
		next, _ := r.round(s)
		if next == s {
			return HTML{s}
		}
		s = next
	}
	return Escape(Text(s))
}

// round returns what is left of s after one reading, and whether furniture was left out.
func (r rules) round(s string) (clean string, left bool) {
	b := build(s, &r)
	root := b.root
	showHidden(root, &r, false)
	tidy(root, &r)
	var out strings.Builder
	if err := html.Render(&out, root); err != nil {
		return html.EscapeString(Text(s)), b.left // a tree we built always renders
	}
	return strings.TrimSpace(r.gate.Sanitize(out.String())), b.left
}

func bounded(raw string) string {
	return strings.ToValidUTF8(raw[:min(len(raw), maxInput)], "\uFFFD")
}
