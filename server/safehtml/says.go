package safehtml

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// quotationMarks are those of q, and of a q inside.
var quotationMarks = [2][2]string{{"“", "”"}, {"‘", "’"}}

const maxShown = 60 // characters of an address that stands as the text of its link

// player gives a link to what an embedded player would have played.
func (r *reader) player(t html.Token, source string) {
	if isTiny(attributeOf(t, "width")) || isTiny(attributeOf(t, "height")) || r.leaves >= asides {
		return
	}
	title := orText(attributeOf(t, "title"), attributeOf(t, "aria-label"))
	at := playerPage(source)
	if !r.based && !strings.Contains(at, "//") {
		at = ""
	}
	switch {
	case at == "" && title == "":
	case at == "" || r.plain:
		r.say(" " + title + " ")
	default:
		if title == "" {
			title = Excerpt(shortened(at), maxShown)
		}
		open := func(name string, attributes ...html.Attribute) html.Token {
			return html.Token{Type: html.StartTagToken, Data: name, Attr: attributes}
		}
		closed := func(name string) html.Token { return html.Token{Type: html.EndTagToken, Data: name} }
		r.give(open("div"), open("a", html.Attribute{Key: "href", Val: at}))
		r.say(title)
		r.give(closed("a"), closed("div"))
	}
}

// shortened is an address as people write it.
func shortened(address string) string {
	if _, rest, ok := strings.Cut(address, "//"); ok {
		address = rest
	}
	return strings.TrimPrefix(strings.TrimPrefix(address, "/"), "www.")
}

func orText(all ...string) string {
	for _, one := range all {
		if one = fold(one); one != "" {
			return one
		}
	}
	return ""
}

// playerPage is the page of a film or a sound whose player stands at an address, or the address
// itself; "" for one that is not of the web.
func playerPage(source string) string {
	u, err := url.Parse(withoutControls(source))
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Host == "" && u.Path == "" || u.Opaque != "" {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	page := func(before, prefix string) string {
		rest, ok := strings.CutPrefix(u.Path, prefix)
		if !ok || rest == "" {
			return source
		}
		return before + rest
	}
	switch {
	case host == "youtube.com" || host == "youtube-nocookie.com":
		if strings.HasPrefix(u.Path, "/embed/videoseries") {
			return "https://www.youtube.com/playlist?list=" + url.QueryEscape(u.Query().Get("list"))
		}
		return page("https://www.youtube.com/watch?v=", "/embed/")
	case host == "player.vimeo.com":
		return page("https://vimeo.com/", "/video/")
	case host == "open.spotify.com":
		return page("https://open.spotify.com/", "/embed/")
	case host == "dailymotion.com":
		return page("https://www.dailymotion.com/video/", "/embed/video/")
	case host == "w.soundcloud.com" && u.Query().Get("url") != "":
		return u.Query().Get("url")
	case strings.HasPrefix(u.Path, "/videos/embed/"): // PeerTube
		u.Path, u.RawQuery = "/w/"+strings.TrimPrefix(u.Path, "/videos/embed/"), ""
		return u.String()
	case strings.HasSuffix(u.Path, ".swf"):
		return ""
	}
	return source
}

// sourceIn is the address of a film or sound, its own or that of the first source in it.
func sourceIn(t html.Token, inside []html.Token) string {
	if src := attributeOf(t, "src"); src != "" {
		return src
	}
	for _, one := range inside {
		if src := attributeOf(one, "src"); one.Data == "source" && src != "" {
			return src
		}
	}
	return ""
}

// object gives what stands in an object for those who cannot show it, else a link to it.
func (r *reader) object(t html.Token) {
	inside, ok := r.find("object", maxInput)
	if !ok {
		return
	}
	for _, one := range inside {
		isOther := one.Data == "img" || one.Data == "embed" || one.Data == "iframe" || one.Data == "object"
		if isOther || one.Type == html.TextToken && strings.TrimSpace(one.Data) != "" {
			return // the end tag goes when it comes
		}
	}
	r.drop(inside)
	r.player(t, attributeOf(t, "data"))
}

// drawing gives the name of a picture that was drawn to be read, as role="img" says. Icons are not.
func (r *reader) drawing(t html.Token, inside []html.Token) {
	if attributeOf(t, "role") != "img" || attributeOf(t, "aria-hidden") == "true" {
		return
	}
	title := attributeOf(t, "aria-label")
	for i, one := range inside {
		if title == "" && one.Type == html.StartTagToken && one.Data == "title" && i+1 < len(inside) && inside[i+1].Type == html.TextToken {
			title = inside[i+1].Data
		}
	}
	r.say(fold(title))
}

// input gives the boxes of a list of tasks.
func (r *reader) input(t html.Token) {
	isTask := hasAttribute(t, "disabled") || strings.Contains(attributeOf(t, "class"), "task-list")
	switch {
	case attributeOf(t, "type") != "checkbox" || !isTask:
	case hasAttribute(t, "checked"):
		r.say("☑ ")
	default:
		r.say("☐ ")
	}
}

var (
	emojiClasses = set("emoji", "wp-smiley", "emojione", "twemoji", "smiley", "custom-emoji", "wp-emoji", "joypixels")
	mathClasses  = set("latex", "tex", "math", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display", "mathtex",
		"ql-img-inline-formula", "ql-img-displayed-formula", "latexrender")
	emojiPlaces = []string{"/images/core/emoji/", "/twemoji", "/emoji/", "/emojione/"}
	mathPlaces  = []string{"/latex.php?", "latex.codecogs.com/", "/cgi-bin/mathtex", "/render/math?", "/mimetex"}
)

// picture gives an emoji or a formula that was made a picture as the text that it stands for.
func (r *reader) picture(t html.Token) {
	alt := fold(attributeOf(t, "alt"))
	switch {
	case alt == "":
	case isFormula(t):
		r.formulaOf(alt, true)
		return
	case isSmiley(t):
		r.say(alt)
		return
	}
	r.give(t)
}

func isAt(src string, places []string) bool {
	for _, place := range places {
		if strings.Contains(src, place) {
			return true
		}
	}
	return false
}

// isEmoji says that a text has emoji and nothing else.
func isEmoji(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2190 && unicode.Is(unicode.So, r) }) &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return r < 0x2190 && r != ' ' || !unicode.In(r, unicode.So, unicode.Sk, unicode.Mn, unicode.Me, unicode.Cf, unicode.Zs)
		})
}

// CrossedOut stands around what its author has crossed out, in plain text: without a mark the
// opposite would be said.
const CrossedOut = "~~"

func isStruck(name string) bool { return name == "s" || name == "del" || name == "strike" }

func (r *reader) strike(t html.Token) {
	if inside, ok := r.find(t.Data, maxMark); r.plain && ok && words(inside) != "" {
		r.struck++
		r.say(CrossedOut)
	}
	r.give(t)
}

// reading puts how a word is read in brackets, where the author has not.
func (r *reader) reading(t html.Token) {
	inside, ok := r.find("rt", maxMark)
	if !r.plain || !ok || r.last[1] == '(' || r.last[1] == '（' {
		r.give(t)
		return
	}
	text := words(inside)
	r.drop(inside)
	if text != "" {
		r.say("(" + text + ")")
	}
}
