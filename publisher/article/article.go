package article

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	maxName = 150 // characters of a title; Lemmy cuts at 200, Mastodon shows it as a heading
	// maxContentMap is how many bytes of content are written a second time to say their language;
	// beyond, nameMap has to do.
	maxContentMap = 200_000
)

// Facts are what an Article says beside the post itself.
type Facts struct {
	UpdatedAt    time.Time // of the last edit; zero before the first one
	Likes        int
	Shares       int
	Community    remote.Actor   // that the post went into
	Named        []remote.Named // whom the post names
	FirstReplies []string       // ids of a few replies, so that a reader needs no second question for a short thread
}

// Build is the post as other servers get it: an Article, or a Note where the post has no title. It
// always fits into an activity of 1 MiB; the end of a longer post is replaced by a link to it.
//
// What each field is for at Mastodon, GoToSocial, Lemmy and the others decides its form;
// settings.go has what a blog may choose.
func Build(b feeds.Blog, p feeds.Post, f Facts) activitypub.Article {
	a := addressedTo(common(b, p, f), f.Community)
	if a.Type == "Note" {
		return fit(asNote(a))
	}
	a.Name = safehtml.Excerpt(p.Title, maxName)
	// Mastodon shows the summary as text of the post and takes the preview card from its first
	// link: so it must have none. GoToSocial and Misskey fold the post under it.
	a.Summary = summaryOf(b, p)
	if language := languageOf(b, p); language != "" && a.Name != "" {
		a.NameMap = map[string]string{language: a.Name}
	}
	a.Preview = &activitypub.Preview{
		Type: "Note", AttributedTo: a.AttributedTo, Published: a.Published,
		Content: strongParagraph(a.Name) + a.Summary,
	}
	return fit(a)
}

// common is what an Article and a Note share.
func common(b feeds.Blog, p feeds.Post, f Facts) activitypub.Article {
	id := ids.PostID(b, p.ID)
	page := PageOf(b, p)
	content := contentOf(b, p, f)
	to, cc := Audience(b)
	a := activitypub.Article{
		ID: id, Type: TypeOf(b, p), AttributedTo: b.ActorID(),
		Content: content, ContentMap: contentMap(languageOf(b, p), content),
		URL: page, Image: Image(p.ImageURL, p.ImageAlt),
		Attachment: attachments(b, p),
		Tag:        hashtags(categoriesOf(b, p), cmp.Or(b.SiteURL, b.ActorID())),
		Published:  activitypub.At(p.PublishedAt), Updated: updatedOf(p, f),
		To: to, Cc: cc,
		Thread: ids.PostContext(b, p.ID), Conversation: ids.PostContext(b, p.ID),
		Likes:  activitypub.Count(ids.PostLikes(b, p.ID), f.Likes),
		Shares: activitypub.Count(ids.PostShares(b, p.ID), f.Shares),

		InteractionPolicy: quotePolicyOf(b),
	}
	if b.Settings.Mentions != settings.MentionsNone {
		a.Tag = append(a.Tag, mentions(f.Named)...)
	}
	if b.Settings.Mentions == settings.MentionsNotify {
		for _, n := range f.Named {
			a.Cc = append(a.Cc, n.Actor.URI)
		}
	}
	replies := ids.PostReplies(b, p.ID)
	a.Replies = &activitypub.Collection{ID: replies, Type: "Collection", First: &activitypub.CollectionPage{
		Type: "CollectionPage", PartOf: replies, Items: append([]string{}, f.FirstReplies...), Next: replies + "?page=1",
	}}
	return a
}

// addressedTo is an Article that is addressed to a group as well; the zero value is none. Lemmy
// looks for the group in to and cc, and wants audience to be the same.
func addressedTo(a activitypub.Article, group remote.Actor) activitypub.Article {
	if group.URI == "" {
		return a
	}
	a.Audience, a.To = group.URI, append([]string{group.URI}, a.To...)
	name := "!" + strings.TrimPrefix(group.Handle, "@")
	a.Tag = append(slices.Clone(a.Tag), activitypub.Hashtag{Type: "Mention", Name: name, Href: group.URI})
	return a
}

// updatedOf is never before the publication: GoToSocial refuses the whole object otherwise.
func updatedOf(p feeds.Post, f Facts) activitypub.Timestamp {
	if f.UpdatedAt.IsZero() || f.UpdatedAt.After(p.PublishedAt) {
		return activitypub.At(f.UpdatedAt)
	}
	return activitypub.At(p.PublishedAt)
}

// PageOf is where people read the post; an item without a link has only its blog.
func PageOf(b feeds.Blog, p feeds.Post) string {
	return cmp.Or(p.URL, b.SiteURL, b.ActorID())
}

// contentMap tells the language. GoToSocial believes it only where the value is the content, byte
// for byte.
func contentMap(language, content string) map[string]string {
	if language == "" || len(content) > maxContentMap {
		return nil
	}
	return map[string]string{language: content}
}

func Paragraph(text string) string {
	if text == "" {
		return ""
	}
	return "<p>" + html.EscapeString(text) + "</p>"
}

// permalink is a paragraph with a link whose text is its address, which reads the same in every
// language.
func permalink(page string) string {
	address := html.EscapeString(page)
	return `<p><a href="` + address + `">` + address + `</a></p>`
}

// asNote makes what has no title of its own: Mastodon shows the content of a Note, a summary would
// be a content warning, and the link has to be in the text.
func asNote(a activitypub.Article) activitypub.Article {
	if link := permalink(a.URL); !strings.HasSuffix(a.Content, link) { // an excerpt has it already
		a.Content = strings.TrimSpace(a.Content) + link
	}
	for language := range a.ContentMap {
		a.ContentMap = contentMap(language, a.Content)
	}
	return a
}
