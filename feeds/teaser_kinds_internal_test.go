package feeds

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

const teaLink, teaSite = "https://tea.example/2026/11/boil/", "https://tea.example/"

func rendered(it parser.Item) Post {
	it.Link = teaLink
	it.Base, _ = url.Parse(teaLink)
	return newPost(Blog{SiteURL: teaSite}, match.Item{Item: it.Bounded()}, time.Unix(1_800_000_000, 0))
}

// The footer that plugins add says the same in every language: a link to the post, and one to the blog.
func TestKindsOfFootersThatLinkToTheirOwnPost(t *testing.T) {
	t.Parallel()
	const text = "<p>Water boils once.</p>"
	for name, c := range map[string]struct {
		footer string
		goes   bool
	}{
		"English": {`<p>The post <a href="https://tea.example/2026/11/boil/">Boil</a> appeared first on <a href="https://tea.example">Tea</a>.</p>`, true},
		"German":  {"\n<p>Der Beitrag <a href=\"https://tea.example/2026/11/boil/\">Boil</a> erschien zuerst auf <a href=\"https://tea.example\">Tea</a>.</p>\n", true},
		"French":  {`<p>L’article <a rel="nofollow" href="https://tea.example/2026/11/boil/?utm_source=rss">Boil</a> est apparu en premier sur <a href="http://www.tea.example/">Tea</a>.</p>`, true},
		"Finnish": {`<p class="x"><a href="/2026/11/boil/">Boil</a> ilmestyi ensin blogissa <a href="/">Tea</a>.</p>`, true},
		"Japanese, and a pixel": {`<p>投稿 <a href="https://tea.example/2026/11/boil/">Boil</a> は <a href="https://tea.example/">Tea</a> に最初に表示されました。</p>` +
			`<img src="https://x.example/p.gif" width="1" height="1">`, true},
		"in a box":            {`<div><p>Inlägget <a href="https://tea.example/2026/11/boil/">Boil</a> dök först upp på <a href="https://tea.example/">Tea</a>.</p></div>`, true},
		"another post":        {`<p>Before: <a href="https://tea.example/2026/10/leaf/">Leaf</a> at <a href="https://tea.example/">Tea</a>.</p>`, false},
		"another site":        {`<p>The post <a href="https://tea.example/2026/11/boil/">Boil</a>, found at <a href="https://news.example/">News</a>.</p>`, false},
		"one link more":       {`<p><a href="https://tea.example/2026/11/boil/">Boil</a>, <a href="https://tea.example/">Tea</a>, <a href="https://tea.example/x">x</a></p>`, false},
		"words":               {`<p>See <a href="https://tea.example/2026/11/boil/">Boil</a> and <a href="https://tea.example/">Tea</a>` + strings.Repeat(", and a word", 10) + `</p>`, false},
		"no last paragraph":   {`<p>The post <a href="https://tea.example/2026/11/boil/">Boil</a> on <a href="https://tea.example/">Tea</a>.</p>And a word.`, false},
		"the other way round": {`<p><a href="https://tea.example/">Tea</a> had <a href="https://tea.example/2026/11/boil/">Boil</a>.</p>`, false},
		"with a picture":      {`<p><img src="/a.jpg"><a href="https://tea.example/2026/11/boil/">Boil</a> <a href="https://tea.example/">Tea</a></p>`, false},
	} {
		p := rendered(parser.Item{Title: "Boil", Content: text + c.footer})
		if goes := p.Content.String() == text; goes != c.goes {
			t.Errorf("%s: content %s", name, p.Content)
		}
		if goes := p.Teaser == "Water boils once."; goes != c.goes {
			t.Errorf("%s: teaser %s", name, p.Teaser)
		}
		if c.goes {
			if p := rendered(parser.Item{Title: "Boil", Summary: c.footer, Content: text}); p.Teaser != "Water boils once." {
				t.Errorf("%s alone: teaser %s", name, p.Teaser)
			}
		}
	}
}

func TestKindsOfCallsToReadAtTheEndOfATeaser(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Water boils. Weiterlesen":                               "Water boils.",
		"<p>Water boils and <a href=\"#\">Weiterlesen »</a></p>": "Water boils and",
		"Water boils. Continuer la lecture de « Boil »":          "Water boils.",
		"Water boils. Continuer la lecture":                      "Water boils.",
		"Water boils […] Seguir leyendo":                         "Water boils…",
		"Water boils [read more]":                                "Water boils",
		"Water boils [… read more]":                              "Water boils…",
		"Water boils. Read More Here →":                          "Water boils.",
		"Water boils… Lees verder":                               "Water boils…",
		"Water boils...Read more":                                "Water boils...",
		"Water boils. Continua a leggere Boil":                   "Water boils.",
		"Water boils. Leia mais...":                              "Water boils.",
		"Water boils. Czytaj dalej →":                            "Water boils.",
		"Water boils. Читать далее":                              "Water boils.",
		"Water boils. „Boil“ weiterlesen":                        "Water boils.",
		"Water boils. Continue reading Boil →":                   "Water boils.",
		"Water boils. Der Beitrag Boil erschien zuerst auf Tea.": "Water boils.",
		"Here is more to read, if you read more.":                "Here is more to read, if you read more.",
		"Read more books. That is all.":                          "Read more books. That is all.",
		"Viel Freude beim Weiterlesen.":                          "Viel Freude beim Weiterlesen.",
		"Why I cannot continue reading on a train":               "Why I cannot continue reading on a train",
		"Am Abend wollte ich weiterlesen":                        "Am Abend wollte ich weiterlesen",
	} {
		if got := rendered(parser.Item{Title: "Boil", Summary: raw, Content: "<p>Long text.</p>"}).Teaser; got != want {
			t.Errorf("%s\n got %q\nwant %q", raw, got, want)
		}
	}
	if got := rendered(parser.Item{Title: "Boil", Summary: "Weiterlesen →", Content: "<p>Long text.</p>"}).Teaser; got != "Long text." {
		t.Errorf("a call alone: %q", got)
	}
}

func TestKindsOfTextsThatBeginWithTheirTitle(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"<h1>It’s tea</h1><p>Water boils.</p>":                                       "Water boils.",
		"<h2 class=\"t\"><a href=\"/boil\">It's tea</a></h2>Water boils.":            "Water boils.",
		"<div>\n <p><strong>It&#8217;s Tea.</strong></p><p>Water boils.</p></div>":   "Water boils.",
		"<figure><img src=\"/a.jpg\"></figure><h3>It’s tea</h3><p>Water boils.</p>":  "Water boils.",
		"<b>It’s tea</b><br><br>Water boils.":                                        "Water boils.",
		"<article><header><h1>It’s tea #</h1></header><p>Water boils.</p></article>": "Water boils.",
		"<p>It’s tea that we drink.</p><p>Water boils.</p>":                          "It’s tea that we drink. Water boils.",
		"<p><strong>It’s tea</strong> that we drink.</p>":                            "It’s tea that we drink.",
		"<p>Water boils.</p><h2>It’s tea</h2>":                                       "Water boils. It’s tea",
		"<h1>It’s tea</h1>":                                                          "It’s tea",
		"It’s tea":                                                                   "It’s tea",
	} {
		if got := rendered(parser.Item{Title: "It’s tea", Content: raw}).Teaser; got != want {
			t.Errorf("%s\n got %q\nwant %q", raw, got, want)
		}
	}
	if got := rendered(parser.Item{Title: "It’s tea", Summary: "It’s tea", Content: "<p>Water boils.</p>"}).Teaser; got != "Water boils." {
		t.Errorf("a summary that is the title: %q", got)
	}
}
