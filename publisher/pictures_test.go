package publisher_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/publisher/article"
)

// Mastodon, GoToSocial and Misskey show the pictures that are attached, Pixelfed nothing but Notes with pictures alone. Beside any medium
// Mastodon shows no preview card, which an Article is to have.
func TestKindsOfMediaThatAreAttached(t *testing.T) {
	t.Parallel()
	media := func(names ...string) (all []parser.Attachment) {
		for _, name := range names {
			kind := map[bool]string{true: "audio/mpeg", false: "image"}[strings.HasSuffix(name, ".mp3")]
			all = append(all, parser.Attachment{URL: "https://blog.example/" + name, Type: kind, Title: "The " + name})
		}
		return all
	}
	for name, c := range map[string]struct {
		title string
		set   []string
		media []parser.Attachment
		main  string // address of the post's main picture
		want  string
	}{
		"photos": {"", nil, media("a.jpg", "b.png"), "https://blog.example/a.jpg",
			"Image a.jpg image/jpeg (The a.jpg), Image b.png image/png (The b.png)"},
		"a photo of unknown type":        {"", nil, media("photo"), "https://blog.example/photo", "Image photo  (The photo)"},
		"a note without pictures":        {"", nil, nil, "", "Link tea text/html ()"},
		"a picture of the page alone":    {"", nil, nil, "https://blog.example/og.jpg", "Image og.jpg image/jpeg (A blue teapot)"},
		"sound":                          {"", nil, media("a.mp3"), "", "Link tea text/html (), Document a.mp3 audio/mpeg (The a.mp3)"},
		"sound before its cover":         {"", nil, media("a.mp3", "a.jpg"), "https://blog.example/a.jpg", "Document a.mp3 audio/mpeg (The a.mp3), Image a.jpg image/jpeg (The a.jpg)"},
		"four at most":                   {"", nil, media("a.mp3", "b.mp3", "c.mp3", "1.jpg", "2.jpg"), "", "Document a.mp3 audio/mpeg (The a.mp3), Document b.mp3 audio/mpeg (The b.mp3), Document c.mp3 audio/mpeg (The c.mp3), Image 1.jpg image/jpeg (The 1.jpg)"},
		"an article":                     {"On tea", nil, media("a.jpg", "b.jpg"), "https://blog.example/a.jpg", "Link tea text/html ()"},
		"an article with sound":          {"On tea", nil, media("a.mp3", "a.jpg"), "https://blog.example/a.jpg", "Link tea text/html (), Document a.mp3 audio/mpeg (The a.mp3)"},
		"an article that attaches":       {"On tea", []string{"pictures", "attach"}, media("a.jpg"), "https://blog.example/a.jpg", "Link tea text/html (), Image a.jpg image/jpeg (The a.jpg)"},
		"a titled note":                  {"On tea", []string{"object_type", "note"}, media("a.webp"), "https://blog.example/a.webp", "Image a.webp image/webp (The a.webp)"},
		"a drawing":                      {"", nil, media("logo.svg"), "", "Link tea text/html ()"},
		"no picture but by http":         {"", nil, []parser.Attachment{{URL: "http://blog.example/a.jpg", Type: "image/jpeg"}}, "", "Link tea text/html ()"},
		"what the feed says of its type": {"", nil, []parser.Attachment{{URL: "https://blog.example/a?id=1", Type: "image/gif"}}, "", "Image a?id=1 image/gif ()"},
	} {
		b, p := teaBlog, teaPost()
		p.Title, p.Attachments, p.ImageURL = c.title, c.media, c.main
		for i := 0; i < len(c.set); i += 2 {
			if err := b.Settings.Set(c.set[i], c.set[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		a := article.Build(b, p, article.Facts{})
		var got []string
		for _, m := range a.Attachment {
			got = append(got, fmt.Sprintf("%s %s %s (%s)", m.Type, strings.TrimPrefix(m.Href+m.URL, "https://blog.example/"), m.MediaType, m.Name))
		}
		if list := strings.Join(got, ", "); list != c.want {
			t.Errorf("%s:\n%s\n%s", name, list, c.want)
		}
		if (a.Image == nil) != (c.main == "") {
			t.Errorf("%s: image %+v", name, a.Image)
		}
	}
}
