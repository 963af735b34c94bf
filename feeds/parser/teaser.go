package parser

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// maxFooter is how many bytes are looked at for the footer, maxFooterWords how many characters of
// it may stand outside of its links.
const (
	maxFooter      = 4096
	maxFooterWords = 80
)

// WithoutFooter is the item without the footer that plugins add to each post: "The post X appeared
// first on Y". It is known by its two links, in whatever language: a last paragraph that links to
// its own post and then to the blog, which is at site, and says little else.
func (it Item) WithoutFooter(site string) Item {
	for _, text := range []*string{&it.Summary, &it.Content} {
		if from, to, ok := it.footer(*text, site); ok {
			*text = strings.TrimSpace((*text)[:from] + (*text)[to:])
		}
	}
	return it
}

// footer is where it stands in raw.
func (it Item) footer(raw, site string) (from, to int, ok bool) {
	for _, tag := range []string{"<p>", "<p ", "<P>", "<P "} {
		from = max(from, strings.LastIndex(raw, tag))
	}
	if len(raw)-from > maxFooter || it.Link == "" || !strings.HasPrefix(strings.ToLower(raw[from:]), "<p") {
		return 0, 0, false
	}
	var links []string
	outside, inLink, at := 0, false, from
	z := html.NewTokenizer(strings.NewReader(raw[from:]))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		at += len(z.Raw())
		t := z.Token()
		switch {
		case kind == html.TextToken && !inLink:
			if outside += utf8.RuneCountInString(strings.TrimSpace(t.Data)); to > 0 && strings.TrimSpace(t.Data) != "" {
				return 0, 0, false // it is not the end
			}
		case t.Data == "img" && Attr(t, "width") != "1" && Attr(t, "height") != "1":
			return 0, 0, false
		case t.Data == "a":
			if inLink = kind == html.StartTagToken; inLink {
				links = append(links, pageurl.Normalise(Address(it.Base, Attr(t, "href"))))
			}
		case t.Data == "p" && kind == html.EndTagToken && to == 0:
			to = at
		}
	}
	if to == 0 {
		to = len(raw)
	}
	return from, to, len(links) == 2 && outside <= maxFooterWords && links[0] == pageurl.Normalise(it.Link) && it.isHome(links[1], site)
}

// isHome says that a link leads to the front page of the blog.
func (it Item) isHome(link, site string) bool {
	return link != "" && (link == pageurl.Normalise(site) || link == pageurl.Normalise(Join(it.Base, "/").String()) && strings.HasPrefix(pageurl.Normalise(it.Link), link))
}

// pauses are the elements at whose beginning and end a line ends.
var pauses = map[string]bool{
	"address": true, "article": true, "aside": true, "blockquote": true, "br": true, "dd": true, "details": true, "div": true, "dl": true, "dt": true,
	"figcaption": true, "figure": true, "footer": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "header": true,
	"hgroup": true, "hr": true, "li": true, "main": true, "nav": true, "ol": true, "p": true, "pre": true, "section": true, "summary": true,
	"table": true, "td": true, "th": true, "tr": true, "ul": true,
}

// AfterTitle is HTML without the title, where its first line says nothing else.
func AfterTitle(raw, title string) string {
	if title == "" {
		return raw
	}
	z := html.NewTokenizer(strings.NewReader(raw))
	for at, said := 0, false; at < 20*MaxTitle; {
		kind := z.Next()
		start := at
		at += len(z.Raw())
		text := strings.TrimSpace(string(z.Raw()))
		name, _ := z.TagName()
		switch {
		case kind == html.TextToken:
			said = said || text != ""
		case kind == html.ErrorToken, said && pauses[string(name)]:
			if sameWords(safehtml.Text(raw[:start]), title) {
				return raw[start:]
			}
			return raw
		}
	}
	return raw
}

var plainQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "„", `"`, "–", "-", "—", "-", "\u00a0", " ")

// sameWords says that two lines differ in nothing but quotation marks, case and how they end.
func sameWords(a, b string) bool {
	plain := func(s string) string {
		return strings.ToLower(strings.TrimRight(strings.Join(strings.Fields(plainQuotes.Replace(s)), " "), " .:#¶"))
	}
	return plain(a) == plain(b)
}

// farewell matches the footer of withoutFooter in a summary without any markup.
var farewell = regexp.MustCompile(`\s*(?:The post .{1,300} (?:appeared first on|first appeared on)|Der Beitrag .{1,300} erschien zuerst auf|` +
	`L['’]article .{1,300} est apparu en premier sur|La entrada .{1,300} (?:se publicó primero en|apareció primero en|aparece primero en)|` +
	`L['’]articolo .{1,300} (?:proviene da|sembra essere il primo su)|Het bericht .{1,300} verscheen eerst op|` +
	`O post .{1,300} apareceu primeiro (?:em|no)|Artykuł .{1,300} pochodzi z serwisu|Inlägget .{1,300} dök först upp på) .{1,200}$`)

// cutMark is how engines mark that they have cut.
var cutMark = regexp.MustCompile(`\s*\[(?:…|\.\.\.)\]$`)

// WithoutFarewell is a teaser without what engines put at the end of a summary to call readers in:
// Mastodon shows the link anyway.
func WithoutFarewell(text, title string) string {
	text = farewell.ReplaceAllString(text, "")
	return cutMark.ReplaceAllString(withoutCall(text, title), "…")
}

// call matches a call to read on, with what opens it before and all that follows.
var call = regexp.MustCompile(`(?i)(\s*[\[(]\s*(?:…|\.{3})?\s*|[^\pL\pN]|^)(` + calls + `)((?:[^\pL\pN].{0,300})?)$`)

// callMore matches what may follow a call, beside the title of its post.
var callMore = regexp.MustCompile(`(?i)^\s*(?:here|hier|ici|aquí|aqui|qui|of this (?:entry|post|article))?[\s.…»→›>\])]*$`)

// withoutCall takes a call for one by what stands around it: people write of reading, too.
func withoutCall(text, title string) string {
	m := call.FindStringSubmatchIndex(text)
	if m == nil {
		return text
	}
	before, opening, after := strings.TrimSpace(text[:m[2]]), text[m[2]:m[3]], text[m[6]:m[7]]
	first, _ := utf8.DecodeRuneInString(text[m[4]:])
	last, _ := utf8.DecodeLastRuneInString(before + strings.TrimSpace(opening))
	isOpened := before == "" || strings.ContainsAny(opening, "[(") || strings.ContainsRune(".!?…:»”“\")]。！？", last)
	isArrow := strings.ContainsAny(after, "→»›>")
	names := title != "" && strings.Contains(strings.ToLower(plainQuotes.Replace(after)), strings.ToLower(plainQuotes.Replace(title)))
	is := false
	switch {
	case callMore.MatchString(after):
		is = isOpened || isArrow || unicode.IsUpper(first) && !strings.ContainsAny(after, ".")
	case strings.Contains(after, ". "):
		is = names && (isOpened || unicode.IsUpper(first)) && len(after) < len(title)+60
	default:
		is = (isOpened || unicode.IsUpper(first)) && (names || isArrow) || unicode.IsUpper(first) && strings.ContainsRune("…]", last)
	}
	if !is {
		return text
	}
	if quoted := strings.TrimRight(before, `“”"»’ `); title != "" && quoted != before && strings.HasSuffix(quoted, title) { // „Title“ weiterlesen
		before = strings.TrimRight(strings.TrimSuffix(quoted, title), `„“"«‘ `)
	}
	switch {
	case strings.Contains(opening, "…") || strings.Contains(opening, "..."):
		before += "…"
	case strings.ContainsAny(opening, ")].!?:。！？"):
		before += strings.TrimSpace(opening)
	}
	return before
}
