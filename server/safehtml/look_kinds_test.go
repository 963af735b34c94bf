package safehtml_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// TestKindsOfLookingAheadAreLinear: each start tag is one whose end is looked for. Nested in itself, each search may find the end, keep
// what is inside, and leave all of it to the next one.
func TestKindsOfLookingAheadAreLinear(t *testing.T) {
	size := costtest.Pick(32<<10, 256<<10)
	for _, start := range []string{
		"<object>", `<object data="/a">`, "<math>", "<svg role=img>", "<video>", "<audio>", "<select>", "<datalist>", "<map>", "<button>", "<applet>", "<template>",
		"<canvas>", "<iframe>", "<noscript>", "<noembed>", "<textarea>", "<title>", "<xmp>", "<script type=math/tex>", "<q>", "<details>", "<dialog>",
		"<p hidden>", "<div style=display:none>", "<span class=sr-only>", "<div class=share>", "<nav>", "<figure>", "<figcaption>", "<caption>",
		"<td class=ln>", "<span class=gutter>", "<div class=lineno>", "<pre class=lnt>", "<code class=gl>", "<ol class=ln>", "<a class=ln>",
		"<a href=#fn1>", "<a href=#fn1 class=anchor>", "<sup>", "<sup class=fn>", "<sub>", "<ul>", "<ol>", "<p>", "<h2>", "<s>", "<del>", "<ruby><rt>",
		"<ul><li><a href=#b>b</a>", "<td class=ln><object>", "<object><td class=ln>", "<sup><a href=#fn1>", "<math><msup><mi>1</mi>",
	} {
		name, _, _ := strings.Cut(strings.Trim(start, "<>"), " ")
		name, _, _ = strings.Cut(name, ">")
		end := "</" + name + ">"
		shapes := map[string]func(n int) string{
			"nested around much": func(n int) string {
				n /= 2 * len(start+end)
				return strings.Repeat(start, n) + strings.Repeat("1 x", n*len(start+end)/3) + strings.Repeat(end, n)
			},
			"open": func(n int) string { return strings.Repeat(start+"x", n/len(start+"x")) },
		}
		if costtest.Long() {
			shapes["nested around little"] = func(n int) string {
				n /= len(start + end)
				return strings.Repeat(start, n) + "x" + strings.Repeat(end, n)
			}
		}
		for shape, bulk := range shapes {
			costtest.Linear(t, start+" "+shape, size, func(n int) func() {
				in := bulk(n)
				return func() {
					safehtml.Article(in, page)
					safehtml.Comment(in)
					safehtml.Text(in)
					safehtml.Gist(in)
				}
			})
		}
	}
}

// TestKindsOfLargeThingsInsideAreLinear: what is read of one element must not be read once more for each element around it, nor for each
// of its attributes.
func TestKindsOfLargeThingsInsideAreLinear(t *testing.T) {
	repeat := strings.Repeat
	for name, bulk := range map[string]func(n int) string{
		"classes": func(n int) string { return "<p " + repeat("class ", n/6) + ">x" },
		"classes in a list": func(n int) string {
			return repeat("<ul>", n/20) + "<a " + repeat("class ", n/12) + ">" + repeat("</ul>", n/20)
		},
		"an address": func(n int) string {
			return repeat("<ul>", n/20) + "<a href=" + repeat("x", n/2) + "#x>" + repeat("</ul>", n/20)
		},
		"blanks": func(n int) string {
			return repeat("<object>", n/40) + repeat(" ", n/2) + "1" + repeat("</object>", n/40)
		},
		"a power of powers":  func(n int) string { return "<math>" + repeat("<msup><mi>1</mi>", 39) + repeat("1", n) + "#</math>" },
		"many noscript":      func(n int) string { return "<td class=ln>" + repeat("<noscript><b>x</noscript>", n/25) + "</td>" },
		"many iframes":       func(n int) string { return "<td class=ln>" + repeat("<iframe><a x</iframe>", n/21) + "</td>" },
		"many raised things": func(n int) string { return repeat(repeat("<sup>", 11)+repeat("1", 200)+repeat("</sup>", 11), n/321) },
	} {
		costtest.Linear(t, name, costtest.Pick(64<<10, 1<<20), func(n int) func() {
			in := bulk(n)
			return func() {
				safehtml.Article(in, page)
				safehtml.Comment(in)
				safehtml.Gist(in)
			}
		})
	}
}
