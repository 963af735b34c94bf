package parser

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// formatting matches the tags that people put in titles. Others are left alone: "Vec<T>" and "<2>"
// are words of a title.
var formatting = regexp.MustCompile(`(?i)</?(?:a|abbr|b|cite|code|del|em|i|ins|kbd|mark|q|rb|rp|rt|rtc|ruby|s|small|span|strong|sub|sup|tt|u|var)` +
	`(?:\s[^<>]*)?>`)

// breaks and wordless match what stands alone, and says nothing that could be read as a word.
var (
	breaks   = regexp.MustCompile(`(?i)<br(?:\s[^<>]*)?/?>`)
	wordless = regexp.MustCompile(`(?is)<wbr\s*/?>|<!--.*?-->`)
)

// readings matches the readings of ruby text, which stand behind it in brackets where they cannot
// stand above it.
var readings = regexp.MustCompile(`(?i)(?:<rp>[^<>]*</rp>\s*)?<rt(?:\s[^<>]*)?>([^<>]*)(?:</rt>)?(?:\s*<rp>[^<>]*</rp>)?`)

// plainRSS is a title or category of RSS as plain text. RSS never said whether they are text or
// HTML; most are HTML. So what XML has left is decoded exactly once, and tags but breaks go only
// where one is closed: a lone "<b>" is somebody writing about HTML.
func plainRSS(text string) string {
	text = Cut(text, 20*MaxTitle) // room for entities and tags
	if strings.Contains(text, "<") {
		text = breaks.ReplaceAllString(wordless.ReplaceAllString(text, ""), " ")
	}
	if strings.Contains(text, "</") {
		if strings.Contains(strings.ToLower(text), "</ruby") {
			text = readings.ReplaceAllString(text, "($1)")
		}
		text = formatting.ReplaceAllString(meaning(text), "")
	}
	return html.UnescapeString(text)
}

// marked matches elements that say something about the words in them.
var marked = regexp.MustCompile(`(?i)<(sup|sub|q|s|del)(?:\s[^<>]*)?>([^<>]*)</(?:sup|sub|q|s|del)>`)

// meaning writes what the marks of a title say with characters: 10⁶, H₂O, “quoted”.
func meaning(title string) string {
	var out strings.Builder
	for {
		m := marked.FindStringSubmatchIndex(title)
		if m == nil {
			return out.String() + title
		}
		out.WriteString(title[:m[0]])
		inside, rest := title[m[4]:m[5]], title[m[1]:]
		switch strings.ToLower(title[m[2]:m[3]]) {
		case "sup":
			inside = safehtml.Raised(out.String(), inside)
		case "sub":
			next, _ := utf8.DecodeRuneInString(rest)
			inside = safehtml.Lowered(inside, next)
		case "q":
			inside = "“" + inside + "”"
		default:
			inside = safehtml.CrossedOut + inside + safehtml.CrossedOut
		}
		out.WriteString(inside)
		title = rest
	}
}

// plainAtom is an Atom text construct as plain text (RFC 4287 §3.1). Atom 0.3 has media types for
// its type attribute.
func plainAtom(text string, c construct) string {
	if c.isXML || isMarkup(c.kind) {
		return safehtml.Text(c.or(text))
	}
	return text
}

// htmlAtom is an Atom text construct as HTML. A construct without a type is text (§3.1.1), but not
// all authors know that.
func htmlAtom(text string, c construct) string {
	switch {
	case c.isXML && !isOtherMedium(c.kind):
		return c.html
	case isMarkup(c.kind), c.kind == "" && strings.Contains(text, "</"):
		return text
	case !isOtherMedium(c.kind):
		return html.EscapeString(text)
	}
	return "" // such as image/png
}

func isOtherMedium(kind string) bool {
	return kind != "" && kind != "text" && !strings.HasPrefix(kind, "text/") && !isMarkup(kind)
}

func isMarkup(kind string) bool {
	return strings.Contains(kind, "html")
}

var blankLines = regexp.MustCompile(`\r?\n\s*\n\s*`)

// Paragraphs gives HTML without any tag the tags that its line breaks stand for.
func Paragraphs(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.Contains(text, "<") {
		return text
	}
	text = "<p>" + blankLines.ReplaceAllString(text, "</p><p>") + "</p>"
	return strings.ReplaceAll(text, "\n", "<br>")
}

// asHTML is a text as HTML, which it may be already: its kind says so, or that something is closed
// in it.
func asHTML(text, kind string) string {
	if isMarkup(kind) || strings.Contains(text, "</") {
		return text
	}
	return html.EscapeString(text)
}
