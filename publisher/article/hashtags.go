package article

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const (
	maxHashtags = 20
	maxHashtag  = 100 // characters
	// minPart is how many characters each part of a category with slashes has that is a path:
	// Travel/Japan, but not TCP/IP.
	minPart = 3
)

// hashtags makes tags of the categories of a post. Each leads to page, since nobody tells us where
// a blog lists its categories. Nothing else becomes one: a # in the text may be code, a colour or a
// number.
func hashtags(categories []string, page string) []activitypub.Hashtag {
	var tags []activitypub.Hashtag
	seen := map[string]bool{}
	for _, category := range categories {
		for _, part := range partsOf(category) {
			name := hashtag(part)
			if name == "" || seen[strings.ToLower(name)] {
				continue
			}
			if seen[strings.ToLower(name)] = true; len(tags) < maxHashtags {
				tags = append(tags, activitypub.NewHashtag("#"+name, page))
			}
		}
	}
	return tags
}

// partsOf makes Travel/Japan two hashtags, as readers would write it. AC/DC and TCP/IP are one.
func partsOf(category string) []string {
	parts := strings.Split(category, "/")
	for _, part := range parts {
		if utf8.RuneCountInString(strings.TrimSpace(part)) < minPart {
			return []string{category}
		}
	}
	return parts
}

// hashtag writes "green tea" as "GreenTea": a hashtag has no spaces, and screen readers read its
// words by their capitals. A category of one word stays as its author writes it. "" for one without
// a letter, which no server takes for a hashtag, and for a colour.
func hashtag(category string) string {
	words := strings.FieldsFunc(category, isNotTagRune)
	if len(words) > 1 {
		for i, word := range words {
			words[i] = capitalised(word)
		}
	}
	name := strings.Join(words, "")
	if !strings.ContainsFunc(name, unicode.IsLetter) || utf8.RuneCountInString(name) > maxHashtag || isColour(name) {
		return ""
	}
	return name
}

func isNotTagRune(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
}

func capitalised(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToTitle(first)) + word[size:]
}

// notColours are words of people that have the form of a colour.
const notColours = " b2b b2c c2b c2c d2c e2e c64 c4d "

// isColour knows colours as style sheets write them: fff, a1b2c3. Of letters alone only those with
// one letter count, since "facade", "decade" and "add" are words.
func isColour(name string) bool {
	name = strings.ToLower(name)
	isHex := strings.Trim(name, "0123456789abcdef") == ""
	switch n := len(name); {
	case !isHex || n != 3 && n != 4 && n != 6 && n != 8 || strings.Contains(notColours, " "+name+" "):
		return false
	}
	return strings.ContainsAny(name, "0123456789") || strings.Trim(name, name[:1]) == ""
}
