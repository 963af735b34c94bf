package feeds_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
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
)

// hostile is a body that somebody serves in place of a feed.
type hostile struct {
	body   func() string
	says   string // of the error in Poll.LastError; "" where it is read all the same
	header map[string]string
}

func TestHostileFilesCostLittleAndChangeNothing(t *testing.T) {
	known := []entry{post(1), post(2), post(3), post(4), post(5)}
	around := func(change func(feed string) string) func() string {
		return func() string { return change(rss(known...)) }
	}
	// beside puts something into the channel, before the items.
	beside := func(extra func() string) func() string {
		return around(func(feed string) string { return strings.Replace(feed, "<item>", extra()+"<item>", 1) })
	}
	// into puts something into the first item.
	into := func(extra func() string) func() string {
		return around(func(feed string) string { return strings.Replace(feed, "<item>", "<item>"+extra(), 1) })
	}
	in := func(e encoding.Encoding, name string) func() string {
		return func() string {
			text := strings.Replace(rss(known...), `version="1.0"`, `version="1.0" encoding="`+name+`"`, 1)
			out, err := e.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	repeat := strings.Repeat
	fill := func(s string) func() string { return func() string { return repeat(s, tenMB/len(s)) } }
	for name, c := range map[string]hostile{
		"nested XML of 10 MB":     {body: beside(fill("<a>")), says: "nested more than"},
		"nested XML, closed":      {body: beside(func() string { return repeat("<a>", 1_300_000) + repeat("</a>", 1_300_000) }), says: "nested more than"},
		"nested in foreign names": {body: beside(func() string { return repeat(`<x:a xmlns:x="u">`, 500_000) }), says: "nested more than"},
		"millions of elements":    {body: beside(fill("<a/>")), says: "elements"},
		"elements in one item":    {body: into(fill("<a/>")), says: "elements"},
		"extensions in one item":  {body: into(fill(`<x:y xmlns:x="u"/>`)), says: "elements"},
		"entity bomb":             {body: around(bomb)},
		"quadratic entities":      {body: around(quadratic)},
		"gzip bomb":               {body: func() string { return gzipBomb(t) }, says: "larger than 10 MiB", header: map[string]string{"Content-Encoding": "gzip"}},
		"gzip in gzip":            {body: func() string { return zipped(t, gzipBomb(t)) }, says: "neither XML nor JSON", header: map[string]string{"Content-Encoding": "gzip"}},
		"not gzip at all":         {body: around(strings.ToUpper), says: "could not be reached", header: map[string]string{"Content-Encoding": "gzip"}},
		"attribute of 1 MB":       {body: beside(func() string { return `<a b="` + repeat("x", 1<<20) + `"/>` })},
		"attribute of 10 MB":      {body: beside(func() string { return `<a b="` + repeat("x", tenMB) + `"/>` }), says: "longer than"},
		"100,000 attributes":      {body: beside(func() string { return "<a" + many(100_000, ` a%d="b"`) + "/>" }), says: "attributes"},
		"100,000 namespaces": {body: beside(func() string {
			return "<a" + many(100_000, ` xmlns:n%d="u%[1]d"`) + ">" + repeat("<b/>", 1000) + "</a>"
		}), says: "attributes"},
		"100,000 namespaces, at root": {body: around(func(f string) string {
			return strings.Replace(f, "<rss", "<rss"+many(100_000, ` xmlns:n%d="u%[1]d"`), 1)
		}), says: "attributes"},
		"namespaces one by one":    {body: beside(func() string { return many(150_000, `<n%d:a xmlns:n%[1]d="u%[1]d"/>`) }), says: "elements"},
		"bases one in the other":   {body: beside(func() string { return repeat(`<a xml:base="`+repeat("x/", 400)+`">`, 150) + repeat("</a>", 150) })},
		"10 MB of one text":        {body: beside(func() string { return "<a>" + repeat("tea ", tenMB/4) + "</a>" }), says: "longer than"},
		"10 MB of one CDATA":       {body: into(func() string { return "<title><![CDATA[" + repeat("<b>", tenMB/3) + "]]></title>" }), says: "longer than"},
		"10 MB of one comment":     {body: beside(func() string { return "<!--" + repeat("tea ", tenMB/4) + "-->" }), says: "longer than"},
		"10 MB of one declaration": {body: around(func(f string) string { return "<!DOCTYPE rss [" + repeat("<!-- -->", tenMB/8) + "]>" + f }), says: "longer than"},
		"10 MB of one name":        {body: beside(func() string { return "<" + repeat("a", tenMB) + "/>" }), says: "longer than"},
		"10 MB of ampersands":      {body: beside(fill("&")), says: "longer than"},
		"text in a million pieces": {body: beside(func() string { return "<a>" + repeat("x<!---->", tenMB/8) + "</a>" })},
		"HTML of 3 MB in one item": {body: into(func() string { return "<description><![CDATA[" + repeat("<p><b>x</b>", 3<<20/11) + "]]></description>" })},
		"HTML that never ends": {body: into(func() string {
			return "<description><![CDATA[" + repeat("<div class=ad>", 3<<20/14) + "]]></description>"
		})},
		"numbers that may be counts": {body: into(func() string { return "<description>" + repeat("1.", 3<<19) + "</description>" })},
		"invalid UTF-8":              {body: around(func(f string) string { return strings.ReplaceAll(f, "Cups", "\xff\xfe\xed\xa0\x80Cups") })},
		"10 MB of invalid UTF-8":     {body: func() string { return "<rss>" + repeat("\xff", tenMB) }, says: "longer than"},
		"UTF-16":                     {body: in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16")},
		"UTF-16, big end, no mark":   {body: in(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16")},
		"half of UTF-16's last sign": {body: func() string {
			f := in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16")()
			return f[:len(f)-1]
		}, says: "cut off"},
		"10 MB of UTF-16's mark":      {body: fill("\xff\xfe"), says: "neither XML nor JSON"},
		"Shift-JIS":                   {body: in(japanese.ShiftJIS, "shift_jis")},
		"windows-1251":                {body: in(charmap.Windows1251, "windows-1251")},
		"control characters":          {body: around(func(f string) string { return strings.ReplaceAll(f, "Leaf", "\x00\x01\x08\x0b\x1b[31mLeaf\x7f") })},
		"control characters alone":    {body: fill("\x00\x01\x02\x1f"), says: "empty"},
		"scripts in title and text":   {body: beside(func() string { return "<title>&lt;script>alert(1)&lt;/script></title><script>alert(1)</script>" })},
		"50,000 items":                {body: around(func(f string) string { return strings.Replace(f, "</channel>", many(50_000, oldItem)+"</channel>", 1) })},
		"50,000 items before ours":    {body: beside(func() string { return many(50_000, oldItem) })},
		"a million items":             {body: beside(fill("<item/>"))},
		"a million items of a letter": {body: beside(fill("<item>a</item>"))},
		"deeply nested JSON":          {body: fill("["), says: "not valid JSON"},
		"nested JSON in an item":      {body: func() string { return jsonOpen + `,"_x":` + repeat(`{"a":`, 5000) + "1" + repeat("}", 5000) + "}]}" }},
		"JSON with 10 MB strings":     {body: func() string { return jsonOpen + `,"content_html":"` + repeat("tea ", tenMB/4) + `"}]}` }, says: "longer than"},
		"JSON with escaped strings":   {body: func() string { return jsonOpen + `,"content_html":"` + repeat(`\u003c`, tenMB/6) + `"}]}` }, says: "longer than"},
		"JSON of a million items":     {body: func() string { return jsonOpen + "}" + repeat(",{}", tenMB/3) + "]}" }},
		"JSON of millions of numbers": {body: func() string { return jsonOpen + `,"tags":[0` + repeat(",0", tenMB/2) + "]}]}" }},
		"JSON of a million keys":      {body: func() string { return jsonOpen + many(700_000, `,"k%d":0`) + "}]}" }},
		"endless header":              {body: fill("X-Header: yes\r\n"), says: "neither XML nor JSON"},
		"header before the feed":      {body: around(func(f string) string { return "HTTP/1.1 200 OK\r\nServer: tea\r\n\r\n" + f })},
		"half a document":             {body: around(func(f string) string { return f[:len(f)/2] }), says: "cut off"},
		"half of 50,000 items":        {body: func() string { return "<rss><channel>" + many(9_000, oldItem) + "<item><ti" }, says: "cut off"},
		"a web page of 10 MB":         {body: func() string { return "<!doctype html>" + repeat("<p>x", tenMB/4) }, says: "web page"},
		"11 MB":                       {body: func() string { return "<rss>" + repeat(" ", 11<<20) }, says: "larger than 10 MiB"},
		"tags without an end":         {body: beside(fill("<")), says: "expected element name"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t), known...)
			w.mustPoll()
			w.web.set(feedURL, page{body: c.body(), header: c.header})
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

const (
	mostTime   = 2 * time.Second
	mostGrowth = 64 << 20 // bytes
)

// poll polls the blog that serves the file, and looks what it costs and what is on record.
func (c hostile) poll(w *world) {
	w.t.Helper()
	began := time.Now()
	err := w.poll()
	measure(w, time.Since(began))
	if said := w.record().LastError; (err != nil) != (c.says != "") || !strings.Contains(said, c.says) || (said != "") != (err != nil) || len(said) > 700 {
		w.t.Errorf("%v; the owner reads %q, want %q", err, said, c.says)
	}
}

// measure judges the poll, and where it was slow or took much, readings of the same file after it.
func measure(w *world, took time.Duration) {
	w.t.Helper()
	read := func() { w.poller.Plan(w.t.Context(), w.blog.ID) } // known or not
	if took > mostTime {
		costtest.Within(w.t, mostTime, "the file", read)
	}
	if growth := peakGrowth(read); growth > mostGrowth && !costtest.Race {
		w.t.Errorf("it took %d MiB", growth>>20)
	}
}

const oldItem = `<item><title>Old %d</title><guid>old-%[1]d</guid><link>https://tea.example/old/%[1]d</link><pubDate>Mon, 02 Jan 2006 15:04:05 +0000</pubDate></item>`

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func bomb(feed string) string {
	var dtd strings.Builder
	dtd.WriteString(`<!DOCTYPE rss [<!ENTITY e0 "tea tea tea">`)
	for i := range 30 {
		fmt.Fprintf(&dtd, `<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	return dtd.String() + "]>" + strings.Replace(feed, "Cups", "&e30;&e30;", 1)
}

func quadratic(feed string) string {
	return `<!DOCTYPE rss [<!ENTITY e "` + strings.Repeat("tea ", 100_000) + `">]>` + strings.Replace(feed, "Cups", strings.Repeat("&e;", 100_000), 1)
}

func zipped(t *testing.T, body string) string {
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

// peakGrowth is by how much the heap grew at most while f ran. It collects at each quarter of growth, so that what is counted is nearly
// what was in use; with the collector's defaults, up to a third more is in the way for a moment.
func peakGrowth(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	before := heap()
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		peak := before
		for {
			select {
			case <-stop:
				done <- max(peak, heap())
				return
			case <-time.After(time.Millisecond):
				peak = max(peak, heap())
			}
		}
	}()
	f()
	close(stop)
	return <-done - before
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
