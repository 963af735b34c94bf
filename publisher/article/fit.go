package article

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const (
	// maxContent is less than what safehtml lets through, so that whatever it has cut off is cut
	// here again, and then ends with a link.
	maxContent = 480 << 10
	// maxObject is what an Article may take as JSON. Mastodon refuses activities over 1 MiB; the
	// rest is for what stands around it.
	maxObject = 1<<20 - 8<<10
	// cutReserve is cut beyond what is needed, for the end tags and the link that come in its
	// place.
	cutReserve = 8 << 10
)

// fit shortens the content until the whole is small enough. The content goes before anything else:
// title, teaser and link are what a reader needs to decide whether to go on at the blog.
func fit(a activitypub.Article) activitypub.Article {
	content := a.Content
	for keep := len(content); keep > 0; {
		over := max(sizeOf(a)-maxObject, len(a.Content)-maxContent)
		if over <= 0 {
			break
		}
		keep -= over + cutReserve // a byte of content is at least a byte of JSON
		a.Content = cut(content, keep) + permalink(a.URL)
		a.ContentMap = nil
	}
	return a
}

func sizeOf(a activitypub.Article) int {
	body, err := activitypub.Marshal(a)
	if err != nil {
		return maxObject + 1 // strings and times always marshal
	}
	return len(body)
}

// cut keeps at most max bytes of sanitised HTML, whole tags and whole words, and closes what is
// open.
func cut(content string, max int) string {
	z := html.NewTokenizer(strings.NewReader(content))
	var open []string
	end := 0
	for z.Next() != html.ErrorToken {
		raw := len(z.Raw())
		token := z.Token()
		if end+raw > max {
			if token.Type == html.TextToken && end < max {
				end += strings.LastIndexAny(content[end:max], " \n") + 1
			}
			break
		}
		end += raw
		open = track(open, token)
	}
	slices.Reverse(open)
	for i, tag := range open {
		open[i] = "</" + tag + ">"
	}
	return content[:end] + strings.Join(open, "")
}

// track follows which elements are open.
func track(open []string, t html.Token) []string {
	switch {
	case t.Type == html.StartTagToken && t.Data != "br" && t.Data != "img":
		return append(open, t.Data)
	case t.Type == html.EndTagToken && len(open) > 0 && open[len(open)-1] == t.Data:
		return open[:len(open)-1]
	}
	return open
}
