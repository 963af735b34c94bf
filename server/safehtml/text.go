package safehtml

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Text is the text of raw HTML in one line: entities decoded, white space folded, blocks parted by
// a space, nothing of scripts and styles.
//
// Marks that carry meaning stay, as characters: 10⁶, H₂O, “quoted”, ~~crossed out~~. What a theme
// has put around the text goes, and so do footnote marks and the like, but never all that there is.
func Text(raw string) string {
	text, left := textOf(raw, furniture)
	if text == "" && left {
		text, _ = textOf(raw, hidden)
	}
	return text
}

// Gist is Text as it can stand for the whole: without tables of contents, picture captions and the
// titles of players.
func Gist(raw string) string {
	if text, _ := textOf(raw, asides); text != "" {
		return text
	}
	return Text(raw)
}

func textOf(raw string, without leaves) (words string, left bool) {
	var text strings.Builder
	var skip string
	in := read(bounded(raw), manner{leaves: without, plain: true, raising: true})
	for {
		t, ok := in.next()
		if !ok {
			return fold(text.String()), in.left
		}
		switch t.Type {
		case html.TextToken:
			if skip == "" {
				text.WriteString(t.Data)
			}
		case html.StartTagToken:
			e := wide[t.Data]
			if e.kind == dropped && skip == "" {
				skip = t.Data
			}
			part(&text, e)
		case html.SelfClosingTagToken:
			part(&text, wide[t.Data])
		case html.EndTagToken:
			if skip == t.Data {
				skip = ""
			}
			part(&text, wide[t.Data])
		}
	}
}

// part writes a space where a browser would begin a new line or cell.
func part(text *strings.Builder, e element) {
	if e.kind.isBlock() || e.kind == cell || e.name == "br" {
		text.WriteByte(' ')
	}
}

// Excerpt is at most max characters of text, cut at a word and ended with "…" where something was
// cut.
func Excerpt(text string, max int) string {
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	if max < 1 {
		return ""
	}
	cut := Cut(text, max-1)
	next, _ := utf8.DecodeRuneInString(text[len(cut):])
	// A language without spaces, or one endless word, is cut between any two characters.
	if space := strings.LastIndexFunc(cut, unicode.IsSpace); space > len(cut)/2 && !unicode.IsSpace(next) {
		cut = cut[:space]
	}
	return strings.TrimRightFunc(cut, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:.–—-", r) }) + "…"
}

// Escape is plain text as HTML; its line breaks stay.
func Escape(text string) HTML {
	text = strings.TrimSpace(printable(bounded(text)))
	return HTML{strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>")}
}

// Plain is text that does nothing to a terminal or to the text around it: no control characters but
// line breaks and tabs, and no change of direction (UAX #9).
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029', unicode.IsControl(r) && unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// Line is Plain on one line.
func Line(text string) string { return strings.Join(strings.Fields(Plain(text)), " ") }

func fold(s string) string {
	return strings.Join(strings.Fields(printable(s)), " ")
}

// printable drops control characters, which no text for people has and which databases and XML
// parsers stumble over.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
