package publisher_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// GoToSocial and Misskey show the content of an Article and not its name, so the title is the first line of the text, once.
func TestKindsOfTitlesInTheText(t *testing.T) {
	t.Parallel()
	const strong = "<p><strong>On tea &amp; time</strong></p>"
	for name, c := range map[string]struct {
		raw  string
		set  []string
		want string
	}{
		"a text":                    {"<p>Four minutes.</p>", nil, strong + "<p>Four minutes.</p>"},
		"a picture first":           {`<img src="https://blog.example/a.jpg" alt="A pot"><p>Four.</p>`, nil, strong + `<img src="https://blog.example/a.jpg" alt="A pot"/><p>Four.</p>`},
		"the theme's own heading":   {"<h2>On tea &amp; time</h2><p>Four.</p>", nil, "<h2>On tea &amp; time</h2><p>Four.</p>"},
		"its title in other case":   {"<p><b>ON TEA &amp; TIME</b></p><p>Four.</p>", nil, "<p><b>ON TEA &amp; TIME</b></p><p>Four.</p>"},
		"a sentence that begins so": {"<p>On tea &amp; time I wrote before.</p>", nil, strong + "<p>On tea &amp; time I wrote before.</p>"},
		"a line of it":              {"On tea &amp; time\n<p>Four.</p>", nil, "On tea &amp; time\n<p>Four.</p>"},
		"a smaller heading":         {"<h4>On tea &amp; time</h4>Four.", nil, "<h4>On tea &amp; time</h4>Four."},
		"no text at all":            {"", nil, strong + "<p>Why a good cup needs &lt;four&gt; minutes.</p>"},
		"no summary":                {"<p>Four.</p>", []string{"post_summary", "none"}, strong + "<p>Four.</p>"},
		"a note":                    {"<p>Four.</p>", []string{"object_type", "note"}, strong + `<p>Four.</p><p><a href="https://blog.example/tea">https://blog.example/tea</a></p>`},
		"a note with a heading": {"<h3>On tea &amp; time</h3><p>Four.</p>", []string{"object_type", "note"},
			`<h3>On tea &amp; time</h3><p>Four.</p><p><a href="https://blog.example/tea">https://blog.example/tea</a></p>`},
	} {
		b, p := teaBlog, teaPost()
		p.Content = safehtml.Article(c.raw, nil)
		for i := 0; i < len(c.set); i += 2 {
			if err := b.Settings.Set(c.set[i], c.set[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if a := article.Build(b, p, article.Facts{}); a.Content != c.want || a.ContentMap["en"] != c.want {
			t.Errorf("%s: %s\nwant %s", name, a.Content, c.want)
		}
	}
}
