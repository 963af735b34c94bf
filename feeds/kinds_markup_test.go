package feeds_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

const (
	atomOpen  = `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><id>urn:t</id><link href="https://tea.example/"/>`
	xhtmlDiv  = `<div xmlns="http://www.w3.org/1999/xhtml">`
	entryOpen = `<entry><id>urn:t:1</id><link href="https://tea.example/1"/>`
)

// only is the post of a feed that has one.
func only(t *testing.T, body string) feeds.Post {
	t.Helper()
	f, err := parser.Parse([]byte(body), "", feedURL)
	if err != nil {
		t.Fatal(err)
	}
	posts := feeds.PostsOf(f, tea, start)
	if len(posts) != 1 {
		t.Fatalf("%d posts", len(posts))
	}
	return posts[0]
}

func TestKindsOfXHTMLAreReadAsXML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, want string }{
		"player closed by itself":     {xhtmlDiv + `<p>Before</p><video src="/v.mp4"/><p>After</p></div>`, `<p>Before</p><p><a href="https://tea.example/v.mp4">v.mp4</a></p><p>After</p>`},
		"map closed by itself":        {xhtmlDiv + `<iframe src="https://maps.example/"/><p>After the map</p></div>`, `<p><a href="https://maps.example/">maps.example/</a></p><p>After the map</p>`},
		"icon closed by itself":       {xhtmlDiv + `<p><i class="icon"/> Cups</p><p>Pots</p></div>`, "<p> Cups</p><p>Pots</p>"},
		"anchor closed by itself":     {xhtmlDiv + `<p><a id="top"/>Tea and <a href="/cups">cups</a></p></div>`, `<p>Tea and <a href="https://tea.example/cups">cups</a></p>`},
		"heading closed by itself":    {xhtmlDiv + `<h2/><p>Plain</p></div>`, "<p>Plain</p>"},
		"text area closed by itself":  {xhtmlDiv + `<textarea/><p>Form</p></div>`, "<p>Form</p>"},
		"style closed by itself":      {xhtmlDiv + `<style/><p>Styled</p></div>`, "<p>Styled</p>"},
		"canvas, script, p":           {xhtmlDiv + `<canvas id="c"/><script src="x.js"/><p>Drawn</p><p/></div>`, "<p>Drawn</p>"},
		"plaintext":                   {xhtmlDiv + `<plaintext>a</plaintext><p>b</p></div>`, "<pre>a</pre><p>b</p>"},
		"prefix":                      {`<x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>One <x:em>two</x:em></x:p><x:br/><x:p>three</x:p></x:div>`, "<p>One <em>two</em></p><br/><p>three</p>"},
		"prefix that nobody declares": {`<xhtml:div><xhtml:p>One</xhtml:p><xhtml:ul><xhtml:li>two</xhtml:li></xhtml:ul></xhtml:div>`, "<p>One</p><ul><li>two</li></ul>"},
		"no namespace":                {`<div><p>Forgotten <b>xmlns</b></p></div>`, "<p>Forgotten <b>xmlns</b></p>"},
		"CDATA inside":                {xhtmlDiv + `<pre><![CDATA[if a < b && c]]></pre><p>then &lt;b&gt; &amp;amp; so</p></div>`, "<pre>if a &lt; b &amp;&amp; c</pre><p>then &lt;b&gt; &amp;amp; so</p>"},
		"two wrappers":                {xhtmlDiv + `<p>a</p></div><div xmlns="http://www.w3.org/1999/xhtml"><p>b</p></div>`, "<p>a</p><p>b</p>"},
		"foreign elements":            {xhtmlDiv + `<p>Word <o:p xmlns:o="urn:schemas-microsoft-com:office:office"/>was <st:place xmlns:st="urn:x">here</st:place></p></div>`, "<p>Word was here</p>"},
		"page with a head":            {`<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No</title></head><body><p>Yes</p></body></html>`, "<p>Yes</p>"},
		"comment of a plugin":         {xhtmlDiv + `<p>a</p><!-- wp -- 1 --><p>b</p></div>`, "<p>a</p><p>b</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"xhtml", " XHTML ", "application/xhtml+xml"} {
				p := only(t, atomOpen+entryOpen+`<content type="`+kind+`">`+c.content+`</content></entry></feed>`)
				if got := strings.Join(strings.Fields(p.Content.String()), " "); got != c.want {
					t.Errorf("%q: %s\nwant %s", kind, got, c.want)
				}
			}
		})
	}
}

func TestKindsOfXHTMLInTitlesAndSummaries(t *testing.T) {
	t.Parallel()
	for construct, want := range map[string]string{
		`type="xhtml">` + xhtmlDiv + `A <i class="star"/> tea &amp; a <b>cup</b></div>`:            "A tea & a cup",
		`type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">1 &lt; <h:em>2</h:em></h:div>`: "1 < 2",
		`type="xhtml">` + xhtmlDiv + `<![CDATA[<br> in]]> HTML and &lt;hr></div>`:                  "<br> in HTML and <hr>",
		`type="xhtml">Vec&lt;T> without a div`:                                                     "Vec<T> without a div",
		`>Nobody says <em>what</em> it is`:                                                         "Nobody says what it is",
	} {
		for _, field := range []string{"title", "summary"} {
			p := only(t, atomOpen+entryOpen+"<"+field+" "+construct+"</"+field+"></entry></feed>")
			got := p.Title
			if field == "summary" {
				got = p.Teaser
			}
			if got != want {
				t.Errorf("%s %s: %q, want %q", field, construct, got, want)
			}
		}
	}
	p := only(t, strings.Replace(atomOpen, "<feed", `<feed xmlns:content="http://purl.org/rss/1.0/modules/content/"`, 1)+entryOpen+
		`<content type="html">Tea &amp;amp; &lt;b>cups</content><content:encoded>more</content:encoded></entry></feed>`)
	if got := p.Content.String(); got != "Tea &amp; <b>cups</b>" {
		t.Errorf("beside RSS's content: %s", got)
	}
	f, err := parser.Parse([]byte(strings.Replace(atomOpen, "<title>T</title>", `<title type="xhtml">`+xhtmlDiv+`Tea <a/>&amp; <b>cups</b></div></title>`+
		`<subtitle type="xhtml">`+xhtmlDiv+`All <i/>of <span>it</span></div></subtitle>`, 1)+"</feed>"), "", feedURL)
	if err != nil || f.Title != "Tea & cups" || f.Description != "All of it" {
		t.Errorf("%q, %q, %v", f.Title, f.Description, err)
	}
}

func TestKindsOfXHTMLInsideRSS(t *testing.T) {
	t.Parallel()
	const root = `<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><item><guid>1</guid>`
	for name, c := range map[string]struct{ field, want string }{
		"Atom's content":        {`<a10:content type="xhtml">` + xhtmlDiv + `<iframe/><p>Tea</p></div></a10:content>`, "<p>Tea</p>"},
		"Atom's text":           {`<a10:content type="text">1 &lt; 2 &amp; 3</a10:content>`, "<p>1 &lt; 2 &amp; 3</p>"},
		"a body of XHTML":       {`<body xmlns="http://www.w3.org/1999/xhtml"><p>Tea <b/>pot</p></body>`, "<p>Tea pot</p>"},
		"description unescaped": {`<description><p>Tea <i/>pot</p><video src="v.mp4"/><p>Cup</p></description>`, `<p>Tea pot</p><p><a href="https://tea.example/v.mp4">v.mp4</a></p><p>Cup</p>`},
		"half escaped":          {`<description>&lt;p&gt;Tea&lt;/p&gt;<br clear="none"/>&lt;p&gt;Cup&lt;/p&gt;</description>`, "<p>Tea</p><br/><p>Cup</p>"},
		"encoded unescaped":     {`<description>Short</description><content:encoded><p>Long <a/>one</p></content:encoded>`, "<p>Long one</p>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := only(t, root+c.field+"</item></channel></rss>").Content.String(); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}
