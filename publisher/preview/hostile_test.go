package preview_test

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/publisher/preview"
)

// evil tries every way out of a page and of a terminal that we know of.
var evil = []string{
	`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg onload=alert(1)>`, `</title></style></code></pre></details><iframe src="//evil.example">`,
	`<a href="javascript:alert(1)">a</a><a href="data:text/html,x">b</a><a href="https://ok.example/" onclick="x()" style="background:url(//evil.example)">c</a>`,
	`<link rel=stylesheet href=//evil.example><meta http-equiv=refresh content="0;url=//evil.example"><base href="//evil.example">`,
	`<picture><source srcset="//evil.example/x 2x"><img src="https://evil.example/pixel.png" alt="&quot; onload=&quot;x"></picture>`,
	"\x1b]0;renamed\x07\x1b[2J\x1b[31mred", "\u009b31mred\u009d0;renamed\u009c", "abc\u202egnp.exe\u2066", "{{.Policy}}", "<!--", "]]>",
}

// hostileFeed has all of it in every place of a feed.
func hostileFeed() string {
	text := func(s string) string {
		var out strings.Builder
		xml.EscapeText(&out, []byte(s))
		return out.String()
	}
	all := text(strings.Join(evil, " "))
	items := ""
	for i, one := range append(slices.Clone(evil), "") {
		one = text(one)
		items += `<item><title>` + one + `</title><guid>` + one + string(rune('a'+i)) + `</guid><link>https://tea.example/` + one + `?` + string(rune('a'+i)) + `</link>` +
			`<category>` + one + `</category><description>` + one + `</description><content:encoded>` + all + `</content:encoded>` +
			`<author>` + one + `</author><dc:language xmlns:dc="http://purl.org/dc/elements/1.1/">` + one + `</dc:language></item>`
	}
	return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>` + all + `</title><link>https://tea.example/</link>` +
		`<description>` + all + `</description><language>` + all + `</language>` + items + `</channel></rss>`
}

func hostilePreview(t testing.TB) preview.Preview {
	return look(t, goodHost(feedAddress, "text/\x1b[31mhtml", hostileFeed()), feedAddress, 50)
}

func TestPageCannotBeBrokenOutOf(t *testing.T) {
	page := htmlOf(t, hostilePreview(t))
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{"html", "head", "meta", "title", "style", "body", "header", "main", "article", "section", "h1", "h2", "h3", "p", "a", "bdi", "dl", "dt", "dd", "div",
		"span", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "details", "summary", "br"}
	times := map[string]int{}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			t.Errorf("a comment: %s", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(ours, n.Data) {
			t.Errorf("<%s> in the page", n.Data)
		}
		times[n.Data]++
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "srcset", a.Key == "style":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("a link to %q", a.Val)
			}
		}
	}
	if times["meta"] != 6 || times["style"] != 1 || times["title"] != 1 || times["h1"] != 1 {
		t.Errorf("there is more in the page than we put there: %v", times)
	}
	if !strings.Contains(page, "alert(1)") {
		t.Error("the feed's words are not in the page: nothing was tried")
	}
}

func TestTerminalIsLeftAlone(t *testing.T) {
	p := hostilePreview(t)
	var asJSON strings.Builder
	if err := p.JSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{"text": textOf(t, p, 80), "page": htmlOf(t, p), "JSON": asJSON.String()} {
		for i, r := range out {
			if unicode.IsControl(r) && r != '\n' && (r != '\t' || name != "page") {
				t.Fatalf("%s has the control character %U: %q", name, r, out[max(0, i-30):i+10])
			}
			if name != "JSON" && (r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069') {
				t.Fatalf("%s has the character %U, which turns text around: %q", name, r, out[max(0, i-30):i+10])
			}
		}
		if !strings.Contains(out, "31mred") {
			t.Errorf("%s does not have the feed's words: nothing was tried", name)
		}
	}
	var back any
	if err := json.Unmarshal([]byte(asJSON.String()), &back); err != nil {
		t.Errorf("the JSON is none: %v", err)
	}
}

// A page must not be made longer than its feed by nesting, nor a line longer than the terminal by anything but an address.
func TestLinesFitTheTerminal(t *testing.T) {
	deep := strings.Repeat("<blockquote><ul><li>", 80) + "deep " + strings.Repeat("word ", 50) + strings.Repeat("茶", 90)
	var escaped strings.Builder
	xml.EscapeText(&escaped, []byte(deep))
	body := channel(changed(item(1), "About cup 1.", strings.Repeat("茶と時間", 40), "Cup 1", strings.Repeat("Tee", 60), strings.Repeat("Leaf and water. ", 40), "x</p>"+escaped.String()))
	body = strings.Replace(body, "&lt;p&gt;x</p>", "", 1)
	for _, width := range []int{20, 40, 80, 200} {
		said := textOf(t, look(t, goodHost(feedAddress, "application/rss+xml", body), feedAddress, 3), width)
		for l := range strings.SplitSeq(said, "\n") {
			if n := columnsOf(l); n > max(40, min(width, 100)) && !strings.Contains(l, "://") {
				t.Errorf("width %d: a line of %d columns: %s", width, n, l)
			}
		}
		if len(said) > 20_000 {
			t.Errorf("width %d: %d bytes", width, len(said))
		}
	}
}

func columnsOf(line string) (n int) {
	for _, r := range line {
		n++
		if r >= 0x2E80 && r < 0xA000 {
			n++
		}
	}
	return n
}
