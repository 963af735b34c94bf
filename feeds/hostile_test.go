package feeds_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const (
	jsonOpen = `{"version":"https://jsonfeed.org/version/1.1","title":"Tea","items":[{"id":"x1","url":"https://tea.example/x1"`
	tenMB    = 10<<20 - 4<<10 // with what stands around it just below what is read of a feed
	piece    = 4<<20 + 64<<10 // more than one text, tag or comment may have
)

// hostile is a body that somebody serves in place of a feed.
type hostile struct {
	body   func(n int) string // of about n bytes
	least  int                // so many it takes to be refused
	says   string             // of the error in Poll.LastError; "" where it is read all the same
	header map[string]string

	weighed, timed bool // how much memory it takes at most, and whether its cost is linear
}

// TestHostileFilesCostLittleAndChangeNothing measures all files in the long form. In the short one
// it measures one file of those that are refused with the same words, bombs, and the CPU and what is
// allocated, but not what is in use at most, of what is read to its end.
func TestHostileFilesCostLittleAndChangeNothing(t *testing.T) {
	known := []entry{post(1), post(2), post(3), post(4), post(5)}
	around := func(change func(feed string, n int) string) func(n int) string {
		return func(n int) string { return change(rss(known...), n) }
	}
	// beside puts something into the channel, before the items.
	beside := func(extra func(n int) string) func(n int) string {
		return around(func(feed string, n int) string { return strings.Replace(feed, "<item>", extra(n)+"<item>", 1) })
	}
	// into puts something into the first item.
	into := func(extra func(n int) string) func(n int) string {
		return around(func(feed string, n int) string { return strings.Replace(feed, "<item>", "<item>"+extra(n), 1) })
	}
	in := func(e encoding.Encoding, name string) func(int) string {
		return func(int) string {
			text := strings.Replace(rss(known...), `version="1.0"`, `version="1.0" encoding="`+name+`"`, 1)
			out, err := e.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	fill := func(s string) func(n int) string {
		return func(n int) string { return strings.Repeat(s, n/len(s)) }
	}
	between := func(before, s, after string) func(n int) string {
		return func(n int) string { return before + fill(s)(n) + after }
	}
	// counted is a text for each number, as often as it fits.
	counted := func(before, format, after string) func(n int) string {
		return func(n int) string { return before + many(n/len(fmt.Sprintf(format, 1_000_000)), format) + after }
	}
	upTo := func(most int, body func(n int) string) func(n int) string {
		return func(n int) string { return body(min(n, most)) }
	}
	const oneTag = 3 << 20 // below what a piece may be
	replaced := func(old, by string) func(int) string {
		return around(func(feed string, _ int) string { return strings.ReplaceAll(feed, old, by) })
	}
	zipped := map[string]string{"Content-Encoding": "gzip"}
	files := map[string]hostile{
		"nested XML of 10 MB":     {body: beside(fill("<a>")), says: "nested more than"},
		"nested XML, closed":      {body: beside(func(n int) string { return fill("<a>")(n*3/7) + fill("</a>")(n*4/7) }), says: "nested more than"},
		"nested in foreign names": {body: beside(fill(`<x:a xmlns:x="u">`)), says: "nested more than"},
		"millions of elements":    {body: beside(fill("<a/>")), says: "elements", least: 4 * 500_100},
		"elements in one item":    {body: into(fill("<a/>")), says: "elements", least: 4 * 500_100},
		"extensions in one item":  {body: into(fill(`<x:y xmlns:x="u"/>`)), says: "elements", least: 18 * 60_100},
		"entity bomb":             {body: around(bomb)},
		"quadratic entities":      {body: upTo(1<<20, around(quadratic))},
		"gzip bomb":               {body: func(int) string { return gzipBomb() }, says: "larger than 10 MiB", header: zipped},
		"gzip in gzip":            {body: func(int) string { return zip(t, gzipBomb()) }, says: "neither XML nor JSON", header: zipped},
		"not gzip at all":         {body: around(func(feed string, _ int) string { return strings.ToUpper(feed) }), says: "could not be reached", header: zipped},
		"attribute of 1 MB":       {body: upTo(1<<20, beside(between(`<a b="`, "x", `"/>`)))},
		"attribute of 10 MB":      {body: beside(between(`<a b="`, "x", `"/>`)), says: "longer than", least: piece},
		"many attributes":         {body: upTo(oneTag, beside(counted("<a", ` a%d="b"`, "/>"))), says: "attributes"},
		"many namespaces":         {body: upTo(oneTag, beside(counted("<a", ` xmlns:n%d="u%[1]d"`, ">"+strings.Repeat("<b/>", 1000)+"</a>"))), says: "attributes"},
		"many namespaces, at root": {body: upTo(oneTag, around(func(feed string, n int) string {
			return strings.Replace(feed, "<rss", counted("<rss", ` xmlns:n%d="u%[1]d"`, "")(n), 1)
		})), says: "attributes"},
		"namespaces one by one": {body: beside(counted("", `<n%d:a xmlns:n%[1]d="u%[1]d"/>`, "")), says: "elements", least: 40 * 60_100},
		"bases one in the other": {body: beside(func(int) string {
			return strings.Repeat(`<a xml:base="`+strings.Repeat("x/", 400)+`">`, 150) + strings.Repeat("</a>", 150)
		})},
		"10 MB of one text":        {body: beside(between("<a>", "tea ", "</a>")), says: "longer than", least: piece},
		"10 MB of one CDATA":       {body: into(between("<title><![CDATA[", "<b>", "]]></title>")), says: "longer than", least: piece},
		"10 MB of one comment":     {body: beside(between("<!--", "tea ", "-->")), says: "longer than", least: piece},
		"10 MB of one declaration": {body: around(func(feed string, n int) string { return between("<!DOCTYPE rss [", "<!-- -->", "]>")(n) + feed }), says: "longer than", least: piece},
		"10 MB of one name":        {body: beside(between("<", "a", "/>")), says: "longer than", least: piece},
		"10 MB of ampersands":      {body: beside(fill("&")), says: "longer than", least: piece},
		"text in a million pieces": {body: beside(between("<a>", "x<!---->", "</a>"))},
		"HTML in one item": {body: into(func(n int) string {
			return between("<description><![CDATA[", "<p><b>x</b>", "]]></description>")(n * 3 / 10)
		})},
		"HTML that never ends": {body: into(func(n int) string {
			return between("<description><![CDATA[", "<div class=ad>", "]]></description>")(n * 3 / 10)
		})},
		"numbers that may be counts": {body: into(func(n int) string { return between("<description>", "1.", "</description>")(n * 3 / 10) })},
		"invalid UTF-8":              {body: replaced("Cups", "\xff\xfe\xed\xa0\x80Cups")},
		"10 MB of invalid UTF-8":     {body: between("<rss>", "\xff", ""), says: "longer than", least: piece},
		"UTF-16":                     {body: in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16")},
		"UTF-16, big end, no mark":   {body: in(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16")},
		"half of UTF-16's last sign": {body: func(int) string {
			f := in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16")(0)
			return f[:len(f)-1]
		}, says: "cut off"},
		"10 MB of UTF-16's mark":    {body: fill("\xff\xfe"), says: "neither XML nor JSON"},
		"Shift-JIS":                 {body: in(japanese.ShiftJIS, "shift_jis")},
		"windows-1251":              {body: in(charmap.Windows1251, "windows-1251")},
		"control characters":        {body: replaced("Leaf", "\x00\x01\x08\x0b\x1b[31mLeaf\x7f")},
		"control characters alone":  {body: fill("\x00\x01\x02\x1f"), says: "empty"},
		"scripts in title and text": {body: beside(func(int) string { return "<title>&lt;script>alert(1)&lt;/script></title><script>alert(1)</script>" })},
		"old items after ours": {body: around(func(feed string, n int) string {
			return strings.Replace(feed, "</channel>", counted("", oldItem, "</channel>")(n), 1)
		})},
		"old items before ours":       {body: beside(counted("", oldItem, "")), least: 10_100 * (len(oldItem) + 10)},
		"a million items":             {body: beside(fill("<item/>"))},
		"a million items of a letter": {body: beside(fill("<item>a</item>"))},
		"deeply nested JSON":          {body: fill("["), says: "not valid JSON"},
		"nested JSON in an item": {body: func(n int) string {
			n = min(n/6, 5000)
			return jsonOpen + `,"_x":` + strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) + "}]}"
		}},
		"JSON with 10 MB strings":     {body: between(jsonOpen+`,"content_html":"`, "tea ", `"}]}`), says: "longer than", least: piece},
		"JSON with escaped strings":   {body: between(jsonOpen+`,"content_html":"`, `\u003c`, `"}]}`), says: "longer than", least: piece},
		"JSON of a million items":     {body: between(jsonOpen+"}", ",{}", "]}")},
		"JSON of millions of numbers": {body: between(jsonOpen+`,"tags":[0`, ",0", "]}]}")},
		"JSON of a million keys":      {body: counted(jsonOpen, `,"k%d":0`, "}]}")},
		"endless header":              {body: fill("X-Header: yes\r\n"), says: "neither XML nor JSON"},
		"header before the feed":      {body: around(func(feed string, _ int) string { return "HTTP/1.1 200 OK\r\nServer: tea\r\n\r\n" + feed })},
		"half a document":             {body: around(func(feed string, _ int) string { return feed[:len(feed)/2] }), says: "cut off"},
		"half of many items":          {body: upTo(9000*len(oldItem), counted("<rss><channel>", oldItem, "<item><ti")), says: "cut off"},
		"a web page of 10 MB":         {body: between("<!doctype html>", "<p>x", ""), says: "web page"},
		"11 MB":                       {body: between("<rss>", " ", ""), says: "larger than 10 MiB", least: 11 << 20},
		"tags without an end":         {body: beside(fill("<")), says: "expected element name"},
	}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := files[name]
		isFirst := !seen[c.says]
		seen[c.says] = true
		c.weighed = costtest.Long() || isFirst || c.header != nil
		c.timed = costtest.Long() || isFirst || c.says == ""
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), known...)
			w.mustPoll()
			w.pass(24 * time.Hour)
			c.poll(w)
			if due := w.due(); due != "" {
				t.Errorf("due is %q", due)
			}
			for _, e := range known {
				if p := w.post(e.title); !p.IsPublic() {
					t.Errorf("%q is %+v", e.title, p)
				}
			}
		})
	}
}

const mostGrowth = 64 << 20 // bytes

// poll polls the blog that serves the file, looks what is on record, and then what it costs to read.
func (c hostile) poll(w *world) {
	w.t.Helper()
	size := max(costtest.Pick(256<<10, tenMB), c.least)
	w.web.set(feedURL, page{body: c.body(size), header: c.header})
	var err error
	if !c.weighed {
		err = w.poll()
	} else if growth := costtest.PeakOf(func() { err = w.poll() }); growth > mostGrowth && !costtest.Race {
		w.t.Errorf("it took %d MiB", growth>>20)
	}
	if said := w.record().LastError; (err != nil) != (c.says != "") || !strings.Contains(said, c.says) || (said != "") != (err != nil) || len(said) > 700 {
		w.t.Errorf("%v; the owner reads %q, want %q", err, said, c.says)
	}
	if !c.timed {
		return
	}
	costtest.Linear(w.t, "the file", costtest.Pick(128<<10, size), func(n int) func() {
		body := c.body(n)
		return func() {
			w.web.set(feedURL, page{body: body, header: c.header})
			w.poller.Plan(w.t.Context(), w.blog.ID) // known or not
		}
	})
}

const oldItem = `<item><title>Old %d</title><guid>old-%[1]d</guid><link>https://tea.example/old/%[1]d</link><pubDate>Mon, 02 Jan 2006 15:04:05 +0000</pubDate></item>`

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func bomb(feed string, _ int) string {
	var dtd strings.Builder
	dtd.WriteString(`<!DOCTYPE rss [<!ENTITY e0 "tea tea tea">`)
	for i := range 30 {
		fmt.Fprintf(&dtd, `<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	return dtd.String() + "]>" + strings.Replace(feed, "Cups", "&e30;&e30;", 1)
}

func quadratic(feed string, n int) string {
	return `<!DOCTYPE rss [<!ENTITY e "` + strings.Repeat("tea ", n/8) + `">]>` + strings.Replace(feed, "Cups", strings.Repeat("&e;", n/6), 1)
}

func zip(t *testing.T, body string) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
