package feeds_test

import (
	"strings"
	"testing"
)

// What a blog links to is not where its own pictures and posts are.
func TestKindsOfBasesOfLinkBlogs(t *testing.T) {
	t.Parallel()
	const text = `<description>&lt;img src="/assets/icon.png"&gt; &lt;a href="/posts/1"&gt;x&lt;/a&gt;</description>`
	inRSS := func(channel, item string) string {
		return `<rss version="2.0"><channel><title>T</title>` + channel + `<item><title>Cup</title>` + item + text + `</item></channel></rss>`
	}
	inAtom := func(feed, entry string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"` + feed + `<entry><id>urn:1</id>` + entry +
			`<content type="html">&lt;img src="/assets/icon.png"&gt; &lt;a href="/posts/1"&gt;x&lt;/a&gt;</content></entry></feed>`
	}
	const (
		site    = `<link>https://pots.example/</link>`
		foreign = `<link>https://github.com/x/y</link>`
	)
	for name, c := range map[string]struct{ body, origin string }{
		"a link elsewhere":        {inRSS(site, foreign), "https://pots.example"},
		"its guid is no page":     {inRSS(site, foreign+`<guid isPermaLink="false">https://blog.pots.example/1</guid>`), "https://pots.example"},
		"its guid is its page":    {inRSS(site, foreign+`<guid>https://blog.pots.example/1</guid>`), "https://blog.pots.example"},
		"its guid is the link":    {inRSS(site, foreign+`<guid>https://github.com/x/y</guid>`), "https://pots.example"},
		"a neighbour on a host":   {inRSS(`<link>https://ann.github.io/</link>`, `<link>https://bob.github.io/1</link>`), "https://ann.github.io"},
		"an address for a host":   {inRSS(`<link>http://192.0.2.1/</link>`, `<link>http://192.0.3.1/x</link>`), "http://192.0.2.1"},
		"with www.":               {inRSS(`<link>https://www.pots.example/</link>`, `<link>https://pots.example/1</link>`), "https://pots.example"},
		"a subdomain":             {inRSS(site, `<link>https://notes.pots.example/1</link>`), "https://notes.pots.example"},
		"in capitals":             {inRSS(site, `<link>https://POTS.example/1</link>`), "https://pots.example"},
		"the feed is there too":   {inRSS(site, `<link>https://tea.example/1</link>`), "https://tea.example"},
		"nobody names a site":     {inRSS("", foreign), "https://github.com"},
		"no link at all":          {inRSS(site, ""), "https://pots.example"},
		"taken from another feed": {inRSS(site, `<link>https://leaf.example/1</link><source url="https://leaf.example/feed">Leaf</source>`), "https://leaf.example"},
		"Atom":                    {inAtom(`><link href="https://pots.example/"/>`, `<link href="https://github.com/x/y"/>`), "https://pots.example"},
		"Atom with a base":        {inAtom(` xml:base="https://cdn.example/"><link href="https://pots.example/"/>`, `<link href="https://github.com/x/y"/>`), "https://cdn.example"},
		"Atom of a planet": {inAtom(`><link href="https://planet.example/"/>`, `<link href="https://leaf.example/1"/><source><id>urn:leaf</id><title>Leaf</title></source>`),
			"https://leaf.example"},
		"JSON": {`{"version":"https://jsonfeed.org/version/1.1","home_page_url":"https://pots.example/","items":[{"id":"1","external_url":"https://github.com/x/y",` +
			`"content_html":"<img src='/assets/icon.png'> <a href='/posts/1'>x</a>"}]}`, "https://pots.example"},
	} {
		p := only(t, c.body)
		want := `<img src="` + c.origin + `/assets/icon.png"/> <a href="` + c.origin + `/posts/1">x</a>`
		if got := p.Content.String(); strings.TrimSpace(got) != want || p.ImageURL != c.origin+"/assets/icon.png" {
			t.Errorf("%s:\n got %s, picture %s\nwant %s", name, got, p.ImageURL, want)
		}
	}
}
