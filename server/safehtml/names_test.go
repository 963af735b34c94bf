package safehtml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// clean is what both policies make of something.
func clean(in string) map[string]string {
	return map[string]string{"comment": safehtml.Comment(in).String(), "article": safehtml.Article(in, page).String()}
}

func TestEachElementOfTheListStays(t *testing.T) {
	for name, in := range map[string]string{
		"p": "", "a": `<a href="https://x.example/">x</a>`, "span": `<span class="h-card">x</span>`,
		"strong": "", "b": "", "em": "", "i": "", "u": "",
		"del": "", "code": "", "pre": "", "blockquote": "", "ul": "<ul><li>x</li></ul>",
		"ol": "<ol><li>x</li></ol>", "li": "<ul><li>x</li></ul>", "br": "x<br>y",
	} {
		if in == "" {
			in = fmt.Sprintf("<%s>x</%s>", name, name)
		}
		for policy, out := range clean(in) {
			if !strings.Contains(out, "<"+name) {
				t.Errorf("%s: %s came out as %s", policy, in, out)
			}
		}
	}
	for _, name := range strings.Fields("s sub sup h2 h3 h4 h5 h6 figure") {
		in := fmt.Sprintf("<%s>x</%s>", name, name)
		out := clean(in)
		if !strings.Contains(out["article"], in) || strings.Contains(out["comment"], "<"+name+">") {
			t.Errorf("%s came out as %v", in, out)
		}
	}
}

func TestOldElementsAreWrittenAsTheirMeaning(t *testing.T) {
	for name, want := range map[string]string{
		"ins": "u", "kbd": "code", "samp": "code", "tt": "code", "cite": "em", "dfn": "em", "var": "em",
	} {
		for policy, out := range clean(fmt.Sprintf("<%s>x</%s>", name, name)) {
			if out != fmt.Sprintf("<%s>x</%s>", want, want) {
				t.Errorf("%s: %s came out as %s", policy, name, out)
			}
		}
	}
	out := clean("<strike>x</strike><s>y</s>")
	if out["comment"] != "<del>x</del><del>y</del>" || out["article"] != "<s>x</s><s>y</s>" {
		t.Errorf("what is struck out came out as %v", out)
	}
	if out := clean("<h1>x</h1>"); out["article"] != "<h2>x</h2>" || strings.Contains(out["comment"], "<h") {
		t.Errorf("a title came out as %v", out)
	}
}

// TestBlocksStayApart: the element goes, and what was in it does not run into its neighbours.
func TestBlocksStayApart(t *testing.T) {
	for _, name := range strings.Fields("div section article main header footer aside nav address center figure figcaption dl dt dd " +
		"details summary fieldset legend form hgroup search h1 h2 h3 h4 h5 h6 marquee dir menu table") {
		in := fmt.Sprintf("one<%s>two</%s>three", name, name)
		for policy, out := range clean(in) {
			if strings.Contains(out, "onetwo") || strings.Contains(out, "twothree") || !strings.Contains(out, "two") {
				t.Errorf("%s: %s came out as %s", policy, in, out)
			}
		}
	}
}

// TestWhatIsNotReadIsNotShown: text that browsers run, hide or show in a form of its own goes with its element.
func TestWhatIsNotReadIsNotShown(t *testing.T) {
	for _, name := range strings.Fields("script style iframe noembed noframes applet template svg " +
		"textarea title select datalist audio video map button") {
		inside := "hidden"
		if name == "select" {
			inside = "<option>hidden</option>"
		}
		for policy, out := range clean(fmt.Sprintf("<p>seen</p><%s>%s</%s>", name, inside, name)) {
			if strings.Contains(out, "hidden") || !strings.Contains(out, "seen") {
				t.Errorf("%s: %s came out as %s", policy, name, out)
			}
		}
	}
}

func TestAttributesOfArticles(t *testing.T) {
	const link = `<a href="https://x.example/"`
	for in, want := range map[string]string{
		link + ` rel="tag me nofollow ugc noopener noreferrer opener">x</a>`: link + ` rel="tag me nofollow ugc noopener noreferrer">x</a>`,
		link + ` rel="ME ME">x</a>`:                                        link + ` rel="me">x</a>`,
		link + ` class="mention mention u-url x hashtag h-card">x</a>`:     link + ` class="mention u-url hashtag h-card">x</a>`,
		`<a href="http://x.example/">x</a>`:                                `<a href="http://x.example/">x</a>`,
		`<img src="http://x.example/1.png" alt="pot">`:                     `<img src="http://x.example/1.png" alt="pot"/>`,
		`<img src="mailto:a@x.example" alt="pot">`:                         ``,
		`<img data-src="https://x.example/1.png">`:                         `<img src="https://x.example/1.png"/>`,
		`<img data-lazy-src="https://x.example/1.png">`:                    `<img src="https://x.example/1.png"/>`,
		`<img data-original="https://x.example/1.png">`:                    `<img src="https://x.example/1.png"/>`,
		`<img data-orig-file="https://x.example/1.png">`:                   `<img src="https://x.example/1.png"/>`,
		`<img src="https://x.example/1.png" width="640px" height="99999">`: `<img src="https://x.example/1.png" width="640" height="99999"/>`,
		`<img src="https://x.example/1.png" width="100%" height="100000">`: `<img src="https://x.example/1.png"/>`,
		`<img src="https://x.example/1.png" width="1">`:                    ``,
		`<img src="https://x.example/1.png" width=" 1px ">`:                ``,
		`<img src="https://x.example/1.png" height="0">`:                   ``,
		`<img src="https://x.example/1.png" height="10">`:                  `<img src="https://x.example/1.png" height="10"/>`,
		`<img src="https://x.example/1.png" height="480px">`:               `<img src="https://x.example/1.png" height="480"/>`,
		`<ol reversed><li>x</li></ol>`:                                     `<ol reversed=""><li>x</li></ol>`,
		`<ol start="-3" reversed><li value="7">x</li></ol>`:                `<ol start="-3" reversed=""><li value="7">x</li></ol>`,
		`<ol start="1e3" type="a"><li value="1234567890">x</li></ol>`:      `<ol><li>x</li></ol>`,
		link + `><span class="invisible x">https://</span><span class="x">x.example/</span></a>`: link +
			`><span class="invisible">https://</span>x.example/</a>`,
	} {
		if got := safehtml.Article(in, nil).String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
	got := safehtml.Comment(`<ol start="3" reversed><li value="7">x</li></ol><img src="https://x.example/1.png">`).String()
	if got != `<ol start="3" reversed=""><li value="7">x</li></ol>` {
		t.Errorf("a comment keeps %s", got)
	}
}
