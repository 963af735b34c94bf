package main

import (
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
)

// blogFlags are the settings of one blog as flags, each under the name that it has in feeds.Settings; nil was not given.
type blogFlags struct {
	ObjectType    *string `help:"auto (an article where the post has a title, else a note), article or note." placeholder:"KIND"`
	PostSummary   *string `help:"teaser, or none: then Mastodon shows title and link alone." placeholder:"WHAT"`
	ExcerptLength *string `help:"Characters of the teaser, 50 to 500." placeholder:"N"`
	Content       *string `help:"full, or excerpt with a link to the rest." placeholder:"WHAT"`
	FullText      *string `help:"yes: read the text from the post's page where the feed has an excerpt only." placeholder:"YES|NO"`
	Hashtags      *string `help:"categories (of each post), none, or a fixed list: \"tea, green tea\"." placeholder:"WHAT"`
	Visibility    *string `help:"public, or unlisted: for everybody, but in no public timeline and search." placeholder:"WHAT"`
	Language      *string `help:"Language of all posts, whatever the feed says: en, de-AT." placeholder:"TAG"`
	PublishDelay  *string `help:"How long a new post waits, in place of feed.publish_delay." placeholder:"TIME"`
	MaxAge        *string `help:"How old a new post may be to be announced, in place of feed.max_age." placeholder:"TIME"`
	FuturePosts   *string `help:"What is dated more than a day ahead: wait (for its date), hold (for you) or announce (at once)." placeholder:"WHAT"`
	Include       *string `help:"Only items that match one of these rules: tag:tea author:\"Ada L.\" path:/en/ word:recipe lang:en" placeholder:"RULES"`
	Exclude       *string `help:"No items that match one of these rules." placeholder:"RULES"`
	PinTag        *string `help:"Pin the newest five posts with this tag." placeholder:"TAG"`
	Pictures      *string `help:"Of articles: card (Mastodon makes a preview card of the page), or attach (GoToSocial shows them, Mastodon shows them and no card)." placeholder:"HOW"`
	Mentions      *string `help:"Of people whom a post names: tag, notify (it is sent to them too), or none." placeholder:"HOW"`
	Quotes        *string `help:"Who may quote the posts: everybody, followers or nobody." placeholder:"WHO"`
	Unlisted      *string `name:"unlisted-replies" help:"show or hide replies that are unlisted (\"quiet\")." placeholder:"WHAT"`
}

// changes are the flags that were given, by the names of the settings.
func (f blogFlags) changes() blogChanges {
	return given(map[string]*string{
		"object_type": f.ObjectType, "post_summary": f.PostSummary, "excerpt_length": f.ExcerptLength, "content": f.Content,
		"full_text": f.FullText, "hashtags": f.Hashtags, "visibility": f.Visibility, "language": f.Language,
		"publish_delay": f.PublishDelay, "max_age": f.MaxAge, "future_posts": f.FuturePosts,
		"include": f.Include, "exclude": f.Exclude, "pin_tag": f.PinTag,
		"pictures": f.Pictures, "mentions": f.Mentions, "quotes": f.Quotes, "unlisted_replies": f.Unlisted,
	})
}

func given(flags map[string]*string) blogChanges {
	c := blogChanges{}
	for name, value := range flags {
		if value != nil {
			c[name] = *value
		}
	}
	return c
}

// blogChanges are new values by name: a setting of feeds.SettingKeys, or a part of the profile.
type blogChanges map[string]string

var profileKeys = []string{"title", "summary", "icon", "site"}

// apply is what feeds.Edit wants.
func (c blogChanges) apply(b *feeds.Blog) error {
	for name, value := range c {
		switch name {
		case "title":
			b.Title = value
		case "summary":
			b.Summary = value
		case "icon":
			b.IconURL = value
		case "site":
			b.SiteURL = value
		case "feed":
			b.FeedURL = value
		default:
			if err := b.Settings.Set(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// differences says in a line each what an edit has changed.
func differences(was, is feeds.Blog) (lines []string) {
	before, after := blogLines(was), blogLines(is)
	for i, line := range after {
		if line != before[i] {
			lines = append(lines, fmt.Sprintf("%s: %s (was %s)", line.name, line.value, before[i].value))
		}
	}
	return lines
}

// usually is what a setting that is not set means.
var usually = map[string]string{
	"object_type": "auto", "post_summary": "teaser", "excerpt_length": "500", "content": "full", "full_text": "no", "hashtags": "categories",
	"visibility": "public", "language": "what post and feed say", "publish_delay": "feed.publish_delay", "max_age": "feed.max_age",
	"future_posts": "wait", "include": "everything", "exclude": "nothing", "pin_tag": "none", "pictures": "card", "mentions": "tag", "quotes": "everybody", "unlisted_replies": "show",
}

func blogLines(b feeds.Blog) []namedValue {
	lines := []namedValue{
		{"title", b.Title}, {"summary", strings.Join(strings.Fields(b.Summary), " ")}, {"icon", b.IconURL}, {"site", b.SiteURL}, {"feed", b.FeedURL},
	}
	for _, name := range feeds.SettingKeys() {
		value := b.Settings.Get(name)
		if value == "" {
			value = usually[name] + " (default)"
		}
		lines = append(lines, namedValue{name, value})
	}
	return lines
}
