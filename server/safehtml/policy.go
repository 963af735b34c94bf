package safehtml

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

type gate = *bluemonday.Policy

var (
	article = rules{manner: manner{leaves: furniture}, elements: wide, maxOutput: maxArticle, gate: articleGate()}
	comment = rules{manner: manner{raising: true}, elements: common, strictLinks: true, maxOutput: maxComment, gate: commentGate()}
	settled = rules{elements: wide, maxOutput: maxArticle} // for what is clean already
)

// commentGate is the last word on comments, and knows nothing of the tables that the tree builder
// works with: a mistake there does not open anything here.
func commentGate() gate {
	p := bluemonday.NewPolicy()
	p.AllowNoAttrs().OnElements("p", "br", "del", "pre", "code", "em", "strong", "b", "i", "u", "ul", "ol", "li", "blockquote")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(?:(?:mention|hashtag|h-card|u-url|ellipsis|invisible)(?: |$))+$`)).OnElements("a", "span")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^nofollow ugc noopener noreferrer$`)).OnElements("a")
	p.AllowAttrs("start").Matching(wholeNumber).OnElements("ol")
	p.AllowAttrs("reversed").Matching(regexp.MustCompile(`^$`)).OnElements("ol")
	p.AllowAttrs("value").Matching(wholeNumber).OnElements("li")
	return p
}

func articleGate() gate {
	p := commentGate()
	p.AllowNoAttrs().OnElements("s", "sub", "sup", "h2", "h3", "h4", "h5", "h6", "ruby", "rt", "rp", "figure", "figcaption")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^(?:(?:tag|me|nofollow|ugc|noopener|noreferrer)(?: |$))+$`)).OnElements("a")
	p.AllowAttrs("src", "alt", "title").OnElements("img")
	p.AllowAttrs("width", "height").Matching(pixels).OnElements("img")
	return p
}
