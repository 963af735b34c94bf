package settings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	minExcerpt  = 50
	maxHashtags = 20
	maxSpan     = 36500 * 24 * time.Hour // a duration has room for it
)

// key is a field of Settings by its name. set takes "" for the default.
type key struct {
	Info
	hidden bool
	get    func(*Settings) string
	set    func(*Settings, string) error
}

// Info is what people are told of a setting.
type Info struct {
	Name        string // as bloghorn.toml has it
	Usual       string // what it means where it is not set
	Placeholder string // of its value
	Help        string // a sentence
}

// keys declare the settings of a blog: command line, bloghorn.toml and what is shown of a blog come
// from here. The hidden ones are kept beside the others and not set by people.
var keys = []key{
	choice(Info{"object_type", "auto", "KIND", "auto (an article where the post has a title, else a note), article or note."},
		func(s *Settings) *string { return &s.ObjectType }, TypeArticle, TypeNote),
	choice(Info{"post_summary", "teaser", "WHAT", "teaser, or none: then Mastodon shows title and link alone."},
		func(s *Settings) *string { return &s.PostSummary }, SummaryNone),
	{Info: Info{"excerpt_length", "500", "N", "Characters of the teaser, 50 to 500."}, get: excerptLength, set: setExcerptLength},
	choice(Info{"content", "full", "WHAT", "full, or excerpt with a link to the rest."},
		func(s *Settings) *string { return &s.Content }, ContentExcerpt),
	{Info: Info{"full_text", "no", "YES|NO", "yes: read the text from the post's page where the feed has an excerpt only."},
		get: fullText, set: setFullText},
	text(Info{"hashtags", "categories", "WHAT", "categories (of each post), none, or a fixed list: \"tea, green tea\"."},
		func(s *Settings) *string { return &s.Hashtags }, hashtagList),
	choice(Info{"visibility", "public", "WHAT", "public, or unlisted: for everybody, but in no public timeline and search."},
		func(s *Settings) *string { return &s.Visibility }, VisibilityUnlisted),
	text(Info{"language", "what post and feed say", "TAG", "Language of all posts, whatever the feed says: en, de-AT."},
		func(s *Settings) *string { return &s.Language }, oneLanguage),
	span(Info{"publish_delay", "feed.publish_delay", "TIME", "How long a new post waits, in place of feed.publish_delay."},
		MostDelay, func(s *Settings) *Span { return &s.PublishDelay }),
	span(Info{"max_age", "feed.max_age", "TIME", "How old a new post may be to be announced, in place of feed.max_age."},
		maxSpan, func(s *Settings) *Span { return &s.MaxAge }),
	choice(Info{"future_posts", "wait", "WHAT", "What is dated more than a day ahead: wait (for its date), hold (for you) or announce (at once)."},
		func(s *Settings) *string { return &s.Future }, FutureHold, FutureAnnounce),
	text(Info{"include", "everything", "RULES", "Only items that match one of these rules: tag:tea author:\"Ada L.\" path:/en/ word:recipe lang:en"},
		func(s *Settings) *string { return &s.Include }, usualRules),
	text(Info{"exclude", "nothing", "RULES", "No items that match one of these rules."},
		func(s *Settings) *string { return &s.Exclude }, usualRules),
	text(Info{"pin_tag", "none", "TAG", "Pin the newest five posts with this tag."},
		func(s *Settings) *string { return &s.PinTag }, oneTag),
	choice(Info{"pictures", "card", "HOW",
		"Of articles: card (Mastodon makes a preview card of the page), or attach (GoToSocial shows them, Mastodon shows them and no card)."},
		func(s *Settings) *string { return &s.Pictures }, PicturesAttach),
	choice(Info{"mentions", "tag", "HOW", "Of people whom a post names: tag, notify (it is sent to them too), or none."},
		func(s *Settings) *string { return &s.Mentions }, MentionsNotify, MentionsNone),
	choice(Info{"quotes", "everybody", "WHO", "Who may quote the posts: everybody, followers or nobody."},
		func(s *Settings) *string { return &s.Quotes }, QuotesFollowers, QuotesNobody),
	choice(Info{"unlisted_replies", "show", "WHAT", "show or hide replies that are unlisted (\"quiet\")."},
		func(s *Settings) *string { return &s.Unlisted }, UnlistedHide),
	hidden(text(Info{Name: "were_include"}, func(s *Settings) *string { return &s.wereInclude }, usualRules)),
	hidden(text(Info{Name: "were_exclude"}, func(s *Settings) *string { return &s.wereExclude }, usualRules)),
}

func keyNamed(name string) (key, bool) {
	i := slices.IndexFunc(keys, func(k key) bool { return k.Name == name })
	if i < 0 {
		return key{}, false
	}
	return keys[i], true
}

func hidden(k key) key {
	k.hidden = true
	return k
}

// choice is one word of a few: the usual one or one of the others.
func choice(info Info, field func(*Settings) *string, others ...string) key {
	return text(info, field, func(value string) (string, error) {
		switch value = strings.ToLower(value); {
		case value == info.Usual:
			return "", nil
		case slices.Contains(others, value):
			return value, nil
		}
		return "", fmt.Errorf("%w: %q is not one of %s", web.ErrInvalid, value, strings.Join(append([]string{info.Usual}, others...), ", "))
	})
}

// text is a setting that read puts into its usual form.
func text(info Info, field func(*Settings) *string, read func(string) (string, error)) key {
	return key{
		Info: info,
		get:  func(s *Settings) string { return *field(s) },
		set: func(s *Settings, value string) (err error) {
			if value != "" {
				value, err = read(value)
			}
			if err == nil {
				*field(s) = value
			}
			return err
		},
	}
}

func span(info Info, most time.Duration, field func(*Settings) *Span) key {
	return key{
		Info: info,
		get: func(s *Settings) string {
			if !field(s).set {
				return ""
			}
			return field(s).length.String()
		},
		set: func(s *Settings, value string) error {
			length, err := readSpan(value)
			if err == nil && length.length > most {
				err = fmt.Errorf("%w: %q is too long; %s takes at most %dd", web.ErrInvalid, value, info.Name, most/(24*time.Hour))
			}
			if err == nil {
				*field(s) = length
			}
			return err
		},
	}
}

// readSpan reads 90s, 2m, 1h30m or 7d.
func readSpan(value string) (Span, error) {
	if value == "" {
		return Span{}, nil
	}
	length, err := time.ParseDuration(value)
	if days, isDays := strings.CutSuffix(value, "d"); isDays {
		var n int
		if n, err = strconv.Atoi(days); errors.Is(err, strconv.ErrRange) {
			err = nil // and n is the largest there is
		}
		length = time.Duration(min(max(n, -1), 1+int(maxSpan/(24*time.Hour)))) * 24 * time.Hour
	}
	if err == nil && length > maxSpan {
		return Span{}, fmt.Errorf("%w: %q is too long; write at most %dd", web.ErrInvalid, value, maxSpan/(24*time.Hour))
	}
	if err != nil || length < 0 {
		return Span{}, fmt.Errorf("%w: %q is not a length of time; write 90s, 2m, 1h30m or 7d", web.ErrInvalid, value)
	}
	return SpanOf(length), nil
}

func excerptLength(s *Settings) string {
	if s.ExcerptLength == 0 {
		return ""
	}
	return strconv.Itoa(s.ExcerptLength)
}

func setExcerptLength(s *Settings, value string) error {
	if value == "" {
		s.ExcerptLength = 0
		return nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < minExcerpt || n > parser.MaxTeaser {
		return fmt.Errorf("%w: %q is not a number of characters from %d to %d; for no teaser at all set post_summary to none", web.ErrInvalid,
			value, minExcerpt, parser.MaxTeaser)
	}
	s.ExcerptLength = n
	return nil
}

func fullText(s *Settings) string {
	if s.FullText {
		return "yes"
	}
	return ""
}

func setFullText(s *Settings, value string) error {
	switch strings.ToLower(value) {
	case "yes", "true", "on":
		s.FullText = true
	case "", "no", "false", "off":
		s.FullText = false
	default:
		return fmt.Errorf("%w: %q is neither yes nor no", web.ErrInvalid, value)
	}
	return nil
}

// hashtagList is a fixed list as the publisher splits it. "categories" is the default.
func hashtagList(value string) (string, error) {
	if value == "categories" {
		return "", nil
	}
	list := parser.Tags(strings.Split(value, ","), func(s string) string { return s })
	if len(list) == 0 || len(list) > maxHashtags {
		return "", fmt.Errorf("%w: write categories, none, or at most %d hashtags with commas between them: tea, green tea",
			web.ErrInvalid, maxHashtags)
	}
	return strings.Join(list, ", "), nil
}

func oneLanguage(value string) (string, error) {
	if tag := parser.Language(value); tag != "" {
		return tag, nil
	}
	return "", fmt.Errorf("%w: %q is not a language; write en, de-AT or zh-Hant", web.ErrInvalid, value)
}

func oneTag(value string) (string, error) {
	if list := parser.Tags([]string{value}, func(s string) string { return s }); len(list) == 1 {
		return list[0], nil
	}
	return "", fmt.Errorf("%w: %q is not a tag", web.ErrInvalid, value)
}

func usualRules(value string) (string, error) {
	all, err := parseRules(value)
	return all.String(), err
}
