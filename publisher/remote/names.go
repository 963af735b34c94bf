package remote

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What an actor is called is chosen by a stranger, and readers tell people apart by it. So what
// looks like a handle is one: the host is that of the id, which is proved, and nothing before it
// can be taken for another host.

// usernameOf is how an actor is called on its server. A word that no server gives its people, such
// as one with an "@" in it, is not repeated; then it is the end of the id, or a short digest of it,
// which are the actor's own.
func usernameOf(id, preferred string) string {
	path := id
	if u, err := url.Parse(id); err == nil {
		path = u.Path
	}
	last := strings.TrimPrefix(path[strings.LastIndexByte(path, '/')+1:], "@")
	for _, name := range []string{preferred, last} {
		if isUsername(name) {
			return name
		}
	}
	return "actor-" + database.Hash(id).String()[:8]
}

// plainUsername is the names that nearly all servers give. WordPress and Bridgy Fed give those of
// hosts ("blog.example").
var plainUsername = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?$`)

// isUsername says whether servers have such names. Lemmy also has Arabic and Cyrillic ones, each
// without letters of another script.
func isUsername(name string) bool {
	if len(name) > maxUsername {
		return false
	}
	if plainUsername.MatchString(name) {
		return true
	}
	for _, script := range []*unicode.RangeTable{unicode.Arabic, unicode.Cyrillic} {
		if name != "" && !strings.ContainsFunc(name, func(r rune) bool {
			return !(unicode.IsLetter(r) && unicode.Is(script, r)) && (r < '0' || r > '9') && r != '_'
		}) {
			return true
		}
	}
	return false
}

var (
	// handleLike is what readers take for a handle, a part of one, or an address for mail:
	// "ada@pasture.example", "@pasture.example".
	handleLike   = regexp.MustCompile(`@?[\p{L}\p{M}\p{N}_.~+-]*@[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+(?::\d+)?`)
	leftBrackets = regexp.MustCompile(`\(\s*\)|\[\s*\]|<\s*>|\{\s*\}`)
	sameLetters  = strings.NewReplacer("＠", "@", "﹫", "@", "．", ".", "。", ".", "｡", ".", "․", ".")
)

// displayName is the name that somebody has given themselves, in one line, without what changes the
// text around it, cannot be seen, or reads as a handle that is not theirs. Of a name in which
// nothing is left it is the username.
func displayName(raw, username, handle string) string {
	name := sameLetters.Replace(visible(safehtml.Line(safehtml.Text(raw))))
	name = handleLike.ReplaceAllStringFunc(name, func(found string) string {
		if strings.EqualFold(strings.TrimPrefix(found, "@"), strings.TrimPrefix(handle, "@")) {
			return found
		}
		return ""
	})
	name = strings.Join(strings.Fields(leftBrackets.ReplaceAllString(name, "")), " ")
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.S, unicode.P) }) {
		name = ""
	}
	return safehtml.Excerpt(cmp.Or(name, username), maxActor)
}

// blank are letters and symbols that stand for nothing: of Braille, of hieroglyphs and of notes,
// and what stands for something that is not in the text.
const blank = "\u2800\U00013441\U00013442\U0001d159\ufffc"

// visible drops characters without a picture. Those that make one picture of several letters, as in
// Persian, in Indic scripts and in emoji, stay after such a letter.
func visible(text string) string {
	before := rune('a')
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) || r >= 0xe0020 && r <= 0xe007f:
			if joins := before > unicode.MaxLatin1 || before >= '0' && before <= '9' || before == '#' || before == '*'; !joins {
				return -1
			}
			return r
		case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point) || strings.ContainsRune(blank, r):
			return -1
		}
		before = r
		return r
	}, text)
}

// profilePage is the address of an actor for people: its own word where that is on the site of its
// id, as "www." is, else the id. A link that looks like a person's leads to the server that vouches
// for them.
func profilePage(doc activitypub.Object) string {
	if page := address(doc.URL()); page != "" && activitypub.Site(page) == activitypub.Site(doc.ID()) {
		return page
	}
	return doc.ID()
}
