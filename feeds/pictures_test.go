package feeds_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// Photo blogs say what they say in pictures, each engine in another place of its feed.
func TestKindsOfPicturesOfPosts(t *testing.T) {
	t.Parallel()
	const (
		rss = `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">` +
			`<channel><link>https://photos.example/</link><item><link>https://photos.example/7</link>%s</item></channel></rss>`
		atom     = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://photos.example/7"/>%s</entry></feed>`
		jsonFeed = `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"https://photos.example/7",%s}]}`
	)
	pic := func(name, kind, words string) parser.Attachment {
		return parser.Attachment{URL: "https://photos.example/" + name, Type: kind, Title: words}
	}
	for name, c := range map[string]struct {
		format, in string
		want       []parser.Attachment
	}{
		"Mastodon": {rss, `<description>&lt;p&gt;Herons.&lt;/p&gt;</description>
			<media:content url="/1.jpg" type="image/jpeg" medium="image"><media:description type="plain">A heron &amp;amp; its catch</media:description></media:content>
			<media:content url="/2.png" type="image/png" medium="image"><media:description>Two herons</media:description></media:content>`,
			[]parser.Attachment{pic("1.jpg", "image/jpeg", "A heron & its catch"), pic("2.png", "image/png", "Two herons")}},
		"Micro.blog": {jsonFeed, `"content_html":"<p>Fog.</p><img src=\"uploads/1.jpg\" alt=\"Fog over the canal\"/><img src=\"uploads/2.jpg\"/>"`,
			[]parser.Attachment{pic("uploads/1.jpg", "image", "Fog over the canal"), pic("uploads/2.jpg", "image", "")}},
		"JSON Feed": {jsonFeed, `"content_text":"Fog.","attachments":[{"url":"/1.webp","mime_type":"image/webp","title":"Fog"},{"url":"/a.mp3","mime_type":"audio/mpeg"}]`,
			[]parser.Attachment{pic("a.mp3", "audio/mpeg", ""), pic("1.webp", "image/webp", "Fog")}},
		"Atom enclosures": {atom, `<content type="html">Ice.</content><link rel="enclosure" type="image/jpeg" href="https://photos.example/1.jpg"/>
			<link rel="enclosure" type="image/jpeg" href="https://photos.example/2.jpg"/>`,
			[]parser.Attachment{pic("1.jpg", "image/jpeg", ""), pic("2.jpg", "image/jpeg", "")}},
		"the same in text and feed": {rss, `<description>&lt;img src="/2026/ice-1024x683.jpg" alt="Ice on the lake"&gt;</description>
			<media:content url="https://photos.example/2026/ice.jpg?w=640" medium="image"/><enclosure url="/2026/ice-1024x683.jpg" type="image/jpeg" length="1"/>`,
			[]parser.Attachment{pic("2026/ice-1024x683.jpg", "image/jpeg", "Ice on the lake")}},
		"one name in two folders": {rss, `<description>&lt;img src="/a/photo.jpg" alt="One"&gt;&lt;img src="/b/photo.jpg" alt="Two"&gt;</description>`,
			[]parser.Attachment{pic("a/photo.jpg", "image", "One"), pic("b/photo.jpg", "image", "Two")}},
		"sizes in a group": {rss, `<description>Ice.</description><media:group><media:content url="/big.jpg" type="image/jpeg"/>
			<media:content url="/small.jpg" type="image/jpeg"/></media:group>`, []parser.Attachment{pic("big.jpg", "image/jpeg", "")}},
		"five": {rss, `<description>&lt;img src="/1.jpg"&gt;&lt;img src="/2.jpg"&gt;&lt;img src="/3.jpg"&gt;&lt;img src="/4.jpg"&gt;&lt;img src="/5.jpg"&gt;</description>`,
			[]parser.Attachment{pic("1.jpg", "image", ""), pic("2.jpg", "image", ""), pic("3.jpg", "image", ""), pic("4.jpg", "image", "")}},
		"lazy, twice and ornaments": {rss, `<description>&lt;img src="data:image/gif;base64,R0lG" data-src="/1.jpg" alt="One"&gt;&lt;noscript&gt;&lt;img src="/1.jpg"&gt;&lt;/noscript&gt;
			&lt;img class="wp-smiley" src="/smile.png"&gt;&lt;img src="/pixel.gif" width="1" height="1"&gt;&lt;img src="/logo.svg"&gt;
			&lt;img src="https://secure.gravatar.com/avatar/1.jpg"&gt;&lt;img src="/icon.png" width="24px"&gt;</description>`,
			[]parser.Attachment{pic("1.jpg", "image", "One")}},
		"a titled post has one in sizes": {rss, `<title>Ice</title><description>Ice.</description>
			<media:content url="/460/ice.jpg" width="460" type="image/jpeg"/><media:content url="/140/ice-s.jpg" width="140" type="image/jpeg"/>`,
			[]parser.Attachment{pic("460/ice.jpg", "image/jpeg", "")}},
		"none": {rss, `<description>Words.</description><enclosure url="/a.pdf" type="application/pdf"/>`, nil},
	} {
		f, err := parser.Parse(fmt.Appendf(nil, c.format, c.in), "", "https://photos.example/feed")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := feeds.PostsOf(f, feeds.Blog{}, start)[0].Attachments; !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Whatever a feed writes, the attachments fit their column; what does not fit is a picture.
func TestKindsOfHugeAttachmentsFitTheirColumn(t *testing.T) {
	t.Parallel()
	for letter, size := range map[string]int{"<": 6, "é": 2, "茶": 3, "\u2028": 6} {
		var in strings.Builder
		for i := range 4 {
			fmt.Fprintf(&in, `{"url":"https://photos.example/%d.mp3?%s","title":%q},{"url":"https://photos.example/%d.jpg?%s","mime_type":"image/jpeg","title":%q},`,
				i, strings.Repeat("&", 1400), strings.Repeat("<", 600), i, strings.Repeat("&", 1400), strings.Repeat(letter, 1600))
		}
		f, err := parser.Parse([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_text":"x","attachments":[`+in.String()+`{}]}]}`), "", feedURL)
		if err != nil {
			t.Fatal(err)
		}
		all := feeds.PostsOf(f, feeds.Blog{}, start)[0].Attachments
		text, err := json.Marshal(all)
		if err != nil || len(text) > 65535 || len(all) < 4 || slices.ContainsFunc(all[:4], parser.Attachment.IsPicture) {
			t.Errorf("%q of %d bytes: %d attachments in %d bytes, %v", letter, size, len(all), len(text), err)
		}
	}
}
