package preview

import (
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Warning is something that the owner of a blog could improve.
type Warning struct {
	ID      string `json:"id"`      // a name that stays
	Serious bool   `json:"serious"` // readers lose something, or get it twice
	Seen    string `json:"seen"`    // what was found
	Why     string `json:"why"`     // why it matters
	Fix     string `json:"fix"`     // what to do
}

// subject is what checks look at: the feed as it is, and what was made of it. posts and articles
// stand side by side.
type subject struct {
	in       fetch.Inspection
	posts    []feeds.Post
	articles []activitypub.Article
	now      time.Time
}

// check finds one kind of trouble; ok is false where there is none. It looks at nothing but the
// subject.
type check struct {
	id      string
	serious bool
	find    func(s subject) (w Warning, ok bool)
}

// checks is the whole list, in the order in which they are shown among those of the same weight.
var checks = []check{
	{"guids-change", true, guidsChange},
	{"guids-shared", true, guidsShared},
	{"repeated", false, repeated},
	{"guids-missing", false, guidsMissing},
	{"links-missing", true, linksMissing},
	{"http-links", true, httpLinks},
	{"other-host", false, otherHost},
	{"tracking", false, tracking},
	{"dates-missing", true, datesMissing},
	{"dates-future", false, datesFuture},
	{"dates-midnight", true, datesMidnight},
	{"order", false, order},
	{"excerpts-only", false, excerptsOnly},
	{"summary-ends", false, summaryEnds},
	{"titles-missing", false, titlesMissing},
	{"title-markup", true, titleMarkup},
	{"language-missing", false, languageMissing},
	{"relative-addresses", false, relativeAddresses},
	{"embeds", false, embeds},
	{"image-format", false, imageFormat},
	{"hashtags-lost", false, hashtagsLost},
	{"hashtags-many", false, hashtagsMany},
	{"encoding", true, encoding},
	{"content-type", false, contentType},
	{"no-validators", false, noValidators},
	{"no-304", false, no304},
	{"feed-large", false, feedLarge},
	{"asked-twice", true, askedTwice},
	{"guessed", false, guessed},
}

// warnings are what the checks find, the serious ones first.
func (s subject) warnings() []Warning {
	var found []Warning
	for _, c := range checks {
		if w, ok := c.find(s); ok {
			w.ID, w.Serious = c.id, c.serious
			w.Seen, w.Why, w.Fix = safehtml.Line(w.Seen), safehtml.Line(w.Why), safehtml.Line(w.Fix)
			found = append(found, w)
		}
	}
	slices.SortStableFunc(found, func(a, b Warning) int {
		switch {
		case a.Serious == b.Serious:
			return 0
		case a.Serious:
			return -1
		}
		return 1
	})
	return found
}

// none is the answer of a check that finds nothing.
func none() (Warning, bool) { return Warning{}, false }

// some says how many of the posts are meant: "The only post", "All 3 posts", "1 of 3 posts".
func some(n, all int) string {
	switch {
	case all == 1:
		return "The only post"
	case n == all && n == 2:
		return "Both posts"
	case n == all:
		return fmt.Sprintf("All %d posts", all)
	}
	return fmt.Sprintf("%d of %d posts", n, all)
}

// has fits the verb to some.
func has(n, all int, one, many string) string {
	if all == 1 || n == 1 && n != all {
		return some(n, all) + " " + one
	}
	return some(n, all) + " " + many
}

// example is a title or address for a sentence.
func example(text string) string { return "“" + shortened(safehtml.Line(text), 60) + "”" }
