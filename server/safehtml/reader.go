package safehtml

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// manner is how raw HTML is read.
type manner struct {
	leaves  leaves
	plain   bool // only words are wanted, no addresses
	raising bool // sup and sub become characters, since nothing else can show them
	based   bool // relative addresses lead somewhere
}

// leaves says what is left out, the less first.
type leaves int

const (
	nothing   leaves = iota // people's own words, which nobody may hide from those who moderate them
	hidden                  // what a browser does not show or what is only for finding one's way
	furniture               // and what a blog's theme puts around the text
	asides                  // and what is no good beginning of it
)

// What looking ahead may cost, whatever it finds, for each byte of the text and besides. Elements
// that are closed and nested a few deep cost each byte some two times.
const (
	maxLookedEach = 8
	maxLooked     = 256 << 10
)

// reader reads the tokens of raw HTML. What the allow-lists would drop without a word comes out as
// what it says: formulas, pictures of emoji, players, quotation marks. What is no part of the text
// does not come out.
type reader struct {
	manner
	z       *html.Tokenizer
	ahead   []html.Token // read and not yet looked at
	out     []html.Token // what comes next
	quotes  int          // open q elements
	heading int          // open h1 … h6
	last    [2]rune      // the end of the text so far
	formula bool         // only space has come since a formula
	struck  int          // open elements of what is crossed out
	left    bool         // furniture was left out
	looked  int          // what looking ahead has cost: tokens, and the bytes of what was found
	limit   int          // of looked
	rereads int
}

func read(raw string, m manner) *reader {
	return &reader{manner: m, z: html.NewTokenizer(strings.NewReader(raw)), limit: maxLookedEach*len(raw) + maxLooked}
}

// next is false at the end.
func (r *reader) next() (html.Token, bool) {
	for len(r.out) == 0 {
		t, ok := r.take()
		if !ok {
			return t, false
		}
		r.look(t)
	}
	t := r.out[0]
	r.out = r.out[1:]
	if t.Type == html.TextToken {
		r.remember(t.Data)
		r.formula = t.DataAtom == formulaText || r.formula && strings.TrimSpace(t.Data) == ""
	}
	return t, true
}

// remember keeps the last two characters.
func (r *reader) remember(text string) {
	for n := min(2, utf8.RuneCountInString(text)); n > 0; n-- {
		tail := text
		for range n - 1 {
			_, size := utf8.DecodeLastRuneInString(tail)
			tail = tail[:len(tail)-size]
		}
		one, _ := utf8.DecodeLastRuneInString(tail)
		r.last = [2]rune{r.last[1], one}
	}
}

// take is the next token that nobody has looked at.
func (r *reader) take() (html.Token, bool) {
	if len(r.ahead) > 0 {
		t := r.ahead[0]
		r.ahead = r.ahead[1:]
		return t, true
	}
	return r.pull()
}

func (r *reader) pull() (html.Token, bool) {
	if r.z.Next() == html.ErrorToken {
		return html.Token{}, false
	}
	return r.z.Token(), true
}

// peek is the next token, which stays.
func (r *reader) peek() (html.Token, bool) {
	if len(r.ahead) == 0 {
		t, ok := r.pull()
		if !ok {
			return t, false
		}
		r.ahead = append(r.ahead, t)
	}
	return r.ahead[0], true
}

// find returns what stands between here and the end tag of an element called name whose start tag
// was just taken, at most max tokens; false where the end does not come, or where too much was
// looked at already. What is found costs its bytes as well, since callers read them, and not all
// take it away: an element inside may find most of it once more.
func (r *reader) find(name string, max int) ([]html.Token, bool) {
	if r.looked > r.limit {
		return nil, false
	}
	for i, depth := 0, 1; i < max; i++ {
		if i == len(r.ahead) {
			t, ok := r.pull()
			if !ok {
				return nil, false
			}
			r.ahead = append(r.ahead, t)
		}
		r.looked++
		switch t := &r.ahead[i]; {
		case t.Data != name:
		case t.Type == html.StartTagToken:
			depth++
		case t.Type == html.EndTagToken:
			if depth--; depth == 0 {
				r.looked += size(r.ahead[:i])
				return r.ahead[:i], true
			}
		}
	}
	return nil, false
}

// size is about how many bytes of HTML the tokens were.
func size(tokens []html.Token) (n int) {
	for i := range tokens {
		n += len(tokens[i].Data)
		for _, a := range tokens[i].Attr {
			n += 1 + len(a.Key) + len(a.Val)
		}
	}
	return n
}

// drop takes what find has found, and the end tag.
func (r *reader) drop(found []html.Token) { r.ahead = r.ahead[len(found)+1:] }

func (r *reader) give(tokens ...html.Token) { r.out = append(r.out, tokens...) }

func (r *reader) say(text string) {
	if text != "" {
		r.give(html.Token{Type: html.TextToken, Data: text})
	}
}

// look gives a token, or what stands for it.
func (r *reader) look(t html.Token) {
	switch t.Type {
	case html.TextToken:
		r.give(t)
	case html.EndTagToken:
		r.end(t)
	case html.StartTagToken, html.SelfClosingTagToken:
		if !r.leave(t) {
			r.start(t)
		}
	}
}

func (r *reader) end(t html.Token) {
	switch {
	case t.Data == "q":
		if r.quotes > 0 {
			r.quotes--
			r.say(quotationMarks[r.quotes%2][1])
		}
		return
	case isHeading(t.Data):
		r.heading = max(r.heading-1, 0)
	case r.struck > 0 && isStruck(t.Data):
		r.struck--
		r.say(CrossedOut)
	}
	switch t.Data {
	case "object", "canvas", "noscript", "iframe", "video", "audio", "svg", "math", "select", "datalist", "map", "button", "applet",
		"template", "embed":
		return // of what was not closed, or not opened
	case "listing":
		t.Data = "pre"
	}
	r.give(t)
}

func isHeading(name string) bool {
	return len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'
}

// leave leaves t out, with all that is in it, where it is no part of the text.
func (r *reader) leave(t html.Token) bool {
	if r.leaves == nothing || t.Type == html.SelfClosingTagToken && !isVoid(t.Data) {
		return false
	}
	gone, thing := isUnseen(t), false
	if !gone && r.leaves >= furniture {
		thing = IsFurniture(t)
		gone = thing
	}
	if !gone && r.leaves >= asides {
		gone = isAside(t)
	}
	switch {
	case gone && isVoid(t.Data):
		return true
	case gone:
		inside, ok := r.find(t.Data, maxInput)
		if ok && !(thing && !isSurelyFurniture(t) && isProse(inside)) {
			r.left = r.left || thing
			r.drop(inside)
			return true
		}
		return false
	case isNumbering(t):
		inside, ok := r.find(t.Data, maxLines)
		if ok && isNumbers(inside) {
			r.drop(inside)
			return true
		}
	case t.Data == "a":
		inside, ok := r.find("a", maxMark)
		if ok && r.isMark(t, inside) {
			r.drop(inside)
			return true
		}
	case t.Data == "sup":
		inside, ok := r.find("sup", maxMark)
		if ok && isNoteMark(t, inside) {
			r.drop(inside)
			return true
		}
	case r.leaves >= asides && (t.Data == "ul" || t.Data == "ol"):
		inside, ok := r.find(t.Data, maxContents)
		if ok && isContents(inside) {
			r.drop(inside)
			return true
		}
	case r.leaves >= asides && (isHeading(t.Data) || t.Data == "p"):
		inside, ok := r.find(t.Data, maxMark)
		if ok && contentsTitles[strings.ToLower(strings.Trim(words(inside), " :\u00a0"))] {
			r.drop(inside)
			return true
		}
	}
	return false
}

// start gives the token that opens an element, or what stands for the whole.
func (r *reader) start(t html.Token) {
	isEmpty := t.Type == html.SelfClosingTagToken
	switch t.Data {
	case "math":
		r.whole(t, isEmpty, func(inside []html.Token) { r.math(t, inside) })
	case "script":
		r.script(t)
	case "q":
		r.say(quotationMarks[r.quotes%2][0])
		r.quotes++
	case "img", "amp-img":
		t.Data = "img"
		r.picture(t)
	case "iframe", "noscript", "noembed", "noframes", "textarea", "title", "xmp", "plaintext":
		r.rawText(t)
	case "video", "audio":
		r.whole(t, isEmpty, func(inside []html.Token) { r.player(t, sourceIn(t, inside)) })
	case "embed":
		r.player(t, attributeOf(t, "src"))
	case "object":
		r.object(t)
	case "svg":
		r.whole(t, isEmpty, func(inside []html.Token) { r.drawing(t, inside) })
	case "select", "datalist", "map", "button", "applet", "template":
		r.whole(t, false, func([]html.Token) {})
	case "canvas":
	case "input":
		r.input(t)
	case "sup", "sub":
		r.raise(t)
	case "rt":
		r.reading(t)
	case "s", "del", "strike":
		r.strike(t)
	case "listing":
		t.Data = "pre"
		r.give(t)
	default:
		if isHeading(t.Data) {
			r.heading++
		}
		r.give(t)
	}
}

// whole does something with all of an element. Of one that is never closed only the tag goes.
func (r *reader) whole(t html.Token, isEmpty bool, do func(inside []html.Token)) {
	if isEmpty {
		do(nil)
		return
	}
	inside, ok := r.find(t.Data, maxInput)
	if !ok {
		return
	}
	do(inside)
	r.drop(inside)
}

func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

func attributeOf(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// words is the text of tokens, without what is hidden in them.
func words(tokens []html.Token) string {
	var text strings.Builder
	skip, depth := "", 0
	for _, t := range tokens {
		switch {
		case t.Type == html.TextToken && skip == "":
			text.WriteString(t.Data)
		case t.Type == html.EndTagToken && t.Data == skip:
			if depth--; depth == 0 {
				skip = ""
			}
		case t.Type != html.StartTagToken || isVoid(t.Data):
		case t.Data == skip:
			depth++
		case skip == "" && (isUnseen(t) || t.Data == "script" || t.Data == "style"):
			skip, depth = t.Data, 1
		}
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)) {
			return -1
		}
		return r
	}, text.String()))
}
