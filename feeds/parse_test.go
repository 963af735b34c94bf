package feeds_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

const (
	open = `<rss version="2.0" xmlns:a="u"><channel><title>T</title><item><title>One</title><guid>1</guid>`
	end  = `</item></channel></rss>`
)

func TestWhatIsNoFeedIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"nothing":             {"", "the answer is empty"},
		"blanks":              {" \r\n\t", "the answer is empty"},
		"only a mark":         {"\xef\xbb\xbf", "the answer is empty"},
		"NUL bytes":           {"\x00\x00\x00\x00\x00\x00", "the answer is empty"},
		"web page":            {"<!doctype HTML><p>Hello", "a web page (HTML)"},
		"XHTML":               {`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`, "a web page (HTML)"},
		"commented page":      {"<!-- hi --><html><body></body></html>", "a web page (HTML)"},
		"OPML":                {`<opml version="2.0"><body/></opml>`, "its root element is <opml>"},
		"sitemap":             {`<?xml version="1.0"?><urlset/>`, "its root element is <urlset>"},
		"only a comment":      {"<!-- hi -->", "no XML element"},
		"words":               {"Fatal error: Uncaught Error", `neither XML nor JSON; it begins with "Fatal error`},
		"JSON":                {`{"posts":[]}`, "JSON, but no JSON Feed"},
		"JSON list":           {`[1,2]`, "JSON, but no JSON Feed"},
		"half a JSON":         {`{"version":"https://jsonfeed.org/version/1","items":[{`, "cut off"},
		"broken JSON":         {`{"version" "x"}`, "not valid JSON"},
		"deep JSON":           {strings.Repeat("[", 1_000_000), "not valid JSON"},
		"half a feed":         {open + "<link>", "cut off"},
		"no end of the root":  {open + "</item></channel>", "cut off"},
		"half a tag":          {open + "<link", "cut off"},
		"half a CDATA":        {open + "<description><![CDATA[x", "cut off"},
		"10 MB nested":        {open + strings.Repeat("<a:x>", 2_000_000), "nested more than 200 deep"},
		"nested, disguised":   {open + strings.Repeat(`<a:x t="/>">`, 800_000), "nested more than 200 deep"},
		"millions of nothing": {open + strings.Repeat("<a:x/>", 1_500_000) + end, "more than 60000 foreign elements"},
		"attribute unquoted":  {open + "<a:x " + strings.Repeat("x", 1<<20), "cut off"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parser.Parse([]byte(c.body), "", feedURL)
			if !errors.Is(err, parser.ErrNotFeed) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestWhatIsOddIsReadAllTheSame(t *testing.T) {
	for name, body := range map[string]string{
		"NUL bytes":           open + "<description>a\x00b\x1fc</description>" + end,
		"entity bomb":         `<!DOCTYPE rss [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;&a;">]>` + open + "<description>&b;&b;</description>" + end,
		"file entity":         `<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + open + "<description>&a;</description>" + end,
		"HTML's entities":     open + "<description>a&nbsp;b &mdash; c & d</description>" + end,
		"1 MB attribute":      open + `<enclosure type="` + strings.Repeat("x", 1<<20) + `" url="https://x.example/"/>` + end,
		"1 MB title":          strings.Replace(open, "One", "One"+strings.Repeat("<", 0)+strings.Repeat("€", 1<<20), 1) + end,
		"5 kB before it":      `<?xml version="1.1"?><!-- ` + strings.Repeat("licence ", 700) + "-->" + open + end,
		"line before it":      "\n\n  " + open + end,
		"PHP before it":       "Notice: x in y.php on line 3\n" + open + end,
		"plugin after it":     open + end + "<!-- cached --><script>x</script>",
		"invalid UTF-8":       `<?xml version="1.0" encoding="utf-8"?>` + open + "<description>caf\xe9</description>" + end,
		"unknown encoding":    `<?xml version="1.0" encoding="klingon"?>` + open + end,
		"long root tag":       strings.Replace(open, ` xmlns:a="u"`, ` xmlns:a="u" x="`+strings.Repeat("y", 8000)+`"`, 1) + end,
		"end tag forgotten":   open + "<category>x" + end,
		"nested HTML":         open + "<description><![CDATA[" + strings.Repeat("<b>", 100_000) + "]]></description>" + end,
		"number as id":        `{"version":"https://jsonfeed.org/version/1.1","items":[null,7,{"id":1,"title":"One","authors":[null]}]}`,
		"Atom without a mark": `<feed><title>T</title><entry><id>1</id><title>One</title></entry></feed>`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := parser.Parse([]byte(body), "", feedURL)
			if err != nil {
				t.Fatal(err)
			}
			posts := feeds.PostsOf(f, feeds.Blog{}, start)
			if len(posts) != 1 || !strings.HasPrefix(posts[0].Title, "One") || len([]rune(posts[0].Title)) > 500 {
				t.Errorf("%d posts", len(posts))
			}
			if content := posts[0].Content.String(); strings.Contains(content, "root:") || len(content) > 2<<20 {
				t.Errorf("content %.100q", content)
			}
		})
	}
}

func TestOfTooManyItemsTheNewestAreUsed(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>T</title>`)
	for i := range 50_000 { // the oldest of them first
		date := start.AddDate(0, 0, i-60_000).Format(http.TimeFormat)
		fmt.Fprintf(&b, "<item><title>%d</title><guid>%d</guid><pubDate>%s</pubDate></item>", i, i, date)
	}
	f, err := parser.Parse([]byte(b.String()+"</channel></rss>"), "", feedURL)
	if err != nil {
		t.Fatal(err)
	}
	posts := feeds.PostsOf(f, feeds.Blog{}, start)
	if len(posts) != 1000 || posts[0].Title != "9999" {
		t.Errorf("%d posts, the first is %s", len(posts), posts[0].Title)
	}
}

func TestEncodingsAreFoundByMarkHeaderAndDeclaration(t *testing.T) {
	const text = "Чай и мёд"
	doc := func(declared string) string {
		return `<?xml version="1.0"` + declared + `?>` + strings.Replace(open, "One", text, 1) + end
	}
	encode := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16 := func(e unicode.Endianness, mark unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(e, mark) }
	for name, c := range map[string]struct{ body, contentType string }{
		"UTF-8":                       {doc(""), ""},
		"UTF-8 with mark":             {"\xef\xbb\xbf" + doc(""), ""},
		"UTF-8 called latin":          {doc(` encoding="utf-8"`), "text/xml; charset=iso-8859-1"},
		"UTF-8 in the header only":    {doc(""), "application/rss+xml; charset=UTF-8"},
		"declared":                    {encode(charmap.Windows1251, doc(` encoding='windows-1251'`)), ""},
		"declared, server's default":  {encode(charmap.KOI8R, doc(` encoding="koi8-r"`)), "text/xml; charset=ISO-8859-1"},
		"declared, header says UTF-8": {encode(charmap.KOI8R, doc(` encoding="koi8-r"`)), "text/xml; charset=utf-8"},
		"header":                      {encode(charmap.Windows1251, doc("")), "text/xml; charset=windows-1251"},
		"header before declaration":   {encode(charmap.Windows1251, doc(` encoding="koi8-r"`)), "text/xml; charset=windows-1251"},
		"header in quotes":            {encode(charmap.Windows1251, doc("")), `text/xml; charset="cp1251"`},
		"UTF-16, mark":                {encode(utf16(unicode.BigEndian, unicode.UseBOM), doc(` encoding="utf-16"`)), ""},
		"UTF-16, no mark":             {encode(utf16(unicode.LittleEndian, unicode.IgnoreBOM), doc(` encoding="utf-16"`)), ""},
		"UTF-16, header lies":         {encode(utf16(unicode.LittleEndian, unicode.UseBOM), doc("")), "text/xml; charset=utf-8"},
		"ISO-2022-JP":                 {encode(japanese.ISO2022JP, doc(` encoding="iso-2022-jp"`)), ""},
	} {
		f, err := parser.Parse([]byte(c.body), c.contentType, feedURL)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := text
		if name == "ISO-2022-JP" {
			want = "Чай и мёд" // JIS X 0208 has Cyrillic letters
		}
		if title := feeds.PostsOf(f, feeds.Blog{}, start)[0].Title; title != want {
			t.Errorf("%s: %q", name, title)
		}
	}
}

// Engines disagree on how often a title is escaped; what a reader sees must be what the author typed.
func TestTitlesArePlainText(t *testing.T) {
	atom := `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title%s</title></entry></feed>`
	for in, want := range map[string]string{
		`<rss><channel><item><title>Tea &amp; time</title></item></channel></rss>`:                               "Tea & time",
		`<rss><channel><item><title>Tea &amp;amp; time</title></item></channel></rss>`:                           "Tea & time",
		`<rss><channel><item><title><![CDATA[Tea &#8217;n&#8217; time]]></title></item></channel></rss>`:         "Tea ’n’ time",
		`<rss><channel><item><title><![CDATA[<em>Tea</em> &amp; <b>time</b>]]></title></item></channel></rss>`:   "Tea & time",
		`<rss><channel><item><title>Map&lt;K, V&gt; in Go</title></item></channel></rss>`:                        "Map<K, V> in Go",
		`<rss><channel><item><title>The &lt;b&gt; tag</title></item></channel></rss>`:                            "The <b> tag",
		"<rss><channel><item><title>\n Two \n lines </title></item></channel></rss>":                             "Two lines",
		fmt.Sprintf(atom, `>Tea &amp;amp; time`):                                                                 "Tea &amp; time",
		fmt.Sprintf(atom, ` type="text">The &lt;b&gt; tag`):                                                      "The <b> tag",
		fmt.Sprintf(atom, ` type="html">&lt;b&gt;Tea&lt;/b&gt; &amp;amp; time`):                                  "Tea & time",
		fmt.Sprintf(atom, ` type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>Tea</b> &amp; time</div>`): "Tea & time",
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"Tea &amp; <b>time</b>"}]}`:    "Tea & time",
	} {
		f, err := parser.Parse([]byte(in), "", feedURL)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := feeds.PostsOf(f, feeds.Blog{}, start)[0].Title; got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(open+end), "")
	f.Add([]byte(rss(post(1), post(2))), "text/xml; charset=shift_jis")
	f.Add([]byte(`<feed xml:base="x" xml:lang="de"><entry xml:base="/y"><content type="xhtml"><div>x</div></content></entry></feed>`), "")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1}]}`), "application/json")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		feed, err := parser.Parse(body, contentType, feedURL)
		if err != nil {
			if strings.Contains(err.Error(), "bug") && strings.Contains(err.Error(), "inside Bloghorn") {
				t.Fatal(err)
			}
			return
		}
		for _, p := range feeds.PostsOf(feed, tea, start) {
			if len(p.ID) != 26 || len([]rune(p.Title)) > 500 || len([]rune(p.Teaser)) > 500 || len(p.URL) > 2048 ||
				len(p.ImageURL) > 2048 || p.PublishedAt.After(start) {
				t.Fatalf("%+v", p)
			}
		}
	})
}
