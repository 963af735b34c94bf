package feeds_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

func TestKindsOfLinksWithoutAScheme(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ site, link, want, wantSite string }{
		"the site's host":       {"https://pots.example/", "pots.example/p1", "https://pots.example/p1", "https://pots.example/"},
		"with www.":             {"https://pots.example/", " www.pots.example/p1?a=1 ", "https://www.pots.example/p1?a=1", "https://pots.example/"},
		"without www.":          {"http://www.pots.example/", "Pots.example/p1", "https://pots.example/p1", "http://www.pots.example/"},
		"the feed's host":       {"https://pots.example/", "www.tea.example/p1", "https://www.tea.example/p1", "https://pots.example/"},
		"the site has none too": {"www.tea.example", "www.tea.example/p1", "https://www.tea.example/p1", "https://www.tea.example"},
		"a port":                {"https://pots.example:8443/", "pots.example:8443/p1", "https://pots.example:8443/p1", "https://pots.example:8443/"},
		"a host and no scheme":  {"https://pots.example/", "//pots.example/p1", "https://pots.example/p1", "https://pots.example/"},
	} {
		for format, body := range map[string]string{
			"RSS":  `<rss version="2.0"><channel><title>T</title><link>` + c.site + `</link><item><title>x</title><link>` + c.link + `</link></item></channel></rss>`,
			"JSON": `{"version":"https://jsonfeed.org/version/1.1","home_page_url":"` + c.site + `","items":[{"id":"1","title":"x","url":"` + c.link + `"}]}`,
		} {
			f, err := parser.Parse([]byte(body), "", feedURL)
			if err != nil {
				t.Fatal(err)
			}
			if got := feeds.PostsOf(f, tea, start)[0].URL; got != c.want || f.SiteURL != c.wantSite {
				t.Errorf("%s, %s: %s of %s, want %s of %s", format, name, got, f.SiteURL, c.want, c.wantSite)
			}
		}
	}
	for _, path := range []string{"leaf.example/p1", "p1.html", "a.pots.example/p1", "pots.example.html"} {
		body := `<rss version="2.0"><channel><title>T</title><link>https://pots.example/</link><item><title>x</title><link>` + path + `</link></item></channel></rss>`
		if got := only(t, body).URL; got != "https://pots.example/"+path {
			t.Errorf("%s: %s", path, got)
		}
	}
}
