package publisher

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const (
	maxHashtags = 20
	maxHashtag  = 100 // characters
)

// hashtags makes tags of the categories of a post. Each leads to page, since nobody tells us where a blog lists its categories.
func hashtags(categories []string, page string) []activitypub.Hashtag {
	var tags []activitypub.Hashtag
	seen := map[string]bool{}
	for _, category := range categories {
		name := hashtag(category)
		if name == "" || seen[strings.ToLower(name)] {
			continue
		}
		seen[strings.ToLower(name)] = true
		tags = append(tags, activitypub.NewHashtag("#"+name, page))
		if len(tags) == maxHashtags {
			break
		}
	}
	return tags
}

// hashtag writes "green tea" as "GreenTea": a hashtag has no spaces, and screen readers read its words by their capitals. A
// category of one word stays as its author writes it. "" for one without a letter, which no server takes for a hashtag.
func hashtag(category string) string {
	words := strings.FieldsFunc(category, isNotTagRune)
	if len(words) > 1 {
		for i, word := range words {
			words[i] = capitalised(word)
		}
	}
	name := strings.Join(words, "")
	if !strings.ContainsFunc(name, unicode.IsLetter) || utf8.RuneCountInString(name) > maxHashtag {
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
