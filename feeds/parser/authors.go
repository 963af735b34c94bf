package parser

import (
	"html"
	"regexp"
	"strings"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// mail matches an address of mail with what stands around it: <a@b>, (a@b), mailto:a@b.
var mail = regexp.MustCompile(`(?i)[<(\[]?\s*(?:mailto:)?[^\s<>()\[\]@,;:"]+@[^\s<>()\[\]@,;"]+\s*[>)\]]?`)

const maxAuthors = 10

// signedBy are the names of whom an item of RSS says that it is by: of all its creators, or of the
// author where there is one creator; the first of the others where neither has a name.
func signedBy(author string, creators []string, others ...string) []string {
	names := distinctNames(creators)
	if own := distinctNames([]string{author}); len(own) > 0 && len(names) < 2 {
		names = own
	}
	for _, other := range others {
		if len(names) == 0 {
			names = distinctNames([]string{other})
		}
	}
	return names
}

// distinctNames are the names that the texts hold, each once.
func distinctNames(texts []string) (names []string) {
	seen := map[string]bool{"": true}
	for _, text := range texts {
		for _, one := range severalIn(Cut(text, 2*MaxAuthor)) {
			name := personName(one)
			if key := strings.ToLower(name); !seen[key] && len(names) < maxAuthors {
				seen[key] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// severalIn parts a list of people with their addresses: "a@b (Ann), c@d (Cid)". A comma alone
// parts nothing: "Poe, Ann <a@b>" is one.
func severalIn(text string) (each []string) {
	if len(mail.FindAllStringIndex(text, 2)) < 2 {
		return []string{text}
	}
	depth, begin := 0, 0
	for i, r := range text {
		switch r {
		case '(', '<':
			depth++
		case ')', '>':
			depth = max(depth-1, 0)
		case ',', ';':
			if depth == 0 {
				each, begin = append(each, text[begin:i]), i+1
			}
		}
	}
	return append(each, text[begin:])
}

// personName is the name in a field that may hold an address of mail or markup as well. Addresses
// are not published any further.
func personName(text string) string {
	text = html.UnescapeString(text)
	hasMail := mail.MatchString(text)
	nobody := strings.HasPrefix(text, "noreply@blogger.com (Unknown)") // Blogger's word for a profile without a name
	text = strings.TrimSpace(mail.ReplaceAllString(text, " "))
	if strings.Contains(text, "</") || strings.Contains(text, "/>") {
		text = html.UnescapeString(safehtml.Text(text))
	}
	text = Line(text, MaxAuthor)
	if hasMail {
		text = strings.Trim(text, " ,;:|–—-<>\"")
		text = unwrapped(text)
	}
	text = strings.TrimSpace(strings.Trim(text, `"`))
	if nobody || strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return ""
	}
	return text
}

// unwrapped takes brackets off that hold all of a text, as in "ann@blog.example (Ann (Annie) Poe)".
func unwrapped(text string) string {
	inside, opened := strings.CutPrefix(text, "(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !opened || !closed {
		return text
	}
	depth := 0
	for _, r := range inside {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return text
			}
		}
	}
	return strings.TrimSpace(inside)
}
