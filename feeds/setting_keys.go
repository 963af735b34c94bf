package feeds

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

// settingKey is a field of Settings by its name. set takes "" for the default.
type settingKey struct {
	name   string
	hidden bool
	get    func(*Settings) string
	set    func(*Settings, string) error
}

var settingKeys = []settingKey{
	choice("object_type", func(s *Settings) *string { return &s.ObjectType }, "auto", TypeArticle, TypeNote),
	choice("post_summary", func(s *Settings) *string { return &s.PostSummary }, "teaser", SummaryNone),
	{name: "excerpt_length", get: excerptLength, set: setExcerptLength},
	choice("content", func(s *Settings) *string { return &s.Content }, "full", ContentExcerpt),
	{name: "full_text", get: fullText, set: setFullText},
	text("hashtags", func(s *Settings) *string { return &s.Hashtags }, hashtagList),
	choice("visibility", func(s *Settings) *string { return &s.Visibility }, "public", VisibilityUnlisted),
	text("language", func(s *Settings) *string { return &s.Language }, oneLanguage),
	span("publish_delay", MostDelay, func(s *Settings) *Span { return &s.PublishDelay }),
	span("max_age", maxSpan, func(s *Settings) *Span { return &s.MaxAge }),
	choice("future_posts", func(s *Settings) *string { return &s.Future }, "wait", FutureHold, FutureAnnounce),
	text("include", func(s *Settings) *string { return &s.Include }, usualRules),
	text("exclude", func(s *Settings) *string { return &s.Exclude }, usualRules),
	text("pin_tag", func(s *Settings) *string { return &s.PinTag }, oneTag),
	choice("pictures", func(s *Settings) *string { return &s.Pictures }, "card", PicturesAttach),
	choice("mentions", func(s *Settings) *string { return &s.Mentions }, "tag", MentionsNotify, MentionsNone),
	choice("quotes", func(s *Settings) *string { return &s.Quotes }, "everybody", QuotesFollowers, QuotesNobody),
	choice("unlisted_replies", func(s *Settings) *string { return &s.Unlisted }, "show", UnlistedHide),
	hidden(text("were_include", func(s *Settings) *string { return &s.wereInclude }, usualRules)),
	hidden(text("were_exclude", func(s *Settings) *string { return &s.wereExclude }, usualRules)),
}

func keyNamed(name string) (settingKey, bool) {
	i := slices.IndexFunc(settingKeys, func(k settingKey) bool { return k.name == name })
	if i < 0 {
		return settingKey{}, false
	}
	return settingKeys[i], true
}

func hidden(k settingKey) settingKey {
	k.hidden = true
	return k
}

// choice is one word of a few; the first is the default.
func choice(name string, field func(*Settings) *string, usual string, others ...string) settingKey {
	return text(name, field, func(value string) (string, error) {
		switch value = strings.ToLower(value); {
		case value == usual:
			return "", nil
		case slices.Contains(others, value):
			return value, nil
		}
		return "", fmt.Errorf("%w: %q is not one of %s", web.ErrInvalid, value, strings.Join(append([]string{usual}, others...), ", "))
	})
}

// text is a setting that read puts into its usual form.
func text(name string, field func(*Settings) *string, read func(string) (string, error)) settingKey {
	return settingKey{
		name: name,
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

func span(name string, most time.Duration, field func(*Settings) *Span) settingKey {
	return settingKey{
		name: name,
		get: func(s *Settings) string {
			if !field(s).set {
				return ""
			}
			return field(s).length.String()
		},
		set: func(s *Settings, value string) error {
			length, err := readSpan(value)
			if err == nil && length.length > most {
				err = fmt.Errorf("%w: %q is too long; %s takes at most %dd", web.ErrInvalid, value, name, most/(24*time.Hour))
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
