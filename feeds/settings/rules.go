package settings

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxRules     = 50
	maxRulesText = 2000 // bytes
)

// ruleKinds are what a rule may look at, in the order in which they are explained.
var ruleKinds = []string{"tag", "author", "path", "word", "lang"}

const ruleHelp = `write rules as tag:tea, author:"Ada L.", path:/en/, word:recipe or lang:en, with a space between two`

// rule looks at one thing of an item.
type rule struct{ kind, value string }

// rules are several; one that matches is enough.
type rules []rule

// parseRules reads rules as people write them: kind:value, parted by spaces or commas, a value with
// spaces in quotes. Its error is web.ErrInvalid, names the rule that is wrong and says how to write
// it.
func parseRules(text string) (rules, error) {
	if len(text) > maxRulesText || !utf8.ValidString(text) {
		return nil, fmt.Errorf("%w: the rules are longer than %d bytes, or no text", web.ErrInvalid, maxRulesText)
	}
	var all rules
	for {
		text = strings.TrimLeftFunc(text, isRuleGap)
		if text == "" {
			return all, nil
		}
		one, rest, err := nextRule(text)
		if err != nil {
			return nil, err
		}
		if text = rest; !slices.Contains(all, one) {
			all = append(all, one)
		}
		if len(all) > maxRules {
			return nil, fmt.Errorf("%w: there are more than %d rules", web.ErrInvalid, maxRules)
		}
	}
}

func isRuleGap(r rune) bool { return unicode.IsSpace(r) || r == ',' }

func nextRule(text string) (one rule, rest string, err error) {
	end := strings.IndexFunc(text, func(r rune) bool { return isRuleGap(r) || r == ':' })
	if end < 0 || text[end] != ':' {
		return rule{}, "", wrongRule(text, "has no kind")
	}
	kind := strings.ToLower(text[:end])
	value, rest, ok := ruleValue(text[end+1:])
	value = strings.TrimSpace(value)
	switch {
	case !slices.Contains(ruleKinds, kind):
		return rule{}, "", wrongRule(text, fmt.Sprintf("is of a kind that does not exist; there are %s", strings.Join(ruleKinds, ", ")))
	case !ok:
		return rule{}, "", wrongRule(text, "has a quote that does not end")
	case kind == "tag":
		value = strings.TrimLeft(value, "# ")
	case kind == "lang":
		value = parser.Language(value)
	}
	switch {
	case value == "":
		return rule{}, "", wrongRule(text, "has no value that could match")
	case kind == "path" && !strings.HasPrefix(value, "/"):
		return rule{}, "", wrongRule(text, "needs a path that begins with a slash, as path:/en/")
	}
	return rule{kind, value}, rest, nil
}

// ruleValue reads a value to its closing quote, or to the next space or comma.
func ruleValue(text string) (value, rest string, ok bool) {
	if quoted, isQuoted := strings.CutPrefix(text, `"`); isQuoted {
		return strings.Cut(quoted, `"`)
	}
	end := strings.IndexFunc(text, isRuleGap)
	if end < 0 {
		return text, "", true
	}
	return text[:end], text[end:], true
}

func wrongRule(text, why string) error {
	name, _, _ := strings.Cut(text, "\n")
	if i := strings.IndexFunc(name, isRuleGap); i > 0 && !strings.Contains(name[:i], `"`) {
		name = name[:i]
	}
	return fmt.Errorf("%w: the rule %s %s; %s", web.ErrInvalid, parser.Cut(name, 60), why, ruleHelp)
}

// String is the rules in their usual spelling, which parseRules reads again.
func (all rules) String() string {
	words := make([]string, len(all))
	for i, r := range all {
		words[i] = r.kind + ":" + r.value
		if strings.ContainsFunc(r.value, isRuleGap) {
			words[i] = r.kind + `:"` + r.value + `"`
		}
	}
	return strings.Join(words, " ")
}

// subject is an item as rules look at it. Its text is made when the first rule asks for a word.
type subject struct {
	parser.Item
	text string
}

func (s *subject) words() string {
	if s.text == "" {
		s.text = strings.ToLower(s.Title + " " + safehtml.Text(s.Summary) + " " + safehtml.Text(s.Content))
	}
	return s.text
}

func (all rules) match(s *subject) bool {
	return slices.ContainsFunc(all, func(r rule) bool { return r.matches(s) })
}

func (r rule) matches(s *subject) bool {
	switch r.kind {
	case "tag":
		return slices.ContainsFunc(s.Tags, func(tag string) bool { return strings.EqualFold(tag, r.value) })
	case "author":
		return strings.EqualFold(s.Author, r.value) ||
			slices.ContainsFunc(strings.Split(s.Author, ", "), func(name string) bool { return strings.EqualFold(name, r.value) })
	case "path":
		return underPath(s.Link, r.value)
	case "lang":
		have, want := strings.ToLower(s.Language), strings.ToLower(r.value)
		return have == want || strings.HasPrefix(have, want+"-")
	}
	return hasWord(s.words(), strings.ToLower(r.value))
}

// underPath says that a link leads to the path or below it: /en is not the beginning of /english.
func underPath(link, path string) bool {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return false
	}
	path = strings.TrimRight(path, "/")
	return u.Path == path || strings.HasPrefix(u.Path, path+"/")
}

// hasWord finds a word, or several in a row, that is no part of a longer one.
func hasWord(text, word string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		start := from + at
		end := start + len(word)
		if isEdge(text[:start], word) && isEdge(word, text[end:]) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[start:])
		from = start + size
	}
}

// isEdge says that a word ends between two texts. Scripts that write without spaces have no edges
// to ask for.
func isEdge(left, right string) bool {
	before, _ := utf8.DecodeLastRuneInString(left)
	after, _ := utf8.DecodeRuneInString(right)
	return left == "" || right == "" || !isSpaced(before) || !isSpaced(after)
}

func isSpaced(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
