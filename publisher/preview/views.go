package preview

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Mastodon is a post in a timeline there.
type Mastodon struct {
	Title    string   // in bold; "" where the post has none
	Text     []Block  // below it
	Link     Link     // below that; none where it is in the text
	Media    []Medium // below the text
	Card     Card     // below the text; none where there are media
	Hashtags []string // the row under the post, without those that are in the text
	Language string   // "" where Mastodon cannot tell
}

// Link is a link as it is shown.
type Link struct{ Text, URL string }

// Card is a preview card: what Mastodon will most likely find on the page. Title is "" where it is
// not a page that we know.
type Card struct {
	Host, URL, Title string
	Picture          Picture
}

// Picture is a picture that is not loaded. URL is "" where there is none.
type Picture struct{ URL, Alt string }

// Medium is something that is attached.
type Medium struct {
	Kind string // "picture", "sound" or "video"
	Picture
}

// GoToSocial is a post there.
type GoToSocial struct {
	Fold         string // the content warning it is folded under; "" where it is open
	UnderTitle   bool   // Fold is the title
	Body         []Block
	Media        []Medium
	PicturesLost bool // the post has pictures, and nobody sees them
	Language     string
}

// Lemmy is a post in a community there.
type Lemmy struct {
	Title     string
	FromText  bool // Title is the first line of the text
	Link      string
	Thumbnail Picture
	Body      []Block
}

const (
	maxLemmyTitle = 200 // characters
	maxShownLink  = 30  // characters of an address, without its scheme, that Mastodon shows
)

func onMastodon(p feeds.Post, a activitypub.Article) Mastodon {
	m := Mastodon{Language: firstKey(a.ContentMap)}
	m.Media = mediaOf(a)
	if a.Type == "Article" {
		m.Title, m.Text, m.Link = safehtml.Text(a.Name), blocksOf(a.Summary), Link{shortLink(a.URL), a.URL}
		m.Language = firstKey(a.NameMap)
		m.Card = Card{Host: hostOf(a.URL), URL: a.URL, Title: p.Title, Picture: pictureOf(a)}
	} else {
		m.Text = withoutPictures(blocksOf(a.Content))
		m.Card = cardOf(m.Text, a)
	}
	if len(m.Media) > 0 {
		m.Card = Card{}
	}
	text := strings.ToLower(m.Title + " " + textOf(m.Text))
	for _, tag := range a.Tag {
		if !strings.Contains(text, strings.ToLower(tag.Name)) {
			m.Hashtags = append(m.Hashtags, tag.Name)
		}
	}
	return m
}

// cardOf is the card of a Note: of its first link that is neither mention nor hashtag.
func cardOf(text []Block, a activitypub.Article) Card {
	target := firstLink(text)
	c := Card{Host: hostOf(target), URL: target}
	if target == a.URL {
		c.Picture = pictureOf(a)
	}
	return c
}

func onGoToSocial(a activitypub.Article) GoToSocial {
	whole := blocksOf(a.Content)
	g := GoToSocial{Body: withoutPictures(whole), Media: mediaOf(a), Language: firstKey(a.ContentMap)}
	summary := safehtml.Text(a.Summary)
	g.Fold, g.UnderTitle = cmp.Or(summary, a.Name), summary == ""
	isPicture := func(m Medium) bool { return m.Kind == "picture" }
	g.PicturesLost = (a.Image != nil || hasPicture(whole)) && !slices.ContainsFunc(g.Media, isPicture)
	return g
}

// mediaOf are what is attached; the page is not.
func mediaOf(a activitypub.Article) (media []Medium) {
	for _, m := range a.Attachment {
		kind := "sound"
		switch {
		case m.URL == "":
			continue
		case m.Type == "Image":
			kind = "picture"
		case strings.HasPrefix(m.MediaType, "video/"):
			kind = "video"
		}
		media = append(media, Medium{kind, Picture{URL: m.URL, Alt: m.Name}})
	}
	return media
}

// onPixelfed says why Pixelfed does not take the post; "" if it does. It takes Notes with pictures
// of the usual types alone, and shows their text as the caption.
func onPixelfed(a activitypub.Article) string {
	switch {
	case a.Type != "Note":
		return "Pixelfed takes no articles, nor does Iceshrimp.NET"
	case len(mediaOf(a)) == 0:
		return "it has no picture"
	case !activitypub.SameHost(a.ID, a.URL):
		return fmt.Sprintf("Pixelfed takes no posts whose page is on another host than their id, which is on %s", activitypub.Host(a.ID))
	}
	for _, m := range a.Attachment {
		if !slices.Contains(pixelfedTypes, m.MediaType) {
			return fmt.Sprintf("Pixelfed takes pictures that are called JPEG, PNG or GIF, and %s is not", m.URL)
		}
	}
	return ""
}

// pixelfedTypes are what every Pixelfed takes; its owner may allow more.
var pixelfedTypes = []string{"image/jpeg", "image/png", "image/gif"}

func onLemmy(a activitypub.Article) Lemmy {
	l := Lemmy{Title: a.Name, Thumbnail: pictureOf(a), Body: withoutTitle(blocksOf(a.Content), a.Name)}
	if l.Title == "" {
		l.Title, l.FromText = firstLine(l.Body), true
	}
	if utf8.RuneCountInString(l.Title) > maxLemmyTitle {
		l.Title = string([]rune(l.Title)[:maxLemmyTitle])
	}
	if len(a.Attachment) > 0 {
		l.Link = cmp.Or(a.Attachment[0].Href, a.Attachment[0].URL)
	}
	return l
}

func pictureOf(a activitypub.Article) Picture {
	if a.Image == nil {
		return Picture{}
	}
	return Picture{URL: a.Image.URL, Alt: a.Image.Name}
}

// shortLink is an address as Mastodon shows it: no scheme, no "www.", cut after 30 characters.
func shortLink(address string) string {
	_, shown, _ := strings.Cut(address, "://")
	runes := []rune(strings.TrimPrefix(shown, "www."))
	if len(runes) <= maxShownLink {
		return string(runes)
	}
	return string(runes[:maxShownLink]) + "…"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// firstKey is the language of a map that has one entry.
func firstKey(m map[string]string) string {
	for key := range m {
		return key
	}
	return ""
}
