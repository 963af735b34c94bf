package settings

import (
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/web"
)

// MostDelay is the longest feed.publish_delay and feed.update_interval. What somebody sets has a
// longest, so that what waits for longer is known to wait because of a wrong clock (feeds.UnwindPosts).
const MostDelay = 14 * 24 * time.Hour

// Settings are what the owner of a blog has set for it alone. The zero value is all defaults, and
// two are equal (==) when they say the same. Every field but the last two can be set by its name,
// from the command line and from bloghorn.toml alike: Names.
type Settings struct {
	ObjectType    string // TypeArticle or TypeNote; "" is an Article where the post has a title
	PostSummary   string // SummaryNone; "" is the teaser
	ExcerptLength int    // characters of the teaser; 0 is 500
	Content       string // ContentExcerpt; "" is the full text
	FullText      bool   // read the text from the post's page where the feed has an excerpt only
	Hashtags      string // HashtagsNone, or a fixed list parted by commas; "" makes them of the categories
	Visibility    string // VisibilityUnlisted; "" is public
	Language      string // BCP 47; overrides what post and feed say
	PublishDelay  Span
	MaxAge        Span
	Include       string // rules: of the feed's items, only those that match one are posts of this blog
	Exclude       string // rules: none that matches one
	PinTag        string // the newest posts with this tag are pinned
	Pictures      string // PicturesAttach; "" leaves those of an Article to the preview card of its page
	Mentions      string // MentionsNotify or MentionsNone; "" tags whom a post names
	Quotes        string // QuotesFollowers or QuotesNobody; "" lets everybody quote the posts
	Future        string // FutureHold or FutureAnnounce; "" lets a post that is dated ahead wait for its date
	Unlisted      string // UnlistedHide; "" shows replies that their authors did not want in public timelines

	wereInclude, wereExclude string // the rules by which the feed was last read: see FormerFilter
}

// What the fields of Settings may say beside "", their default.
const (
	TypeArticle        = "article"
	TypeNote           = "note"
	SummaryNone        = "none"
	ContentExcerpt     = "excerpt"
	HashtagsNone       = "none"
	VisibilityUnlisted = "unlisted"
	PicturesAttach     = "attach"
	MentionsNotify     = "notify"
	MentionsNone       = "none"
	QuotesFollowers    = "followers"
	QuotesNobody       = "nobody"
	UnlistedHide       = "hide"
	FutureHold         = "hold"
	FutureAnnounce     = "announce"
)

// Span is a length of time that may be unset.
type Span struct {
	length time.Duration
	set    bool
}

// SpanOf is a Span that is set.
func SpanOf(d time.Duration) Span { return Span{d, true} }

// Or is the span, or other where it is unset.
func (s Span) Or(other time.Duration) time.Duration {
	if s.set {
		return s.length
	}
	return other
}

// Delay is how long a new post of the blog waits; server is the server's own setting.
func (s Settings) Delay(server time.Duration) time.Duration { return s.PublishDelay.Or(server) }

// Age is how old a new post of the blog may be to be announced; server is the server's own setting.
func (s Settings) Age(server time.Duration) time.Duration { return s.MaxAge.Or(server) }

// Infos returns the settings that people set, in the order in which they are shown.
func Infos() []Info {
	var all []Info
	for _, k := range keys {
		if !k.hidden {
			all = append(all, k.Info)
		}
	}
	return all
}

// Names returns the names of Infos.
func Names() []string {
	var names []string
	for _, info := range Infos() {
		names = append(names, info.Name)
	}
	return names
}

// Set sets one by its name; "" and "default" reset it. The error is web.ErrInvalid and says what
// can be written there.
func (s *Settings) Set(name, value string) error {
	k, ok := keyNamed(name)
	if !ok || k.hidden {
		return fmt.Errorf("%w: there is no setting %q; there are %s", web.ErrInvalid, name, strings.Join(Names(), ", "))
	}
	value = strings.TrimSpace(value)
	if value == "default" {
		value = ""
	}
	if err := k.set(s, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Get is a setting as Set reads it; "" where it has its default.
func (s Settings) Get(name string) string {
	k, ok := keyNamed(name)
	if !ok {
		return ""
	}
	return k.get(&s)
}
