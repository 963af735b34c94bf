package feeds_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestKindsOfLinksLeadToThePage(t *testing.T) {
	t.Parallel()
	const want = "https://tea.example/cup"
	rssItem := func(inside string) string {
		return `<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ` +
			`xmlns:pheedo="http://www.pheedo.com/namespace/pheedo"><channel><title>T</title><link>https://tea.example/</link><item><title>Cup</title>` +
			inside + `</item></channel></rss>`
	}
	atomEntry := func(inside string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>T</title>` +
			`<link rel="self" href="https://tea.example/feed"/><entry><title>Cup</title>` + inside + `</entry></feed>`
	}
	for name, body := range map[string]string{
		"space around":             rssItem("<link>\n\t https://tea.example/cup \n</link>"),
		"a line break inside":      rssItem("<link>https://tea.example/\n\tcup</link>"),
		"space around, attribute":  atomEntry(`<id>urn:1</id><link href=" https://tea.example/cup "/>`),
		"escaped twice":            strings.Replace(rssItem("<link><![CDATA[https://tea.example/cup?a=1&amp;b=2]]></link>"), "cup?a=1&amp;b=2", "cup", 1),
		"rel in capitals":          atomEntry(`<id>urn:1</id><link rel="self" href="https://tea.example/1.atom"/><link rel="Alternate" href="https://tea.example/cup"/>`),
		"rel as IRI":               atomEntry(`<id>urn:1</id><link rel="http://www.iana.org/assignments/relation/alternate" href="https://tea.example/cup"/>`),
		"rel as newer IRI":         atomEntry(`<id>urn:1</id><link rel="https://www.iana.org/assignments/link-relations/alternate" href="https://tea.example/cup"/>`),
		"rel with space":           atomEntry(`<id>urn:1</id><link rel=" alternate " type="text/html" href="https://tea.example/cup"/>`),
		"Atom inside RSS":          rssItem(`<guid isPermaLink="false">1</guid><a10:link href="https://tea.example/cup"/>`),
		"Atom inside RSS, empty":   rssItem(`<link/><a10:link rel="enclosure" href="https://tea.example/a.mp3"/><a10:link rel="Alternate" href="https://tea.example/cup"/>`),
		"an id for an address":     atomEntry(`<id>https://tea.example/cup</id>`),
		"an id and a self":         atomEntry(`<id> https://tea.example/cup </id><link rel="self" href="https://tea.example/cup.atom"/>`),
		"the page among formats":   atomEntry(`<id>urn:1</id><link rel="alternate" type="application/json" href="https://tea.example/cup.json"/><link rel="alternate" type="text/html" href="https://tea.example/cup"/><link rel="alternate" type="application/pdf" href="https://tea.example/cup.pdf"/>`),
		"the page is untyped":      atomEntry(`<id>urn:1</id><link rel="alternate" type="application/activity+json" href="https://tea.example/ap/1"/><link href="https://tea.example/cup"/>`),
		"only another format":      atomEntry(`<id>urn:1</id><link rel="alternate" type="text/markdown" href="https://tea.example/cup"/>`),
		"XHTML among formats":      rssItem(`<a10:link type="text/calendar" href="https://tea.example/cup.ics"/><a10:link type="application/xhtml+xml" href="https://tea.example/cup"/>`),
		"FeedBurner":               rssItem(`<link>https://feeds.feedburner.com/~r/tea/~3/x/cup</link><feedburner:origLink>https://tea.example/cup</feedburner:origLink>`),
		"FeedBurner, Atom":         atomEntry(`<id>urn:1</id><link href="https://feedproxy.google.com/~r/tea/~3/x/"/><feedburner:origLink> https://tea.example/cup </feedburner:origLink>`),
		"Pheedo":                   rssItem(`<link>https://www.pheedcontent.com/click.phdo?i=1</link><pheedo:origLink>https://tea.example/cup</pheedo:origLink>`),
		"a permanent link in guid": rssItem(`<guid isPermalink="TRUE">https://tea.example/cup</guid>`),
		"two links, one empty":     rssItem(`<link>https://tea.example/cup</link><link></link>`),
		"JSON with nothing but id": `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"https://tea.example/cup","content_text":"x"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got := only(t, body).URL; got != want {
				t.Errorf("%q", got)
			}
		})
	}
	for name, body := range map[string]string{
		"an id that is none":        atomEntry(`<id>tag:tea.example,2026:cup</id>`),
		"a guid that says no":       rssItem(`<guid ispermalink="false">https://tea.example/x</guid>`),
		"only its own address":      atomEntry(`<id>urn:1</id><link rel="self" href="https://tea.example/cup.atom"/>`),
		"JSON's id that is no page": `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"cup","content_text":"x"}]}`,
	} {
		if got := only(t, body).URL; got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestKindsOfSpellingsAreURIsEverywhere(t *testing.T) {
	t.Parallel()
	p := only(t, `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>T</title><link>https://Tee.example/</link><item>`+
		`<link>https://tée.example/über uns/100%-Tee?wo=Köln Süd</link><media:content medium="image" url="/bild ü.png"/>`+
		`<enclosure url="https://tée.example/lied ä.mp3" type="audio/mpeg"/>`+
		`<description>&lt;a href="https://tée.example/kännchen?größe=1 l"&gt;x&lt;/a&gt;</description></item></channel></rss>`)
	for what, c := range map[string][2]string{
		"link":    {p.URL, "https://xn--te-bja.example/%C3%BCber%20uns/100%25-Tee?wo=K%C3%B6ln%20S%C3%BCd"},
		"picture": {p.ImageURL, "https://tee.example/bild%20%C3%BC.png"},
		"sound":   {p.Attachments[0].URL, "https://xn--te-bja.example/lied%20%C3%A4.mp3"},
		"text":    {p.Content.String(), `<a href="https://xn--te-bja.example/k%C3%A4nnchen?gr%C3%B6%C3%9Fe=1%20l">x</a>`},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %s, want %s", what, c[0], c[1])
		}
	}
	for _, spelling := range []string{"https://tée.example/über uns/100%-Tee?wo=Köln Süd", "http://www.TÉE.example/%C3%BCber%20uns/100%25-Tee/?wo=K%C3%B6ln+S%C3%BCd"} {
		if pageurl.Key(spelling) != pageurl.Key(p.URL) {
			t.Errorf("%s is another page", spelling)
		}
	}
}

func TestKindsOfHubLinks(t *testing.T) {
	t.Parallel()
	rssWith := func(links string) string {
		return `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>` + links + `</channel></rss>`
	}
	for name, c := range map[string]struct{ body, hub, topic string }{
		"relative":       {rssWith(`<atom:link rel="hub" href="/hub"/><atom:link rel="self" href="feed.xml"/>`), "https://tea.example/hub", "https://tea.example/feed.xml"},
		"in capitals":    {rssWith(`<atom:link rel="HUB" href="//hub.example/"/><atom:link rel="Self" href="/feed.xml"/>`), "https://hub.example/", "https://tea.example/feed.xml"},
		"as IRIs":        {rssWith(`<atom:link rel="http://www.iana.org/assignments/relation/hub" href="https://hub.example/"/><atom:link rel="http://www.iana.org/assignments/relation/self" href=" https://tea.example/feed.xml "/>`), "https://hub.example/", "https://tea.example/feed.xml"},
		"relative, Atom": {`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><link rel="hub" href="hub"/><link rel="self" href="atom"/></feed>`, "https://tea.example/blog/hub", "https://tea.example/blog/atom"},
	} {
		f, err := parser.Parse([]byte(c.body), "", feedURL)
		if err != nil || f.Hub.URL != c.hub || f.Hub.Topic != c.topic {
			t.Errorf("%s: %+v, %v", name, f.Hub, err)
		}
	}
}

func TestKindsOfFeedsNamedByAHeader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]page{
		"a page":         {body: "<!doctype html><p>Tea", header: map[string]string{"Link": `<https://tea.example/hidden.xml>; rel="alternate"; type="application/rss+xml"`}},
		"relative":       {body: "<html></html>", header: map[string]string{"Link": `</style.css>; rel=preload, <hidden.xml>; type="application/rss+xml; charset=utf-8"; rel=ALTERNATE`}},
		"plain text":     {body: "Tea, soon", header: map[string]string{"Content-Type": "text/plain", "Link": `</comments/feed>; rel="alternate"; type="application/rss+xml", </hidden.xml>; rel="alternate nofollow"; type="application/rss+xml"; title="Tea"`}},
		"nothing at all": {body: " ", header: map[string]string{"Link": `<//tea.example/hidden.xml>;rel="http://www.iana.org/assignments/relation/alternate";type=application/rss+xml`}},
	} {
		web := &network{}
		web.set("https://tea.example", c)
		web.set("https://tea.example/hidden.xml", page{body: rss(post(1))})
		found, err := fetch.Discover(t.Context(), web.client(), "tea.example")
		if err != nil || found.FeedURL != "https://tea.example/hidden.xml" || found.Guessed {
			t.Errorf("%s: %q, %v", name, found.FeedURL, err)
		}
	}
}

// A blog whose addresses were stored as its feed wrote them must not look edited when they are published as URIs.
func TestKindsOfSpellingsEditNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t), post(1).with(func(e *entry) { e.guid, e.link = "", "https://tée.example/über" }),
		post(2).with(func(e *entry) { e.link = "https://tea.example/?q=ü" }))
	for _, statement := range []string{
		"UPDATE posts SET url = 'https://t%C3%A9e.example/%C3%BCber', hash_version = 2 WHERE title = 'Cup 1'",
		"UPDATE posts SET url = 'https://tea.example/?q=ü', hash_version = 2 WHERE title = 'Cup 2'",
		"UPDATE polls SET hash_version = 2",
	} {
		if _, err := w.db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	w.mustPoll()
	if w.expectDue(""); len(w.posts()) != 2 {
		t.Errorf("%d posts", len(w.posts()))
	}
	for _, p := range w.posts() {
		if !p.EditedAt.IsZero() || strings.ContainsRune(p.URL, 'ü') {
			t.Errorf("%s: %s, edited at %v", p.Title, p.URL, p.EditedAt)
		}
	}
}
