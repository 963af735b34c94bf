package preview_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/preview"
)

const feedAddress = "https://tea.example/feed.xml"

// item is an item that gives no reason for advice; with and without change it.
func item(n int) string {
	return fmt.Sprintf(`<item><title>Cup %d</title><link>https://tea.example/%d/</link><guid>%d</guid>`+
		`<pubDate>Mon, %02d Nov 2026 07:%02d:00 +0000</pubDate><category>Tea</category><description>About cup %d.</description>`+
		`<content:encoded>&lt;p&gt;%s&lt;/p&gt;</content:encoded></item>`, n, n, n, n, n, n, strings.Repeat("Leaf and water. ", 40))
}

func channel(items ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Tea</title>` +
		`<link>https://tea.example/</link><description>Cups</description><language>en</language>` + strings.Join(items, "") + `</channel></rss>`
}

// changed is an item in which something is replaced.
func changed(item string, oldNew ...string) string {
	return strings.NewReplacer(oldNew...).Replace(item)
}

func ids(p preview.Preview) (all []string) {
	for _, w := range p.Warnings {
		all = append(all, w.ID)
	}
	return all
}

func TestGoodFeedGetsNoAdvice(t *testing.T) {
	p := look(t, goodHost(feedAddress, "application/rss+xml", channel(item(3), item(2), item(1))), feedAddress, 3)
	if len(p.Warnings) > 0 {
		t.Errorf("%+v", p.Warnings)
	}
	if said := textOf(t, p, 80); !strings.Contains(said, "Nothing to improve") {
		t.Error(said)
	}
}

// Each feed has one fault, gets exactly one piece of advice, and is told what was seen.
func TestEachFaultIsSeen(t *testing.T) {
	three := []string{item(3), item(2), item(1)}
	text := strings.Repeat("Leaf and water. ", 40)
	all := func(oldNew ...string) string {
		return channel(changed(three[0], oldNew...), changed(three[1], oldNew...), changed(three[2], oldNew...))
	}
	one := func(oldNew ...string) string { return channel(changed(three[0], oldNew...), three[1], three[2]) }
	for name, c := range map[string]struct{ body, id, seen string }{
		"one guid for all":        {all("<guid>3<", "<guid>x<", "<guid>2<", "<guid>x<", "<guid>1<", "<guid>x<"), "guids-shared", "All 3 posts share a guid with another, such as “x”."},
		"two of a guid":           {one("<guid>3<", "<guid>2<"), "guids-shared", "2 of 3 posts share"},
		"one post twice":          {channel(three[0], three[1], three[1], three[2]), "repeated", "1 of 4 posts repeats an earlier one: “Cup 2”."},
		"no guid":                 {one("<guid>3</guid>", ""), "guids-missing", "1 of 3 posts has no guid"},
		"no link":                 {one("<link>https://tea.example/3/</link>", "", "<guid>", `<guid isPermaLink="false">`), "links-missing", "1 of 3 posts has no link"},
		"plain http":              {one("https://tea.example/3/", "http://tea.example/3/"), "http-links", "1 of 3 posts has a link with http://"},
		"somebody else's page":    {one("https://tea.example/3/", "https://news.example/3/"), "other-host", "“news.example”"},
		"tracking":                {all("/</link>", "/?utm_source=rss&amp;x=1</link>"), "tracking", "“utm_source”"},
		"no date":                 {one("<pubDate>Mon, 03 Nov 2026 07:03:00 +0000</pubDate>", ""), "dates-missing", "1 of 3 posts has no date"},
		"tomorrow":                {one("03 Nov 2026", "21 Nov 2026"), "dates-future", "1 of 3 posts is dated in the future, such as 21 November 2026"},
		"days only":               {all("07:03:00", "00:00:00", "07:02:00", "00:00:00", "07:01:00", "00:00:00"), "dates-midnight", "All 3 posts are dated with a day"},
		"oldest first":            {channel(item(1), item(2)), "order", "not listed newest first"},
		"excerpts":                {all(text, "Leaf and […]"), "excerpts-only", "all 3 posts end as if cut off"},
		"short":                   {all(text, "Leaf."), "excerpts-only", "typically 5 characters"},
		"a call to read":          {one("About cup 3.", "About cup 3, until you read more."), "summary-ends", "“read more.”"},
		"no title":                {one("<title>Cup 3</title>", ""), "titles-missing", "1 of 3 posts has no title"},
		"a title with markup":     {one("Cup 3<", "Vec&amp;lt;T&amp;gt;<"), "title-markup", "“Vec<T>” is “Vec”"},
		"no language":             {strings.Replace(channel(three...), "<language>en</language>", "", 1), "language-missing", "All 3 posts come without a language"},
		"relative link":           {one(text, text+`&lt;a href="/pot"&gt;pot&lt;/a&gt;&lt;a href="#note"&gt;note&lt;/a&gt;`), "relative-addresses", "“/pot”"},
		"relative picture":        {one(text, text+`&lt;img src="pot.png"&gt;`), "relative-addresses", "“pot.png”"},
		"embeds":                  {one(text, text+`&lt;iframe src="https://x.example"&gt;&lt;/iframe&gt;&lt;form&gt;&lt;/form&gt;`), "embeds", "form, iframe"},
		"AVIF":                    {one(text, text+`&lt;img src="https://tea.example/pot.AVIF?w=3"&gt;`), "image-format", "format AVIF"},
		"a category of digits":    {one("<category>Tea<", "<category>2026<"), "hashtags-lost", "“2026”"},
		"a wall of categories":    {one("<category>Tea</category>", wall(11)), "hashtags-many", "“Cup 3” has 11"},
		"guessed by us, not told": {channel(three...), "guessed", "feed.xml”; it was found by trying"},
	} {
		t.Run(name, func(t *testing.T) {
			h, address := goodHost(feedAddress, "application/rss+xml", c.body), feedAddress
			if c.id == "guessed" {
				address = "https://tea.example/"
			}
			sees(t, look(t, withPage{h}, address, 3), c.id, c.seen)
		})
	}
}

func wall(n int) (tags string) {
	for i := range n {
		tags += fmt.Sprintf("<category>tag %c</category>", 'a'+i)
	}
	return tags
}

func sees(t *testing.T, p preview.Preview, id, seen string) {
	t.Helper()
	if !slices.Equal(ids(p), []string{id}) {
		t.Fatalf("advice is %v, want %s alone", ids(p), id)
	}
	if w := p.Warnings[0]; !strings.Contains(w.Seen, seen) || w.Why == "" || w.Fix == "" {
		t.Errorf("it says %q, want %q (why %q, fix %q)", w.Seen, seen, w.Why, w.Fix)
	}
}

// What the server does wrong shows only when it is asked more than once.
func TestFaultsOfTheServerAreSeen(t *testing.T) {
	good := channel(item(3), item(2), item(1))
	latin := strings.Replace(good, "About cup 3", "Caf\xe9 3", 1)
	for name, c := range map[string]struct {
		change   func(h *host)
		id, seen string
	}{
		"guids of the hour": {func(h *host) {
			h.bodies = []string{good, strings.NewReplacer("<guid>", "<guid>at-2-").Replace(good)}
		}, "guids-change", "named all 3 posts with another guid"},
		"links of the hour": {func(h *host) { h.bodies = []string{good, strings.ReplaceAll(good, "/3/<", "/3/?sid=2<")} },
			"guids-change", "named 1 of 3 posts with another link"},
		"no validators":  {func(h *host) { delete(h.header, "ETag") }, "no-validators", "neither ETag nor Last-Modified"},
		"no 304":         {func(h *host) { delete(h.header, "ETag"); h.header["Last-Modified"] = "Mon, 16 Nov 2026 07:00:00 GMT" }, "no-304", "did not answer 304"},
		"large":          {func(h *host) { h.bodies[0] = good + strings.Repeat(" ", 1<<20) }, "feed-large", "1.1 MB and 3 posts"},
		"called a page":  {func(h *host) { h.header["Content-Type"] = "text/html" }, "content-type", "“text/html”"},
		"called nothing": {func(h *host) { delete(h.header, "Content-Type") }, "content-type", "no Content-Type"},
		"called Latin-1": {func(h *host) {
			h.bodies[0] = strings.Replace(good, "About", "Äbout", 1)
			h.header["Content-Type"] = "text/xml; charset=iso-8859-1"
		}, "encoding", "written in utf-8, but the server says windows-1252 and its first line utf-8"},
		"undeclared": {func(h *host) { h.bodies[0] = strings.Replace(latin, ` encoding="utf-8"`, "", 1) }, "encoding", "windows-1252 was guessed"},
		"garbled":    {func(h *host) { h.bodies[0] = latin }, "encoding", "show as “�”"},
		"once only":  {func(h *host) { h.bodies = []string{good, "<html>We are resting."} }, "asked-twice", "not a second time"},
	} {
		t.Run(name, func(t *testing.T) {
			h := goodHost(feedAddress, "application/rss+xml", good)
			c.change(h)
			sees(t, look(t, h, feedAddress, 3), c.id, c.seen)
		})
	}
}

// A post that appears between the two readings is no guid that changes.
func TestNewPostBetweenReadingsIsNoFault(t *testing.T) {
	h := goodHost(feedAddress, "application/rss+xml", "")
	h.bodies = []string{channel(item(2), item(1)), channel(item(3), item(2), item(1))}
	if p := look(t, h, feedAddress, 3); len(p.Warnings) > 0 {
		t.Errorf("%+v", p.Warnings)
	}
}
