package feeds_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

func TestEnclosuresAreAttached(t *testing.T) {
	const mrss = `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><link>https://tea.example/</link>
		<item><title>Tea</title>%s</item></channel></rss>`
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Tea</title>%s</entry></feed>`
	const jsonFeed = `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","attachments":%s}]}`
	mp3 := parser.Attachment{URL: "https://tea.example/a.mp3", Type: "audio/mpeg"}
	named := mp3
	named.Title = "Pouring & talking"
	for name, c := range map[string]struct {
		format, in string
		want       []parser.Attachment
	}{
		"RSS":           {mrss, `<enclosure url="https://tea.example/a.mp3" type="audio/mpeg" length="1"/>`, []parser.Attachment{mp3}},
		"relative":      {mrss, `<enclosure url="/a.mp3" type="audio/mpeg"/>`, []parser.Attachment{mp3}},
		"type by name":  {mrss, `<enclosure url="/a.mp3"/>`, []parser.Attachment{mp3}},
		"type of files": {mrss, `<enclosure url="/a.mp3" type="application/octet-stream"/>`, []parser.Attachment{mp3}},
		"type in short": {mrss, `<enclosure url="/a.mp3" type="mp3"/>`, []parser.Attachment{mp3}},
		"parameters":    {mrss, `<enclosure url="/a.mp3" type="Audio/MPEG; x=y"/>`, []parser.Attachment{mp3}},
		"Media RSS": {mrss, `<media:group><media:content url="/a.mp3" medium="audio"><media:title>Pouring &amp;amp; talking</media:title>
			</media:content></media:group>`, []parser.Attachment{named}},
		"Atom":      {atom, `<link rel="enclosure" href="https://tea.example/a.mp3" type="audio/mpeg"/>`, []parser.Attachment{mp3}},
		"JSON Feed": {jsonFeed, `[{"url":"/a.mp3","mime_type":"audio/mpeg","title":"Pouring & talking"},7,null]`, []parser.Attachment{named}},
		"once":      {mrss, `<enclosure url="/a.mp3" type="audio/mpeg"/><media:content url="/a.mp3"/>`, []parser.Attachment{mp3}},
		"a picture": {mrss, `<enclosure url="/a.jpg" type="image/jpeg"/><media:content url="/b.png" type="image/png"/>`,
			[]parser.Attachment{{URL: "https://tea.example/b.png", Type: "image/png"}}},
		"a document": {mrss, `<enclosure url="/a.pdf" type="application/pdf"/><enclosure url="/a.zip" type="application/zip"/>`, nil},
		"no address": {mrss, `<enclosure url="javascript:alert(1)" type="audio/mpeg"/><enclosure type="audio/mpeg"/>`, nil},
	} {
		f, err := parser.Parse(fmt.Appendf(nil, c.format, c.in), "", feedURL)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := feeds.PostsOf(f, feeds.Blog{}, start)[0].Attachments; !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestFourLongAttachmentsAreStored(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		var many strings.Builder
		for i := range 9 {
			fmt.Fprintf(&many, `{"url":"https://tea.example/%d.mp3?%s","title":%q},`, i, strings.Repeat("&", 1400), strings.Repeat("<", 2000))
		}
		w := newWorld(t, db)
		w.web.set(feedURL, page{body: `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"Tea","attachments":[` +
			many.String() + `{}]}]}`})
		w.mustPoll()
		p := w.post("Tea")
		if len(p.Attachments) != 4 || len(p.Attachments[3].Title) != 1500 {
			t.Errorf("%d attachments: %+v", len(p.Attachments), p.Attachments)
		}
	})
}
