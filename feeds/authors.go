package feeds

import (
	"html"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// mail matches an address of mail with what stands around it: <a@b>, (a@b), mailto:a@b.
var mail = regexp.MustCompile(`(?i)[<(\[]?\s*(?:mailto:)?[^\s<>()\[\]@,;:"]+@[^\s<>()\[\]@,;"]+\s*[>)\]]?`)

const maxAuthors = 10

// signed puts what an item of RSS says of its authors where gofeed has what it makes of it: of several creators one, and of a name in
// which it sees no sense none.
func signed(universal *gofeed.Feed, items []*rss.Item) {
	for i, it := range items {
		if i >= len(universal.Items) {
			return
		}
		var creators, others []string
		if dc := it.DublinCoreExt; dc != nil {
			creators, others = dc.Creator, dc.Author
		}
		if it.ITunesExt != nil {
			others = append(others, it.ITunesExt.Author)
		}
		people := peopleOf(creators)
		for _, source := range append([]string{it.Author}, others...) {
			if len(people) > 1 {
				break
			}
			if found := peopleOf([]string{source}); len(found) > 0 && (source == it.Author || len(people) == 0) {
				people = found
			}
		}
		if len(people) > 0 || it.Author != "" {
			universal.Items[i].Authors = people
		}
	}
}

func peopleOf(sources []string) (people []*gofeed.Person) {
	for _, name := range distinctNames(sources) {
		people = append(people, &gofeed.Person{Name: name})
	}
	return people
}

// authors are the names of an entry's authors, as a reader would print them.
func authors(g *gofeed.Feed, entry *gofeed.Item) string {
	sources := [][]string{namesIn(entry.Authors)}
	for _, creator := range entry.Extensions["dc"]["creator"] {
		sources = append(sources, []string{creator.Value})
	}
	if g.FeedType == "atom" {
		sources = append(sources, namesIn(g.Authors)) // RFC 4287 §4.2.1
	}
	for _, source := range sources {
		if names := distinctNames(source); len(names) > 0 {
			return strings.Join(names, ", ")
		}
	}
	return ""
}

func namesIn(people []*gofeed.Person) (names []string) {
	for _, person := range people {
		if person != nil {
			names = append(names, person.Name)
		}
	}
	return names
}

// distinctNames are the names that the texts hold, each once.
func distinctNames(texts []string) (names []string) {
	seen := map[string]bool{"": true}
	for _, text := range texts {
		for _, one := range severalIn(cut(text, 2*maxAuthor)) {
			name := personName(one)
			if key := strings.ToLower(name); !seen[key] && len(names) < maxAuthors {
				seen[key] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// severalIn parts a list of people with their addresses: "a@b (Ann), c@d (Cid)". A comma alone parts nothing: "Poe, Ann <a@b>" is one.
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

// personName is the name in a field that may hold an address of mail or markup as well. Addresses are not published any further.
func personName(text string) string {
	text = html.UnescapeString(text)
	hasMail := mail.MatchString(text)
	nobody := strings.HasPrefix(text, "noreply@blogger.com (Unknown)") // Blogger's word for a profile without a name
	text = strings.TrimSpace(mail.ReplaceAllString(text, " "))
	if strings.Contains(text, "</") || strings.Contains(text, "/>") {
		text = html.UnescapeString(safehtml.Text(text))
	}
	text = line(text, maxAuthor)
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
