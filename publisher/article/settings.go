package article

import (
	"cmp"
	"html"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// maxTeaser is in characters; a post on Mastodon is about that long.
const maxTeaser = 500

// What a blog sets holds for what is built from then on. It is no edit of its posts, so nobody gets
// an Update for it.

// TypeOf is Article or Note. A Note shows its text at Mastodon, an Article its title and teaser.
func TypeOf(b feeds.Blog, p feeds.Post) string {
	if b.Settings.ObjectType == settings.TypeNote || b.Settings.ObjectType == "" && p.Title == "" {
		return "Note"
	}
	return "Article"
}

// Audience is whom a blog's posts, and all activities about them, are addressed to. Unlisted is
// what Mastodon calls quiet: everybody may read it, and no public timeline, search or trend has it.
func Audience(b feeds.Blog) (to, cc []string) {
	if b.Settings.Visibility == settings.VisibilityUnlisted {
		return []string{ids.Followers(b)}, []string{activitypub.Public}
	}
	return []string{activitypub.Public}, []string{ids.Followers(b)}
}

func languageOf(b feeds.Blog, p feeds.Post) string {
	return cmp.Or(b.Settings.Language, p.Language, b.Language)
}

// categoriesOf are what becomes hashtags: the blog's fixed list, or the post's own categories.
func categoriesOf(b feeds.Blog, p feeds.Post) []string {
	switch fixed := b.Settings.Hashtags; fixed {
	case "":
		return p.Tags
	case settings.HashtagsNone:
		return nil
	default:
		return strings.Split(fixed, ",")
	}
}

// teaserOf is the author's own where there is one. Mastodon shows nothing of the content, so a post
// without a teaser would be a title and a link there.
func teaserOf(b feeds.Blog, p feeds.Post) string {
	text := p.Teaser
	if text == "" {
		text = safehtml.Gist(p.Content.String())
	}
	return safehtml.Excerpt(text, cmp.Or(b.Settings.ExcerptLength, maxTeaser))
}

// summaryOf is the teaser of an Article, which names the author of a blog that has several.
func summaryOf(b feeds.Blog, p feeds.Post) string {
	if b.Settings.PostSummary == settings.SummaryNone {
		return ""
	}
	teaser := teaserOf(b, p)
	switch name := byline(b, p); {
	case name != "" && teaser != "":
		return Paragraph(name + " · " + teaser)
	default:
		return Paragraph(name + teaser)
	}
}

// contentOf is the text, whole or as an excerpt that ends with a link to the rest.
func contentOf(b feeds.Blog, p feeds.Post, f Facts) string {
	content := p.Content.String()
	switch {
	case b.Settings.Content == settings.ContentExcerpt:
		content = Paragraph(teaserOf(b, p)) + permalink(PageOf(b, p))
	case p.Content.IsZero():
		content = Paragraph(p.Teaser)
	case TypeOf(b, p) == "Note": // Mastodon shows the text of a Note, and has neither sup nor sub
		content = safehtml.Level(p.Content).String()
	}
	return headOf(b, p, f, content) + content
}

// startsWith says whether sanitised content begins with this title as a heading, a paragraph or a
// line of its own.
func startsWith(content, title string) bool {
	content = strings.TrimSpace(content)
	ends := []string{"\n", "<p>", "<br"}
	for _, tag := range []string{"h2", "h3", "h4", "h5", "h6", "p"} {
		if rest, ok := strings.CutPrefix(content, "<"+tag+">"); ok {
			content, ends = rest, []string{"</" + tag + ">"}
			break
		}
	}
	for _, end := range ends {
		content, _, _ = strings.Cut(content, end)
	}
	return strings.EqualFold(safehtml.Text(content), title)
}

// headOf is what has to stand above the text because there is no other place that readers see: the
// title, and the author where no summary names one. Of an Article, GoToSocial and Misskey show the
// content, folded under the summary, and the name nowhere. Mastodon shows the name and nothing of
// the content. Those that show both, as Friendica, NodeBB and Ghost, have the title twice; a
// community, where each post is a title first, does not get it a second time.
func headOf(b feeds.Blog, p feeds.Post, f Facts, content string) string {
	note := TypeOf(b, p) == "Note"
	head := ""
	if (note || f.Community.URI == "") && !startsWith(content, p.Title) {
		head = strongParagraph(p.Title)
	}
	if note || b.Settings.PostSummary == settings.SummaryNone {
		head += Paragraph(byline(b, p))
	}
	return head
}

// byline says whose post it is, where the blog's feed has had several authors. attributedTo stays
// the blog: authors have no actors here, Mastodon would use the first of a list, and Misskey
// compares the field to the sender. So the name stands where readers look: Mastodon shows the
// summary of an Article and the content of a Note, GoToSocial folds the text under the summary. It
// is made when the Article is built and is no part of the content hash, so a second author makes no
// edits of old posts.
func byline(b feeds.Blog, p feeds.Post) string {
	if !b.ManyAuthors || p.Author == "" {
		return ""
	}
	language, _, _ := strings.Cut(languageOf(b, p), "-")
	if by := byWords[language]; by != "" {
		return by + " " + p.Author
	}
	return p.Author
}

// byWords is "by" in some languages; elsewhere the name stands alone.
var byWords = map[string]string{
	"ca": "Per", "cs": "Od", "da": "Af", "de": "Von", "en": "By", "es": "Por", "fr": "Par", "it": "Di", "nb": "Av", "nl": "Door",
	"nn": "Av", "no": "Av", "pl": "Od", "pt": "Por", "ro": "De", "sv": "Av",
}

func strongParagraph(text string) string {
	if text == "" {
		return ""
	}
	return "<p><strong>" + html.EscapeString(text) + "</strong></p>"
}

// quotePolicyOf says who may quote. Nobody is the blog itself, as Mastodon writes it: an empty list
// reads like a policy that is not there.
func quotePolicyOf(b feeds.Blog) *activitypub.InteractionPolicy {
	who := activitypub.Public
	switch b.Settings.Quotes {
	case settings.QuotesFollowers:
		who = ids.Followers(b)
	case settings.QuotesNobody:
		who = b.ActorID()
	}
	return &activitypub.InteractionPolicy{CanQuote: activitypub.Approval{AutomaticApproval: []string{who}}}
}
