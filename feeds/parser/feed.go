package parser

import (
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/feeds/dates"
)

// Feed is what Parse read. Its texts are plain, its addresses absolute, and all of it fits the
// columns it will be stored in.
type Feed struct {
	Format      string // "RSS 2.0", "Atom 1.0", "JSON Feed 1.1"
	Title       string
	Description string
	SiteURL     string // "" where the feed names none
	Language    string
	ImageURL    string
	Wishes      PollHints // without CacheUntil, which the answer's headers say
	Hub         Hub
	Items       []Item // in the feed's order, at most maxItems
}

// Item is one entry of a feed as its author wrote it: summary and content are raw HTML until a Post
// is made of it.
type Item struct {
	GUID, Link, Title string
	Summary, Content  string
	ImageURL          string // named by the feed; "" leaves it to the content's first picture
	imageAlt          string // what the feed says that the named picture shows
	thumbnail         string // named by the feed, for want of anything better
	icon              string // of the feed
	Tags              []string
	Attachments       []Attachment // sound and video
	pictures          []Attachment // named by the feed, with what it says of them
	Author, Language  string
	Dates             []time.Time // that the feed gives it, the best first
	PublishedAt       time.Time   // the first of them that can be believed; zero where there is none
	FarAhead          time.Time   // the date of one that says it is for a day too far ahead to be believed
	UpdatedAt         time.Time   // of an entry of Atom that says when it was published as well
	Base              *url.URL    // what relative addresses in content and summary stand on
	History           bool        // only an edit of the blog's rules made it one of its posts: it is not announced
}

// maxContent is how many bytes of a text are read; safehtml reads no more either.
const maxContent = 1 << 20

// Bounded is an item as it is used: with a content where it has any text, and no more of it than
// that. What it is cut from may be let go.
func (it Item) Bounded() Item {
	if it.Content == "" {
		it.Content, it.Summary = it.Summary, ""
	}
	for _, text := range []*string{&it.Content, &it.Summary} {
		if len(*text) > maxContent {
			*text = strings.ToValidUTF8(strings.Clone((*text)[:maxContent]), "")
		}
		*text = charset.TidyMarkup(*text) // what it refers to is known only now that XML or JSON is decoded
	}
	return it
}

// Len is the number of posts in the feed.
func (f *Feed) Len() int { return len(f.Items) }

// Believe takes the first date of each item that can be believed now, and notes which are dated too
// far ahead for that.
func (f *Feed) Believe(now time.Time) {
	all := make([][]time.Time, len(f.Items))
	for i, it := range f.Items {
		all[i] = it.Dates
	}
	ahead := dates.FarAhead(all, now)
	for i := range f.Items {
		f.Items[i].PublishedAt, f.Items[i].FarAhead = dates.Believed(all[i], now), ahead[i]
	}
}
