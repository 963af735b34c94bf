package feeds_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// each of these characters once cost the whole feed, or went on to readers whose parsers give up at it.
func TestKindsOfBadCharactersCostNoFeed(t *testing.T) {
	t.Parallel()
	const title, text = "Tea cups", "One two"
	for name, body := range map[string]string{
		"referred to":              `<title>Tea&#x1F; cups&#0;</title><description>One&#xFFFE; two</description>`,
		"referred to in HTML":      `<title>Tea&amp;#x1F; cups</title><description>One&amp;#11; two&amp;#xFFFF;</description>`,
		"referred to in CDATA":     `<title><![CDATA[Tea&#8; cups]]></title><description><![CDATA[<p>One&#xB; two</p>]]></description>`,
		"in an attribute":          `<title>Tea cups</title><category domain="a&#x1;b">c</category><description>One two</description>`,
		"in an author's name":      `<title>Tea cups</title><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">A&#x2;nn</dc:creator><description>One two</description>`,
		"raw noncharacter":         "<title>Tea\uFFFF cups</title><description>One\uFFFE two</description>",
		"half of a character":      `<title>Tea&#xD83D; cups</title><description>One two&#xDE00;</description>`,
		"CDATA in CDATA":           `<title>Tea cups</title><description><![CDATA[One two]]></description><x:y><![CDATA[a <![CDATA[b]]> c]]></x:y>`,
		"a comment with dashes":    `<title>Tea cups</title><!-- cached -- by a plugin --><description>One two</description>`,
		"less than, left as it is": `<title>Tea cups</title><description>One two</description><x:y>3 < 5 and I <3 it, a <= b</x:y>`,
		"an ampersand":             `<title>Tea cups</title><description>One two</description><x:y>Salt & pepper &c; &nope;</x:y>`,
	} {
		t.Run(name, func(t *testing.T) {
			p := only(t, `<rss version="2.0" xmlns:x="u"><channel><title>T</title><item><guid>1</guid>`+body+`</item></channel></rss>`)
			if p.Title != title || p.Teaser != text || strings.ContainsAny(p.Content.String()+p.Author, "\x00\x01\x02\x08\x0b\x1f\uFFFD\uFFFE\uFFFF") {
				t.Errorf("%q, %q, %q, %q", p.Title, p.Teaser, p.Content, p.Author)
			}
		})
	}
}

func TestKindsOfWindowsCharacters(t *testing.T) {
	t.Parallel()
	item := `<item><guid>1</guid><title>It%ss</title><description>It%ss</description><dc:creator>O%sNeil</dc:creator>` +
		`<media:group><media:content url="https://tea.example/a.mp3" type="audio/mpeg"><media:title>It%ss</media:title></media:content></media:group></item>`
	for _, apostrophe := range []string{"&#146;", "&#x92;", "&#X0092;", "\u0092", "&amp;#146;"} {
		p := only(t, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title>`+
			strings.ReplaceAll(item, "%s", apostrophe)+`</channel></rss>`)
		for what, got := range map[string]string{"title": p.Title, "text": p.Teaser, "author": p.Author, "medium": p.Attachments[0].Title} {
			if got != "It’s" && got != "O’Neil" {
				t.Errorf("%s with %q: %q", what, apostrophe, got)
			}
		}
	}
	p := only(t, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"It\u0092s\u0000 &#146;","content_html":"<p>It\u0092s &#146;\u0001</p>"}]}`)
	if p.Title != "It’s ’" || p.Content.String() != "<p>It’s ’</p>" {
		t.Errorf("%q, %q", p.Title, p.Content)
	}
}

// One post whose last character was cut in two must change none of the others, whatever the feed is labelled as.
func TestKindsOfBadBytesChangeNoOtherPost(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"", "text/xml; charset=iso-8859-1", "text/xml; charset=utf-8", "application/rss+xml; charset=windows-1252"} {
		good := rss(post(2).with(func(e *entry) { e.title = "Kännchen für Tee" }), post(1))
		bad := strings.Replace(good, "Cup 1", "Cup 1 \xf0\x9f\x8d", 1)
		was, err := parser.Parse([]byte(good), label, feedURL)
		is, errBad := parser.Parse([]byte(bad), label, feedURL)
		if err != nil || errBad != nil {
			t.Fatal(err, errBad)
		}
		before, after := feeds.PostsOf(was, tea, start), feeds.PostsOf(is, tea, start)
		if before[0].ContentHash != after[0].ContentHash || after[1].Title != "Cup 1 \uFFFD" {
			t.Errorf("%q: %q, %q", label, after[0].Title, after[1].Title)
		}
	}
}
