package preview

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What is said to be shown is what each server shows: pictures in a text nowhere but on Lemmy,
// those that are attached everywhere, and a card on Mastodon where nothing is attached.
func TestKindsOfMediaAsServersShowThem(t *testing.T) {
	t.Parallel()
	heron := parser.Attachment{URL: "https://blog.example/heron.jpg", Type: "image/jpeg", Title: "A heron"}
	pod := parser.Attachment{URL: "https://blog.example/pod.mp3", Type: "audio/mpeg", Title: "Episode 4"}
	for name, c := range map[string]struct {
		title      string
		set        [2]string
		media      []parser.Attachment
		mastodon   string // card or media
		goToSocial string
		lost       bool // its pictures are, on GoToSocial
		pixelfed   string
	}{
		"an article with a picture":    {"Herons", [2]string{}, []parser.Attachment{heron}, "card", "", true, "Pixelfed takes no articles, nor does Iceshrimp.NET"},
		"an article that attaches it":  {"Herons", [2]string{"pictures", "attach"}, []parser.Attachment{heron}, "picture A heron", "picture A heron", false, "Pixelfed takes no articles, nor does Iceshrimp.NET"},
		"a photo without a title":      {"", [2]string{}, []parser.Attachment{heron}, "picture A heron", "picture A heron", false, ""},
		"a titled photo as a note":     {"Herons", [2]string{"object_type", "note"}, []parser.Attachment{heron}, "picture A heron", "picture A heron", false, ""},
		"a podcast":                    {"Four", [2]string{}, []parser.Attachment{pod}, "sound Episode 4", "sound Episode 4", true, "Pixelfed takes no articles, nor does Iceshrimp.NET"},
		"a sound without a title":      {"", [2]string{}, []parser.Attachment{pod, heron}, "sound Episode 4, picture A heron", "sound Episode 4, picture A heron", false, "Pixelfed takes pictures that"},
		"a photo of a type by no name": {"", [2]string{}, []parser.Attachment{{URL: "https://blog.example/7", Type: "image"}}, "picture ", "picture ", false, "Pixelfed takes pictures that"},
		"a photo on another host":      {"", [2]string{}, []parser.Attachment{heron}, "picture A heron", "picture A heron", false, "Pixelfed takes no posts whose page is on another host than their id, which is on fedi.blog.example"},
	} {
		b := feeds.Blog{Username: "tea", BaseURL: "https://blog.example/fedi", SiteURL: "https://blog.example/"}
		if strings.Contains(c.pixelfed, "another host") {
			b.BaseURL = "https://fedi.blog.example"
		}
		if c.set[0] != "" {
			if err := b.Settings.Set(c.set[0], c.set[1]); err != nil {
				t.Fatal(err)
			}
		}
		p := feeds.Post{
			ID: strings.Repeat("a", 26), URL: "https://blog.example/herons", Title: c.title, Teaser: "At the canal.", Attachments: c.media,
			Content:  safehtml.Article(`<p>At the canal.</p><figure><img src="https://blog.example/heron.jpg" alt="A heron"><figcaption>Noon</figcaption></figure>`, nil),
			ImageURL: heron.URL, ImageAlt: heron.Title,
		}
		e := entryOf(b, p, article.Build(b, p, article.Facts{}), nil)
		mastodon := mediaText(e.Mastodon.Media)
		if e.Mastodon.Card.URL != "" {
			mastodon = strings.TrimPrefix(mastodon+" card", " ")
		}
		if mastodon != c.mastodon {
			t.Errorf("%s: Mastodon shows %q", name, mastodon)
		}
		if got := mediaText(e.GoToSocial.Media); got != c.goToSocial || e.GoToSocial.PicturesLost != c.lost || hasPicture(e.GoToSocial.Body) {
			t.Errorf("%s: GoToSocial shows %q, lost %v, in the text %v", name, got, e.GoToSocial.PicturesLost, e.GoToSocial.Body)
		}
		if c.title != "" && firstLine(e.GoToSocial.Body) != c.title {
			t.Errorf("%s: nobody sees the title on GoToSocial: %v", name, e.GoToSocial.Body)
		}
		if !e.Lemmy.FromText && firstLine(e.Lemmy.Body) == c.title || !hasPicture(e.Lemmy.Body) {
			t.Errorf("%s: on Lemmy %v", name, e.Lemmy.Body)
		}
		if !strings.HasPrefix(e.Pixelfed, c.pixelfed) || (e.Pixelfed == "") != (c.pixelfed == "") {
			t.Errorf("%s: Pixelfed %q", name, e.Pixelfed)
		}
	}
}

func mediaText(all []Medium) string {
	var said []string
	for _, m := range all {
		said = append(said, m.Kind+" "+m.Alt)
	}
	return strings.Join(said, ", ")
}
