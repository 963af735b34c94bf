package safehtml

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxFormula = 2000 // characters of one
	maxNesting = 40   // of the elements of one
)

// formulaText marks the text of a formula among other tokens.
const formulaText = atom.Math

// math gives a formula as its author has written it, in TeX, else as text.
func (r *reader) math(t html.Token, inside []html.Token) {
	tex := ""
	for i, one := range inside {
		isTeX := one.Type == html.StartTagToken && one.Data == "annotation" && strings.Contains(strings.ToLower(attributeOf(one, "encoding")), "tex")
		if isTeX && i+1 < len(inside) && inside[i+1].Type == html.TextToken {
			tex = inside[i+1].Data
		}
	}
	if tex = orText(tex, attributeOf(t, "alttext")); tex != "" {
		r.formulaOf(tex, true)
		return
	}
	p := mathParser{tokens: inside}
	r.formulaOf(p.row("", 0).text, false)
}

// script gives the formulas that a script on the page would have drawn.
func (r *reader) script(t html.Token) {
	if !strings.HasPrefix(attributeOf(t, "type"), "math/tex") {
		r.give(t)
		return
	}
	inside, ok := r.find("script", maxMark)
	if !ok {
		return
	}
	r.drop(inside)
	r.formulaOf(textOfTokens(inside), true)
}

func textOfTokens(tokens []html.Token) string {
	var text strings.Builder
	for _, t := range tokens {
		if t.Type == html.TextToken {
			text.WriteString(t.Data)
		}
	}
	return text.String()
}

// formulaOf gives a formula, once where several forms of it follow each other: some readers draw
// and some speak.
func (r *reader) formulaOf(text string, isTeX bool) {
	text = fold(text)
	if r.formula || text == "" {
		return
	}
	if isTeX {
		text = delimited(text)
	}
	if isWordRune(r.last[1]) {
		text = " " + text
	}
	r.give(html.Token{Type: html.TextToken, DataAtom: formulaText, Data: Excerpt(text, maxFormula)})
	if len(r.ahead) > 0 && r.ahead[0].Type == html.TextToken {
		if next, _ := utf8.DecodeRuneInString(r.ahead[0].Data); isWordRune(next) {
			r.say(" ")
		}
	}
}

// delimited is TeX between dollars, as people write it in text.
func delimited(tex string) string {
	for _, style := range []string{`{\displaystyle `, `{\textstyle `} {
		if inner, ok := strings.CutPrefix(tex, style); ok && strings.HasSuffix(inner, "}") {
			tex = strings.TrimSpace(inner[:len(inner)-1])
		}
	}
	if strings.HasPrefix(tex, "$") || strings.HasPrefix(tex, `\(`) || strings.HasPrefix(tex, `\[`) {
		return tex
	}
	return "$" + tex + "$"
}

// mathParser reads the presentation elements of MathML (W3C MathML Core) as text.
type mathParser struct {
	tokens []html.Token
	at     int
}

// term is a part of a formula; several says that it needs brackets where one thing is expected.
type term struct {
	text    string
	several bool
}

func (t term) bracketed() string {
	if t.several && !(strings.HasPrefix(t.text, "(") && strings.HasSuffix(t.text, ")")) {
		return "(" + t.text + ")"
	}
	return t.text
}

// row reads up to the end tag of name and writes what it has read one after the other.
func (p *mathParser) row(name string, depth int) term {
	parts := p.parts(name, depth)
	var all strings.Builder
	for i, part := range parts {
		first, _ := utf8.DecodeRuneInString(part.text)
		if i > 0 && isWordRune(first) && isFunctionName(parts[i-1].text) {
			all.WriteByte(' ')
		}
		all.WriteString(part.text)
	}
	several := len(parts) > 1
	if len(parts) == 1 {
		several = parts[0].several
	}
	return term{all.String(), several}
}

// isFunctionName says that a text is a word such as sin, and no variable.
func isFunctionName(text string) bool {
	return len(text) > 1 && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz") == ""
}

func (p *mathParser) parts(name string, depth int) (parts []term) {
	for p.at < len(p.tokens) {
		t := p.tokens[p.at]
		p.at++
		switch t.Type {
		case html.EndTagToken:
			if t.Data == name {
				return parts
			}
		case html.TextToken:
			if text := symbol(t.Data); text != "" {
				parts = append(parts, term{text, false})
			}
		case html.StartTagToken:
			if depth < maxNesting {
				if part := p.element(t.Data, depth+1); part.text != "" {
					parts = append(parts, part)
				}
			}
		}
	}
	return parts
}

// symbol is the text of a token element without what only tells programs how things belong together
// (U+2061 to U+2064).
func symbol(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x2061 && r <= 0x2064 {
			return -1
		}
		return r
	}, fold(text))
}

func (p *mathParser) element(name string, depth int) term {
	switch name {
	case "mi", "mn", "mo", "ms", "mrow", "mstyle", "mpadded", "merror", "menclose", "math":
		return p.row(name, depth)
	case "mtext":
		return term{" " + p.row(name, depth).text + " ", true}
	case "annotation", "annotation-xml", "mphantom", "none", "style", "script", "title":
		p.row(name, depth)
		return term{}
	}
	parts := p.parts(name, depth)
	part := func(i int) term {
		if i < len(parts) {
			return parts[i]
		}
		return term{}
	}
	switch name {
	case "mfrac":
		return term{part(0).bracketed() + "/" + part(1).bracketed(), true}
	case "mover":
		if over := part(1).text; utf8.RuneCountInString(over) == 1 && !strings.ContainsFunc(over, isWordRune) { // an accent
			return term{part(0).bracketed() + over, false}
		}
		fallthrough
	case "msup":
		return term{part(0).bracketed() + power(part(1).text), true}
	case "msub", "munder":
		return term{part(0).bracketed() + index(part(1).text), true}
	case "msubsup", "munderover":
		return term{part(0).bracketed() + index(part(1).text) + power(part(2).text), true}
	case "msqrt":
		return term{"√" + term{joined(parts, ""), len(parts) > 1}.bracketed(), false}
	case "mroot":
		return term{power(part(1).text) + "√" + part(0).bracketed(), false}
	case "mtr", "mlabeledtr":
		return term{joined(parts, " "), true}
	case "mtable":
		return term{"[" + joined(parts, "; ") + "]", false}
	}
	return term{joined(parts, ""), len(parts) > 1}
}

func joined(parts []term, between string) string {
	var texts []string
	for _, part := range parts {
		texts = append(texts, part.text)
	}
	return strings.Join(texts, between)
}
