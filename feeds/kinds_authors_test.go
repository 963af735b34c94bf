package feeds_test

import (
	"fmt"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

// newestOf is the first post of a feed whose one item has these fields.
func newestOf(t *testing.T, format, fields string) feeds.Post {
	t.Helper()
	const namespaces = `xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" ` +
		`xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"`
	doc := map[string]string{
		"rss": `<rss version="2.0" ` + namespaces + `><channel><title>Mill</title><link>https://mill.example/</link>` +
			`<item><guid>1</guid><title>Tea</title>%s</item></channel></rss>`,
		"atom": `<feed xmlns="http://www.w3.org/2005/Atom" ` + namespaces + `><title>Mill</title><id>m</id>` +
			`<author><name>The mill</name></author><entry><id>1</id><title>Tea</title>%s</entry></feed>`,
		"json": `{"version":"https://jsonfeed.org/version/1.1","title":"Mill","items":[{"id":"1","title":"Tea",%s}]}`,
	}[format]
	f, err := parser.Parse(fmt.Appendf(nil, doc, fields), "", "https://mill.example/feed")
	if err != nil {
		t.Fatalf("%s: %v", fields, err)
	}
	posts := feeds.PostsOf(f, feeds.Blog{}, found)
	if len(posts) != 1 {
		t.Fatalf("%s: %d posts", fields, len(posts))
	}
	return posts[0]
}

func TestKindsOfAuthors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, fields, want string }{
		{"rss", `<author>ann@mill.example (Ann Poe)</author>`, "Ann Poe"},
		{"rss", `<author>Ann Poe &lt;ann@mill.example&gt;</author>`, "Ann Poe"},
		{"rss", `<author>"Poe, Ann" &lt;ann@mill.example&gt;</author>`, "Poe, Ann"},
		{"rss", `<author>ann@mill.example (Ann (Annie) Poe)</author>`, "Ann (Annie) Poe"},
		{"rss", `<author>Ann Poe (guest)</author>`, "Ann Poe (guest)"},
		{"rss", `<author>Ann (Annie) Poe (ann@mill.example)</author>`, "Ann (Annie) Poe"},
		{"rss", `<author>mailto:ann@mill.example</author><dc:creator>Ann Poe</dc:creator>`, "Ann Poe"},
		{"rss", `<author>ann@mill.example</author><itunes:author>The Mill Radio</itunes:author>`, "The Mill Radio"},
		{"rss", `<author>ann@mill.example</author>`, ""},
		{"rss", `<author>noreply@blogger.com (Unknown)</author>`, ""},
		{"rss", `<author>a@mill.example (Ann Poe), c@mill.example (Cid Bell)</author>`, "Ann Poe, Cid Bell"},
		{"rss", `<dc:creator>Ann Poe</dc:creator><dc:creator>Cid Bell</dc:creator><dc:creator>ANN POE</dc:creator>`, "Ann Poe, Cid Bell"},
		{"rss", `<dc:creator><![CDATA[<a href="https://mill.example/ann" rel="author">Ann Poe</a>]]></dc:creator>`, "Ann Poe"},
		{"rss", `<dc:creator><![CDATA[Ann &#038; Cid<br />]]></dc:creator>`, "Ann & Cid"},
		{"rss", `<dc:creator>https://mill.example/people/7</dc:creator>`, ""},
		{"rss", `<dc:creator>Ann Poe, Cid Bell und Dr. E. Fox (Hg.)</dc:creator>`, "Ann Poe, Cid Bell und Dr. E. Fox (Hg.)"},
		{"rss", `<dc:creator>@annpoe</dc:creator>`, "@annpoe"},
		{"atom", `<author><name>Ann Poe &lt;ann@mill.example&gt;</name></author>`, "Ann Poe"},
		{"atom", `<author><name>ann@mill.example</name></author><dc:creator>Ann Poe</dc:creator>`, "Ann Poe"},
		{"atom", `<author><email>ann@mill.example</email></author>`, "The mill"},
		{"atom", `<author><name>Ann Poe</name></author><author><name>Cid Bell (photos)</name></author>`, "Ann Poe, Cid Bell (photos)"},
		{"json", `"authors":[{"name":"Ann Poe <ann@mill.example>"},{"name":"Cid Bell"}]`, "Ann Poe, Cid Bell"},
		{"json", `"author":"Ann Poe"`, "Ann Poe"},
		{"json", `"authors":["Ann Poe",{"url":"https://mill.example/c"}]`, "Ann Poe"},
	} {
		if got := newestOf(t, c.format, c.fields).Author; got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.fields, got, c.want)
		}
	}
}
