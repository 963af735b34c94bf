package preview

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bloghorn/bloghorn/feeds"
)

// manyTags is how many hashtags a post may have before it looks like advertising.
const manyTags = 10

// hashtagsLost compares what the author wrote with what is sent; posts with many tags are another
// matter.
func hashtagsLost(s subject) (Warning, bool) {
	lost, which := 0, ""
	for i, p := range s.posts {
		if len(p.Tags) > manyTags {
			continue
		}
		sent := map[string]bool{}
		for _, tag := range s.articles[i].Tag {
			sent[essence(tag.Name)] = true
		}
		for _, tag := range p.Tags {
			if !sent[essence(tag)] {
				lost, which = lost+1, tag
			}
		}
	}
	if lost == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s no hashtag, such as %s.", categories(lost), example(which)),
		Why:  "A hashtag needs a letter, and has room for a few words only. People find posts by hashtags.",
		Fix:  "Give the category a name with letters: “year 2026” becomes #Year2026.",
	}, true
}

func categories(n int) string {
	if n == 1 {
		return "1 category becomes"
	}
	return fmt.Sprintf("%d categories become", n)
}

// essence is a category or hashtag without what is not told from the other.
func essence(tag string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, tag)
}

func hashtagsMany(s subject) (Warning, bool) {
	many, most := 0, feeds.Post{}
	for _, p := range s.posts {
		if len(p.Tags) > manyTags {
			many++
		}
		if len(p.Tags) > len(most.Tags) {
			most = p
		}
	}
	if many == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s more than %d categories; %s has %d.",
			has(many, len(s.posts), "has", "have"), manyTags, example(most.Title), len(most.Tags)),
		Why: "Each becomes a hashtag. A wall of hashtags looks like advertising, and some servers treat it so.",
		Fix: "Give a post the three to five categories that people would look for.",
	}, true
}
