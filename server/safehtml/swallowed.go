package safehtml

import (
	"strings"

	"golang.org/x/net/html"
)

// rawText reads elements whose content is no HTML to a browser. What runs on to the end of the text
// is read as HTML after all: a browser would show nothing of it, but the author has written
// "<iframe/>".
func (r *reader) rawText(t html.Token) {
	text, closed := "", false
	for range 2 {
		next, ok := r.peek()
		switch {
		case !ok:
		case next.Type == html.TextToken && text == "":
			text = next.Data
			r.take()
			continue
		case next.Type == html.EndTagToken && next.Data == t.Data:
			closed = true
			r.take()
		}
		break
	}
	if !closed {
		r.rereads++
	}
	switch t.Data {
	case "iframe":
		source := attributeOf(t, "src")
		if lazy := attributeOf(t, "data-src"); lazy != "" && !strings.HasPrefix(source, "http") {
			source = lazy
		}
		r.player(t, source)
		closed = closed && !(source == "" && strings.Contains(text, "<a ")) // Medium's hold a link and nothing to play
	case "xmp", "plaintext":
		pre := html.Token{Type: html.StartTagToken, Data: "pre"}
		r.give(pre, html.Token{Type: html.TextToken, Data: text}, html.Token{Type: html.EndTagToken, Data: "pre"})
		return
	case "noscript":
		if strings.Contains(strings.ToLower(text), "javascript") {
			return // it tells people how to switch that on
		}
		r.reread(text, func(t html.Token) bool { return t.Data != "img" && t.Data != "iframe" }) // there for whom scripts cannot load them
		return
	}
	if !closed {
		r.reread(text, func(html.Token) bool { return true })
	}
}

// maxRereads is how often what was no HTML is read as HTML. Each time may be for all that is left.
const maxRereads = 20

// copied is what moving a token costs, where looking at one costs 1.
const copied = 4

// reread puts the tokens of text before all others.
func (r *reader) reread(text string, wanted func(html.Token) bool) {
	if strings.TrimSpace(text) == "" || r.looked > r.limit || r.rereads > maxRereads {
		return
	}
	r.looked += copied*len(r.ahead) + len(text)
	var tokens []html.Token
	z := html.NewTokenizer(strings.NewReader(text))
	for z.Next() != html.ErrorToken {
		if t := z.Token(); wanted(t) {
			tokens = append(tokens, t)
		}
	}
	r.ahead = append(tokens, r.ahead...)
}
