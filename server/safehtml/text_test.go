package safehtml_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

func TestTextIsWhatAReaderWouldRead(t *testing.T) {
	for raw, want := range map[string]string{
		"On tea &amp; time":                              "On tea & time",
		"<b>H</b>ello&nbsp;you":                          "Hello you",
		"<p>One</p><p>Two<br>three</p>":                  "One Two three",
		"<ul><li>a<li>b</ul><td>c</td><td>d</td>":        "a b c d",
		"a<script>alert(1)</script>b<style>p{}</style>c": "abc",
		"<svg><title>x</title><b>y</b></svg>z":           "z",
		"1 < 2 &lt;b&gt; &amp;amp;":                      "1 < 2 <b> &amp;",
		"bell\x07, nul\x00 and \xff":                     "bell, nul and \uFFFD",
		"<!-- no --> yes <![CDATA[no]]>":                 "yes",
		"":                                               "",
	} {
		if got := safehtml.Text(raw); got != want {
			t.Errorf("Text(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestExcerptEndsAtAWord(t *testing.T) {
	for _, c := range []struct {
		text string
		max  int
		want string
	}{
		{"short", 5, "short"},
		{"Why a good cup needs four minutes", 20, "Why a good cup…"},
		{"Why a good cup, needs four", 17, "Why a good cup…"},
		{"Donaudampfschifffahrt", 10, "Donaudamp…"},
		{"良いお茶には四分が必要です", 8, "良いお茶には四…"},
		{"word word", 5, "word…"},
		{"ab", 1, "…"},
		{"ab", 0, ""},
		{"", 3, ""},
	} {
		got := safehtml.Excerpt(c.text, c.max)
		if got != c.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.text, c.max, got, c.want)
		}
		if n := utf8.RuneCountInString(got); n > c.max {
			t.Errorf("Excerpt(%q, %d) has %d characters", c.text, c.max, n)
		}
	}
}

func TestPlainTextDoesNothingToATerminal(t *testing.T) {
	for in, want := range map[string][2]string{
		"tea\n\ttime":                  {"tea\n\ttime", "tea time"},
		"\x1b[31mred\u009b0m":          {"[31mred0m", "[31mred0m"},
		"a\u202eb\u2066c\u200fd\u061c": {"abcd", "abcd"},
		"one\rtwo\u2028three\u0085":    {"one two three ", "one two three"},
		"cut \xe2\x82":                 {"cut \uFFFD", "cut \uFFFD"},
		"👩\u200d🍳":                     {"👩\u200d🍳", "👩\u200d🍳"}, // a joiner turns nothing around
	} {
		if plain, line := safehtml.Plain(in), safehtml.Line(in); plain != want[0] || line != want[1] {
			t.Errorf("%q: %q and %q, want %q", in, plain, line, want)
		}
	}
}

func TestEscapedTextShowsAsItWasWritten(t *testing.T) {
	escaped := safehtml.Escape("<b>Tea & \"time\"</b>\n second line \x00")
	if want := "&lt;b&gt;Tea &amp; &#34;time&#34;&lt;/b&gt;<br/> second line"; escaped.String() != want {
		t.Errorf("got %s", escaped)
	}
	if again := safehtml.Comment(escaped.String()); again != escaped {
		t.Errorf("cleaning changed it to %s", again)
	}
	if !safehtml.Escape(" ").IsZero() || safehtml.Escape("x").IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestTheBlogsOwnMentionGoesFromTheStart(t *testing.T) {
	mastodon := func(name, href string) string {
		return `<span class="h-card"><a href="` + href + `" class="u-url mention">@<span>` + name + `</span></a></span>`
	}
	tea := mastodon("tea", "https://blog.example/blogs/tea")
	bo := mastodon("bo", "https://pasture.example/@bo")
	for name, c := range map[string]struct{ in, want string }{
		"Mastodon":        {"<p>" + tea + " Nice</p><p>Indeed</p>", "<p>Nice</p><p>Indeed</p>"},
		"in full":         {`<p><a href="https://blog.example/" class="mention">@Tea@Blog.example</a>, nice</p>`, "<p>, nice</p>"},
		"without class":   {`<a href="https://blog.example/">@tea@blog.example</a> nice`, "nice"},
		"own paragraph":   {"<p>" + tea + "</p><p>Nice</p>", "<p>Nice</p>"},
		"line of its own": {"<p>" + tea + "<br/>Nice</p>", "<p>Nice</p>"},
		"twice":           {"<p>" + tea + " " + tea + " Nice</p>", "<p>Nice</p>"},
		"somebody else":   {"<p>" + bo + " Nice</p>", ""},
		"not leading":     {"<p>Nice, " + tea + "</p>", ""},
		"nothing else":    {"<p>" + tea + "</p>", ""},
		"a plain link":    {`<p><a href="https://tea.example/">tea</a> is good</p>`, ""},
		"text br":         {"<p>" + tea + "br</p>", "<p>br</p>"},
		"empty":           {"", ""},
	} {
		h := safehtml.Comment(c.in)
		want := c.want
		if want == "" {
			want = h.String()
		}
		if got := safehtml.TrimMention(h, "@tea@blog.example", ""); got.String() != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestATruncatedInputEndsCleanly(t *testing.T) {
	in := "<p>" + strings.Repeat("é", 1<<19) + "é</p><p>never read</p>"
	if got := safehtml.Text(in); !strings.HasSuffix(got, "é") && !strings.HasSuffix(got, "\uFFFD") || strings.Contains(got, "never") {
		t.Errorf("it ends with %q", got[len(got)-10:])
	}
}
