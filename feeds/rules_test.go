package feeds_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/web"
)

// mixed is a feed in which several blogs live.
const mixed = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Mixed</title><link>https://tea.example/</link>
<item><title>Green tea</title><link>https://tea.example/en/green</link><dc:creator>Ada L.</dc:creator><dc:language>en-GB</dc:language>
<category>Tea</category><category>Green Tea</category><description>A recipe for two.</description></item>
<item><title>Grüner Tee</title><link>https://tea.example/de/gruen</link><dc:creator>Bob</dc:creator><dc:language>de</dc:language>
<category>Tee</category><description>Ein Rezept.</description></item>
<item><title>Photo</title><link>https://tea.example/english-garden</link><dc:creator>Ada L., Bob</dc:creator>
<category>photo</category><description>&lt;img src="/a.jpg" alt="recipe"&gt; Teapots &amp;amp; 日本茶の写真</description></item>
</channel></rss>`

func setTo(t *testing.T, values ...string) (s settings.Settings) {
	t.Helper()
	for i := 0; i < len(values); i += 2 {
		if err := s.Set(values[i], values[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestRulesChooseTheBlogsPosts(t *testing.T) {
	feed, err := parser.Parse([]byte(mixed), "", feedURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ include, exclude, want string }{
		{"", "", "Green tea, Grüner Tee, Photo"},
		{"tag:tea", "", "Green tea"},
		{`tag:"green tea"`, "", "Green tea"},
		{"tag:#photo tag:Tee", "", "Grüner Tee, Photo"},
		{"tag:te", "", ""},
		{`author:"ada l."`, "", "Green tea, Photo"},
		{"author:Bob", "", "Grüner Tee, Photo"},
		{"path:/en/", "", "Green tea"},
		{"path:/en", "", "Green tea"},
		{"path:/", "", "Green tea, Grüner Tee, Photo"},
		{"path:/en/green", "", "Green tea"},
		{"lang:en", "", "Green tea, Photo"}, // the third says no language, and the blog's is English
		{"lang:en-GB", "", "Green tea"},
		{"lang:DE", "", "Grüner Tee"},
		{"word:recipe", "", "Green tea"},
		{"word:RECIPE,word:rezept", "", "Green tea, Grüner Tee"},
		{"word:tea", "", "Green tea"}, // not Teapots
		{`word:"for two"`, "", "Green tea"},
		{"word:日本茶", "", "Photo"},
		{"word:teapots", "", "Photo"},
		{"", "lang:de tag:photo", "Green tea"},
		{"author:Bob", "lang:de", "Photo"},
		{"tag:tea", "tag:tea", ""},
	} {
		b := feeds.Blog{Language: "en", Settings: setTo(t, "include", c.include, "exclude", c.exclude)}
		var titles []string
		for _, p := range feeds.PostsOf(feed, b, start) {
			titles = append(titles, p.Title)
		}
		if got := strings.Join(titles, ", "); got != c.want {
			t.Errorf("include %q, exclude %q: %s, want %s", c.include, c.exclude, got, c.want)
		}
	}
}

func TestWrongRuleIsNamedAndSaysHowToWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"tea":                 "the rule tea has no kind",
		"lang:en tea":         "the rule tea has no kind",
		"tags:tea":            "the rule tags:tea is of a kind that does not exist; there are tag, author, path, word, lang",
		`tag:tea author:"Ada`: "a quote that does not end",
		"tag:":                "the rule tag: has no value",
		"tag:#":               "no value",
		`word:" "`:            "no value",
		"lang:english!":       "no value",
		"path:en":             "begins with a slash",
		":tea":                "kind that does not exist",
		strings.Repeat("tag:a1 ", 1) + strings.Repeat("word:x ", 300): "longer than",
	} {
		var s settings.Settings
		err := s.Set("include", text)
		if !errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
		if s != (settings.Settings{}) {
			t.Errorf("%.40q is kept", text)
		}
	}
	many := ""
	for i := range 51 {
		many += " tag:t" + string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	var s settings.Settings
	if err := s.Set("exclude", many); !errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), "more than 50 rules") {
		t.Errorf("51 rules: %v", err)
	}
}

func FuzzRulesKeepTheirMeaning(f *testing.F) {
	for _, text := range []string{
		`tag:tea author:"Ada L." path:/en/ word:recipe lang:en`, `tag:"a`, "tag:\"\" ,,", "word:日本 茶:x", "lang:zh_hant",
	} {
		f.Add(text)
	}
	feed, err := parser.Parse([]byte(mixed), "", feedURL)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again settings.Settings
		if s.Set("include", text) != nil {
			return
		}
		if err := again.Set("include", s.Get("include")); err != nil || again != s {
			t.Fatalf("%q becomes %q, which becomes %q (%v)", text, s.Get("include"), again.Get("include"), err)
		}
		feeds.PostsOf(feed, feeds.Blog{Settings: s}, start)
	})
}
