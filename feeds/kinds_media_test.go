package feeds_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestKindsOfTextsBesideMedia(t *testing.T) {
	t.Parallel()
	const film = `<media:group><media:title>Tea</media:title><media:thumbnail url="https://i.tube.example/1.jpg"/>` +
		`<media:content url="https://tube.example/v/1" type="application/x-shockwave-flash"/>%</media:group>`
	group := func(description string) string { return strings.Replace(film, "%", description, 1) }
	for _, c := range []struct{ format, fields, content, teaser string }{
		{
			"atom", group("<media:description>How to pour &amp;lt; 3 cups.\n\nMore: https://mill.example/</media:description>"),
			"<p>How to pour &amp;lt; 3 cups.</p><p>More: https://mill.example/</p>", "How to pour &lt; 3 cups. More: https://mill.example/",
		},
		{"rss", group(`<media:description type="html">How &lt;b&gt;to&lt;/b&gt; pour</media:description>`), "How <b>to</b> pour", "How to pour"},
		{"rss", `<media:description type="plain">A &lt; B &amp; C</media:description>`, "<p>A &lt; B &amp; C</p>", "A < B & C"},
		{"rss", `<itunes:summary>Of rain.</itunes:summary>`, "<p>Of rain.</p>", "Of rain."},
		{"rss", `<description>The text.</description>` + group(`<media:description>Not it.</media:description>`), "<p>The text.</p>", "The text."},
		{"rss", group(``), "", ""},
	} {
		p := newestOf(t, c.format, c.fields)
		if p.Content.String() != c.content || p.Teaser != c.teaser {
			t.Errorf("%s\n got %s and %q\nwant %s and %q", c.fields, p.Content, p.Teaser, c.content, c.teaser)
		}
	}
}

func TestKindsOfPictureDescriptions(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("A cup in the rain. ", 200)
	want := long[:1500]
	for _, c := range []struct{ format, fields, want string }{
		{"rss", `<description><![CDATA[<img src="/a.jpg" alt="` + long + `">]]></description>`, want},
		{"rss", `<media:content url="https://mill.example/a.jpg" medium="image"><media:description>A cup</media:description></media:content>`, "A cup"},
		{"rss", `<media:content url="https://mill.example/a.jpg" medium="image"><media:title>ann</media:title></media:content>`, ""},
		{"rss", `<media:content url="https://mill.example/a.jpg" type="image/jpeg"><media:description>` + long + `</media:description></media:content>`, want},
		{
			"rss", `<media:content url="https://mill.example/a.jpg" medium="image"><media:description>By the feed</media:description></media:content>` +
				`<description><![CDATA[<img src="https://mill.example/a.jpg" alt="By the author">]]></description>`, "By the author",
		},
	} {
		got := newestOf(t, c.format, c.fields).ImageAlt
		if strings.TrimSpace(got) != strings.TrimSpace(c.want) {
			t.Errorf("%.90s\n got %d characters, %.40q\nwant %d", c.fields, utf8.RuneCountInString(got), got, len(c.want))
		}
	}
	sound := newestOf(t, "rss", `<media:content url="https://mill.example/a.mp3" type="audio/mpeg"><media:title>T</media:title><media:description>`+
		long+`</media:description></media:content>`)
	if n := utf8.RuneCountInString(sound.Attachments[0].Title); n < 1490 || n > 1500 {
		t.Errorf("a sound is described in %d characters", n)
	}
}

func TestKindsOfTagsInJSONFeed(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string][]string{
		`"tags":"tea"`:                       {"tea"},
		`"tags":"green tea, Milch ,#oolong"`: {"green tea", "Milch", "oolong"},
		`"tags":["tea","tea, iced"]`:         {"tea", "tea, iced"},
		`"tags":""`:                          {},
		`"tags":{"tea":1}`:                   {},
		`"tags":7`:                           {},
	} {
		if got := newestOf(t, "json", fields).Tags; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", fields, got, want)
		}
	}
}

// What is packed in a way that nobody asked for was reached all the same.
func TestKindsOfEncodingsThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{"br", "zstd", "deflate", "gzip, br"} {
		w := newWorld(t, databasetest.Open(t), post(1))
		w.web.set(feedURL, page{body: "x", header: map[string]string{"Content-Encoding": encoding}})
		err := w.poll()
		if err == nil || !strings.Contains(err.Error(), "E110") || !strings.Contains(err.Error(), `"`+encoding+`"`) || strings.Contains(err.Error(), "could not be reached") {
			t.Errorf("%s: %v", encoding, err)
		}
	}
}
