package feeds_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

// What the text of a post shows as words or not at all, and what only counts readers, stands for no post.
func TestKindsOfImagesThatAreNoPictures(t *testing.T) {
	t.Parallel()
	for _, img := range []string{
		`<img class="latex" src="https://s0.wp.com/x?latex=e" alt="e^{i\pi}">`,
		`<img class="latex" src="https://s0.wp.com/x?latex=e">`,
		`<img src="/wp-content/latex.php?latex=x%5E2" alt="x^2">`,
		`<img class="mwe-math-fallback-image-inline" src="https://wikimedia.example/svg/1" style="width:90ex;height:20ex" alt="{\displaystyle x}">`,
		`<img src="https://s.w.org/images/core/emoji/15/72x72/1f600.png" alt="😀">`,
		`<img class="twemoji" src="/1f600.png" alt="😀">`,
		`<img src="/grin.png" alt="😀" width="16">`,
		`<img src="/tracker.gif" style="display:none">`,
		`<img src="/tracker.gif" hidden>`,
		`<div style="display: none"><img src="/preload.jpg"></div>`,
		`<div class="sharedaddy"><a href="/x"><img src="/button.png"></a></div>`,
		`<img src="/tracker.gif" style="width:1px !important; height: 1px">`,
		`<img src="/icon.png" style="width:16px;height:16px">`,
		`<img src="/icon.png" style="border:0; max-height: 1.5em">`,
		`<img src="/icon.png" height="1em">`,
		`<img src="https://stats.mill.example/piwik.php?idsite=3&amp;rec=1">`,
		`<img src="https://mill.example/stats/matomo.php?idsite=3">`,
		`<img src="//stats.mill.example/p.php?idsite=3" style="border:0">`,
		`<img src="https://stats.mill.example/p.php?idsite=8amp;action_name=Tea&amp;rec=1">`,
		`<img src="https://stats.mill.example/p.php?rec=1&amp;amp;idsite=8">`,
		`<img src="https://mill.example/favicon.ico">`,
		`<img src="https://mill.example/assets/favicons/large.png">`,
		`<img src="https://www.google.com/s2/favicons?domain=mill.example&amp;sz=128">`,
		`<img src="/static/image/filetype/jpg.gif" alt="">`,
		`<img src="https://vg07.met.vgwort.de/na/0123456789abcdef" alt="">`,
		`<img src="https://i.creativecommons.org/l/by/4.0/88x31.png" alt="Creative Commons License">`,
		`<img src="https://licensebuttons.net/l/by-sa/3.0/80x15.png">`,
		`<img src="/badges/valid-rss-88x31.gif">`,
		`<img src="https://static.addtoany.com/buttons/share_save_171_16.png" alt="Share">`,
		`<img src="http://www.linkwithin.com/pixel.png" alt="Related Posts">`,
		`<img src="http://feeds.feedburner.com/~ff/Mill?d=yIl2AUoC8zA" border="0">`,
		`<img src="http://feeds.feedburner.com/~r/Mill/~4/abc">`,
		`<img src="http://feedproxy.google.com/~f/Mill?i=abc">`,
		`<img src="https://ad.doubleclick.net/ad/mill;sz=300x250">`,
		`<img src="https://stats.wordpress.com/b.gif?host=mill.example">`,
		`<img src="https://pixel.wp.com/b.gif?host=mill.example">`,
		`<img src="http://feeds.wordpress.com/1.0/comments/mill.wordpress.com/3/">`,
	} {
		for want, rest := range map[string]string{"": "", "https://mill.example/tea.jpg": `<img src="https://mill.example/tea.jpg" style="width:100%;height:auto">`} {
			for _, field := range []string{"description", "content:encoded"} {
				p := newestOf(t, "rss", "<"+field+"><![CDATA[<p>Tea.</p>"+img+rest+"]]></"+field+">")
				if p.ImageURL != want || len(p.Attachments) != min(len(want), 1) {
					t.Errorf("%s in %s before %q: %q and %+v", img, field, rest, p.ImageURL, p.Attachments)
				}
			}
		}
	}
}

// What only looks like an ornament is a picture of the post all the same.
func TestKindsOfImagesThatArePictures(t *testing.T) {
	t.Parallel()
	for _, img := range []string{
		`<img src="https://mill.example/tea.jpg" style="max-width:100%;height:auto">`,
		`<img src="https://mill.example/tea.jpg" style="border-width:1px;margin-height:1px;width:20em">`,
		`<img src="https://mill.example/tea.jpg" width="100%" height="auto">`,
		`<img src="https://mill.example/tea.jpg" alt="🌅" width="1200">`,
		`<img src="https://mill.example/tea.jpg" alt="Latex gloves">`,
		`<div class="share"><img src="https://mill.example/tea.jpg"></div>`,
		`<div style="display:none"><p>never closed<img src="https://mill.example/tea.jpg">`,
		`<a href="https://mill.example/tea.jpg"><img src="https://mill.example/tea.jpg"></a>`,
		`<figure><picture><source srcset="/t.webp"><img src="https://mill.example/tea.jpg"></picture></figure>`,
		`<img src="https://mill.example/tea.jpg" width="">`,
		`<img src="https://mill.example/tea.jpg?how=favicon&amp;idsite=8">`,
		`<img src="https://mill.example/tea.jpg?from=p.php&amp;at=i.creativecommons.org">`,
	} {
		p := newestOf(t, "rss", "<description><![CDATA["+img+"]]></description>")
		if !strings.HasPrefix(p.ImageURL, "https://mill.example/tea.jpg") || len(p.Attachments) != 1 {
			t.Errorf("%s: %q and %+v", img, p.ImageURL, p.Attachments)
		}
	}
}

// What stands for the whole feed stands for none of its posts; an episode has no other picture than its cover.
func TestKindsOfPicturesThatAreTheFeeds(t *testing.T) {
	t.Parallel()
	const icon = "https://mill.example/icon.png"
	rss := func(item string) string {
		return `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Mill</title><link>https://mill.example/</link><image><url>` + icon +
			`</url></image><item><guid isPermaLink="false">1</guid><title>Tea</title>` + item + `</item></channel></rss>`
	}
	json := func(item string) string {
		return `{"version":"https://jsonfeed.org/version/1.1","title":"Mill","icon":"` + icon + `","items":[{"id":"1","content_text":"Tea"` + item + `}]}`
	}
	for name, c := range map[string]struct{ body, want string }{
		"named":             {rss(`<media:content medium="image" url="` + icon + `"/>`), ""},
		"a thumbnail":       {rss(`<media:thumbnail url="` + icon + `"/>`), ""},
		"in the text":       {rss(`<description>&lt;img src="/icon.png"&gt;&lt;img src="/tea.jpg"&gt;</description>`), "https://mill.example/tea.jpg"},
		"before the text's": {rss(`<media:content medium="image" url="` + icon + `"/><description>&lt;img src="/tea.jpg"&gt;</description>`), "https://mill.example/tea.jpg"},
		"of an episode":     {rss(`<media:content medium="image" url="` + icon + `"/><enclosure url="https://mill.example/1.mp3" type="audio/mpeg" length="1"/>`), icon},
		"JSON Feed":         {json(`,"image":"` + icon + `"`), ""},
		"JSON Feed's other": {json(`,"image":"https://mill.example/tea.jpg"`), "https://mill.example/tea.jpg"},
		"JSON, a favicon":   {json(`,"image":"https://mill.example/favicon.ico"`), ""},
	} {
		f, err := parser.Parse([]byte(c.body), "", feedURL)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, _ := parser.HeroOf(f.Items[0]); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
