package feeds_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

func TestKindsOfAlternatesInSeveralLanguages(t *testing.T) {
	t.Parallel()
	const (
		de   = `<link rel="alternate" hreflang="de" href="https://tea.example/de"/>`
		en   = `<link rel="alternate" type="text/html" hreflang="en" href="https://tea.example/en"/>`
		enGB = `<link hreflang="en_gb" href="https://tea.example/en-gb"/>`
		any  = `<link href="https://tea.example/any"/>`
		pdf  = `<link type="application/pdf" hreflang="en" href="https://tea.example/en.pdf"/>`
	)
	for name, c := range map[string]struct{ feed, entry, links, want string }{
		"of the feed":            {"en", "", de + en, "en"},
		"of the entry":           {"de", "en", de + en, "en"},
		"exactly":                {"en-GB", "", de + en + enGB, "en-gb"},
		"of another country":     {"en-US", "", de + enGB, "en-gb"},
		"of none among others":   {"fr", "", de + any + en, "any"},
		"none that fits":         {"fr", "", de + en, "de"},
		"nobody says which":      {"", "", de + en, "de"},
		"a page before a file":   {"en", "", pdf + de, "de"},
		"only files":             {"en", "", `<link type="application/pdf" hreflang="de" href="https://tea.example/de.pdf"/>` + pdf, "en.pdf"},
		"no links in a language": {"en", "", any + `<link href="https://tea.example/other"/>`, "any"},
	} {
		lang := func(of string) string {
			if of == "" {
				return ""
			}
			return ` xml:lang="` + of + `"`
		}
		f, err := parser.Parse([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"`+lang(c.feed)+`>`+c.links+`<entry`+lang(c.entry)+
			`><id>urn:1</id><title>x</title>`+c.links+`</entry></feed>`), "", feedURL)
		if err != nil {
			t.Fatal(err)
		}
		if got := feeds.PostsOf(f, tea, start)[0].URL; got != "https://tea.example/"+c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if c.entry == "" && f.SiteURL != "https://tea.example/"+c.want {
			t.Errorf("%s: the site is %s, want %s", name, f.SiteURL, c.want)
		}
	}
}

// RFC 4287 §4.1.3.3: what is text of some kind is text.
func TestKindsOfTextInAtom(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{
		"text":                      "<p>1 &lt; 2 &amp; *so* on</p>",
		"text/plain":                "<p>1 &lt; 2 &amp; *so* on</p>",
		"text/markdown":             "<p>1 &lt; 2 &amp; *so* on</p>",
		"Text/X-Markdown":           "<p>1 &lt; 2 &amp; *so* on</p>",
		"text/plain; charset=utf-8": "<p>1 &lt; 2 &amp; *so* on</p>",
		"text/gemini":               "<p>1 &lt; 2 &amp; *so* on</p>",
		"image/png":                 "",
		"application/pdf":           "",
	} {
		for _, element := range []string{"content", "summary"} {
			p := only(t, atomOpen+`<entry><id>urn:1</id><title>x</title><`+element+` type="`+kind+`">1 &lt; 2 &amp; *so* on</`+element+`></entry></feed>`)
			if got := p.Content.String(); got != want {
				t.Errorf("%s of %s: %s, want %s", element, kind, got, want)
			}
		}
	}
}

// RFC 4287 §4.2.1: an entry of a planet is by the author of the feed that it was taken from.
func TestKindsOfAuthorsOfWhatWasTaken(t *testing.T) {
	t.Parallel()
	const (
		planet = `<author><name>Planet Tea</name></author>`
		source = `<source><id>urn:leaf</id><title>Leaf</title><author><name>Ann Leaf</name></author></source>`
	)
	for name, c := range map[string]struct{ feed, entry, want string }{
		"its feed's":            {planet, source, "Ann Leaf"},
		"the planet has none":   {"", source, "Ann Leaf"},
		"its own":               {planet, `<author><name>Bob</name></author>` + source, "Bob"},
		"its own is nameless":   {planet, `<author><name> </name></author>` + source, "Ann Leaf"},
		"its creator":           {planet, `<dc:creator>Cid</dc:creator>` + source, "Cid"},
		"two of them":           {planet, `<source><author><name>Ann</name></author><author><name>Bob</name></author></source>`, "Ann, Bob"},
		"its feed's has no one": {planet, `<source><id>urn:leaf</id><author><email>a@leaf.example</email></author></source>`, "Planet Tea"},
		"nothing was taken":     {planet, "", "Planet Tea"},
	} {
		p := only(t, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">`+c.feed+
			`<entry><id>urn:1</id><title>x</title>`+c.entry+`</entry></feed>`)
		if p.Author != c.want {
			t.Errorf("%s: %q, want %q", name, p.Author, c.want)
		}
	}
}
