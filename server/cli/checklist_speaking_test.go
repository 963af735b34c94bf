package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const asActivityStreams = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`

func webfinger(resource string) string {
	return "/.well-known/webfinger?resource=" + url.QueryEscape(resource)
}

var discoveryPoints = []point{
	{1, "WebFinger answers acct on the handle's host, in any case, as JRD", func(t *testing.T, c *checked) {
		for _, resource := range []string{"acct:tea@tea.test", "acct:TEA@Tea.Test", "acct:tea@fedi.tea.test"} {
			res := c.ask(t, "GET", teaBase+webfinger(resource), "*/*")
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/jrd+json" || !strings.Contains(string(body), `"subject":"acct:tea@tea.test"`) {
				t.Errorf("%s: %d %s %s", resource, res.StatusCode, res.Header.Get("Content-Type"), body)
			}
		}
	}},
	{2, "WebFinger answers 404 for nobody and 400 without a resource", func(t *testing.T, c *checked) {
		want(t, "nobody", c.ask(t, "GET", teaBase+webfinger("acct:coffee@tea.test"), "*/*").StatusCode, 404)
		want(t, "no resource", c.ask(t, "GET", teaBase+"/.well-known/webfinger", "*/*").StatusCode, 400)
	}},
	{3, "WebFinger lets every web page ask", func(t *testing.T, c *checked) {
		want(t, "CORS", c.ask(t, "GET", teaBase+webfinger("acct:tea@tea.test"), "*/*").Header.Get("Access-Control-Allow-Origin"), "*")
	}},
	{4, "WebFinger's self link is the actor's id, byte for byte", func(t *testing.T, c *checked) {
		links := c.jrd(t, "acct:tea@tea.test").Objects("links")
		for _, l := range links {
			if l.String("rel") == "self" {
				want(t, "type", l.String("type"), "application/activity+json")
				want(t, "href", l.String("href"), c.object(t, teaBlog).ID())
				return
			}
		}
		t.Errorf("no self link in %v", links)
	}},
	{5, "both hosts of a handle answer with one subject", func(t *testing.T, c *checked) {
		want(t, "subject", c.jrd(t, "acct:tea@fedi.tea.test").String("subject"), c.jrd(t, "acct:tea@tea.test").String("subject"))
	}},
	{6, "host-meta leads to WebFinger", func(t *testing.T, c *checked) {
		body, _ := io.ReadAll(c.ask(t, "GET", teaBase+"/.well-known/host-meta", "*/*").Body)
		if !strings.Contains(string(body), `template="`+teaBase+`/.well-known/webfinger?resource={uri}"`) {
			t.Errorf("%s", body)
		}
	}},
	{7, "WebFinger knows the blog's home and the actor's id", func(t *testing.T, c *checked) {
		for _, resource := range []string{teaHome, teaHome + "/", teaBlog} {
			want(t, resource, c.jrd(t, resource).String("subject"), "acct:tea@tea.test")
		}
	}},
	{8, "NodeInfo 2.0 and 2.1 name the software", func(t *testing.T, c *checked) {
		for _, version := range []string{"2.0", "2.1"} {
			o := c.json(t, teaBase+"/nodeinfo/"+version)
			software, _ := o.Object("software")
			want(t, version, software.String("name"), "bloghorn")
			want(t, "version", o.String("version"), version)
		}
	}},
	{9, "the actor is JSON for servers, whatever they call it, and a page for people", func(t *testing.T, c *checked) {
		for _, accept := range []string{
			activityJSON, asActivityStreams, "application/ld+json", strings.ReplaceAll(asActivityStreams, "; ", ";"),
			activityJSON + ", application/ld+json", asActivityStreams + ", " + activityJSON + ", text/html;q=0.1",
		} {
			res := c.ask(t, "GET", teaBlog, accept)
			if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(kind, activityJSON) {
				t.Errorf("%s: %d %s", accept, res.StatusCode, kind)
			}
		}
		res := c.ask(t, "GET", teaBlog, "text/html,application/xhtml+xml,*/*;q=0.8")
		want(t, "for a browser", strings.HasPrefix(res.Header.Get("Content-Type"), "text/html"), true)
	}},
	{10, "negotiated answers vary by Accept, and HEAD is GET without its body", func(t *testing.T, c *checked) {
		for _, address := range []string{teaBlog, c.post} {
			get, head := c.ask(t, "GET", address, activityJSON), c.ask(t, "HEAD", address, activityJSON)
			want(t, "Vary", get.Header.Get("Vary"), "Accept")
			want(t, "status", head.StatusCode, get.StatusCode)
			want(t, "type", head.Header.Get("Content-Type"), get.Header.Get("Content-Type"))
		}
	}},
	{11, "the actor has all that a server needs", func(t *testing.T, c *checked) {
		o := c.object(t, teaBlog)
		for _, key := range []string{"id", "type", "inbox", "outbox", "followers", "preferredUsername", "publicKey", "endpoints"} {
			want(t, key, o.Has(key), true)
		}
		want(t, "context", strings.Contains(fmt.Sprint(o["@context"]), "https://www.w3.org/ns/activitystreams"), true)
	}},
	{12, "the actor's id is where it is, without a redirect", func(t *testing.T, c *checked) {
		want(t, "id", c.object(t, teaBlog).ID(), teaBlog)
	}},
	{13, "the actor carries an RSA key of 2,048 bits that it owns", checkKey},
	{14, "the actor names its handle itself (FEP-2c59), and a key for proofs (FEP-521a)", func(t *testing.T, c *checked) {
		key := c.object(t, teaBlog).Objects("assertionMethod")[0]
		want(t, "type", key.Type(), "Multikey")
		want(t, "controller", key.Ref("controller"), teaBlog)
		want(t, "Ed25519", strings.HasPrefix(key.String("publicKeyMultibase"), "z6Mk"), true)
		want(t, "webfinger", c.object(t, teaBlog).String("webfinger"), "tea@tea.test")
	}},
	{15, "the instance actor and its key need no signature", func(t *testing.T, c *checked) {
		want(t, "key", c.object(t, teaBase+"/actor").Has("publicKey"), true)
	}},
	{16, "the lines for the blog's own pages are printed, and name what is served", func(t *testing.T, c *checked) {
		_, said := c.say("blog", "html", "tea@tea.test", "--post", c.page)
		for _, line := range []string{
			`<link rel="me" href="` + c.object(t, teaBlog).Ref("url") + `">`, `<meta name="fediverse:creator" content="@tea@tea.test">`,
			`<link rel="alternate" type="application/activity+json" href="` + teaBlog + `">`,
			`<link rel="alternate" type="application/activity+json" href="` + c.post + `">`,
		} {
			want(t, line, strings.Contains(said, line), true)
		}
	}},
	{17, "the document at an id has that id", func(t *testing.T, c *checked) {
		for _, id := range []string{teaBlog, c.post, c.post + "/create", c.post + "/replies", teaBlog + "/outbox", teaBlog + "/featured"} {
			want(t, "id", c.object(t, id).ID(), id)
		}
	}},
}

func (c *checked) json(t *testing.T, address string) activitypub.Object {
	t.Helper()
	res := c.ask(t, "GET", address, "application/json")
	body, _ := io.ReadAll(res.Body)
	o, err := activitypub.Parse(body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s, %v", address, res.StatusCode, body, err)
	}
	return o
}

func (c *checked) jrd(t *testing.T, resource string) activitypub.Object {
	t.Helper()
	return c.json(t, teaBase+webfinger(resource))
}

var objectPoints = []point{
	{18, "a titled post is an Article with all that it needs", func(t *testing.T, c *checked) {
		o := c.object(t, c.post)
		want(t, "type", o.Type(), "Article")
		want(t, "attributedTo", o.Ref("attributedTo"), teaBlog)
		for _, key := range []string{"name", "summary", "content", "url", "published", "to", "cc"} {
			want(t, key, o.Has(key), true)
		}
	}},
	{19, "an id stays when title, address and guid change", func(t *testing.T, c *checked) {
		page := c.feed.publish("moving", "Before", "<p>It moves, and keeps a long enough text of its own to be known by, wherever it goes.</p>")
		id := c.ada.Await("Create", 2)[1].Ref("object")
		c.feed.change("moving", func(it *sampleItem) { it.GUID, it.Link = "moved", page+"-to-a-better-place" })
		eventually(t, "the new address", func() bool { return c.object(t, id).URL() == page+"-to-a-better-place" })
	}},
	{20, "name is plain text", func(t *testing.T, c *checked) { want(t, "name", c.object(t, c.post).String("name"), "On tea & time") }},
	{21, "summary is short and has no link", func(t *testing.T, c *checked) {
		summary := c.object(t, c.post).String("summary")
		want(t, "link", strings.Contains(summary, "<a"), false)
		want(t, "short", len([]rune(summary)) <= 520, true)
	}},
	{22, "the picture is in image and not among the attachments", func(t *testing.T, c *checked) {
		o := c.object(t, c.post)
		image, _ := o.Object("image")
		want(t, "image", image.String("url"), teaHome+"/pot.jpg")
		for _, a := range o.Objects("attachment") {
			want(t, "attachment", a.Type(), "Link")
		}
	}},
	{23, "url is a string, and attachment a list that begins with the link", func(t *testing.T, c *checked) {
		o := c.object(t, c.post)
		_, isString := o["url"].(string)
		list, isList := o["attachment"].([]any)
		want(t, "url", isString, true)
		want(t, "attachment", isList && len(list) > 0, true)
		want(t, "link", o.Objects("attachment")[0].String("href"), c.page)
	}},
	{24, "updated is missing before the first edit, and never before published", func(t *testing.T, c *checked) {
		c.feed.publish("edited", "To be edited", "<p>Three minutes.</p>")
		id := c.ada.Await("Create", 3)[2].Ref("object")
		want(t, "before", c.object(t, id).Has("updated"), false)
		c.feed.edit("edited", "<p>Four minutes.</p>")
		update := c.ada.Await("Update", 1)
		o, _ := update[len(update)-1].Object("object")
		at, _ := o.Time("published")
		updated, ok := o.Time("updated")
		want(t, "after", ok && !updated.Before(at), true)
	}},
	{25, "the language is in contentMap and nameMap", func(t *testing.T, c *checked) { want(t, "language", c.object(t, c.post).Language(), "en") }},
	{26, "a post without a title is a Note, without summary", func(t *testing.T, c *checked) {
		c.feed.publish("note", "", "<p>Only a word.</p>")
		o, _ := c.ada.Await("Create", 4)[3].Object("object")
		want(t, "type", o.Type(), "Note")
		want(t, "summary", o.Has("summary"), false)
	}},
	{27, "no activity is larger than 1 MiB", func(t *testing.T, c *checked) {
		c.feed.publish("long", "A long one", strings.Repeat("<p>Four minutes, no more, as my aunt said.</p>", 30_000))
		c.ada.Await("Create", 5)
		c.feed.remove("long")
		for _, d := range c.ada.Deliveries() {
			if len(d.Body) > 1<<20 {
				t.Errorf("%d bytes", len(d.Body))
			}
		}
	}},
	{28, "HTML is sanitised, and its addresses are absolute", func(t *testing.T, c *checked) {
		c.feed.publish("hostile", "Hostile", `<p onclick="x()">Hi <script>alert(1)</script><a href="/rules">rules</a><iframe src="https://evil.test"></iframe></p>`)
		o, _ := c.ada.Await("Create", 6)[5].Object("object")
		content := o.String("content")
		want(t, "clean", strings.ContainsAny(content, "<") && !strings.Contains(content, "script") && !strings.Contains(content, "onclick") && !strings.Contains(content, "iframe"), true)
		want(t, "absolute", strings.Contains(content, `href="`+teaHome+`/rules"`), true)
	}},
	{29, "likes and shares are embedded with their totals, replies is on the id's host", func(t *testing.T, c *checked) {
		o := c.object(t, c.post)
		for _, key := range []string{"likes", "shares"} {
			collection, _ := o.Object(key)
			_, counted := collection.Int("totalItems")
			want(t, key, counted, true)
		}
		replies, _ := o.Object("replies")
		want(t, "replies", strings.HasPrefix(replies.ID(), teaBase), true)
	}},
	{30, "who may quote is said, and a QuoteRequest is answered", func(t *testing.T, c *checked) {
		policy, _ := c.object(t, c.post).Object("interactionPolicy")
		want(t, "canQuote", policy.Has("canQuote"), true)
		eve := c.person()
		quote := map[string]any{
			"id": eve.ID + "/notes/quote", "type": "Note", "attributedTo": eve.ID, "quote": c.post, "content": "<p>Read this.</p>",
			"to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "published": time.Now().UTC().Format(time.RFC3339),
		}
		c.f.Serve(eve.ID+"/notes/quote", quote)
		eve.Post(teaBlog+"/inbox", map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": eve.ID + "#ask", "type": "QuoteRequest", "actor": eve.ID, "object": c.post, "instrument": quote,
		})
		stamp := eve.Await("Accept", 1)[0].Ref("result")
		want(t, "stamp", c.object(t, stamp).Ref("interactionTarget"), c.post)
	}},
	{31, "no policy is announced that nobody enforces", func(t *testing.T, c *checked) {
		policy, _ := c.object(t, c.post).Object("interactionPolicy")
		for _, key := range []string{"canReply", "canLike", "canAnnounce"} {
			want(t, key, policy.Has(key), false)
		}
	}},
	{32, "context is a list that begins with the Article", func(t *testing.T, c *checked) {
		o := c.object(t, c.post+"/context")
		want(t, "type", o.Type(), "OrderedCollection")
		want(t, "root", o.Refs("orderedItems")[0], c.post)
	}},
	{33, "a deleted post is 410 with a Tombstone, and its id is not used again", func(t *testing.T, c *checked) {
		c.feed.publish("gone", "To be deleted", "<p>Soon gone.</p>")
		id := c.ada.Await("Create", 7)[6].Ref("object")
		if err := feeds.Remove(t.Context(), c.DB, id[strings.LastIndexByte(id, '/')+1:], time.Now()); err != nil {
			t.Fatal(err)
		}
		c.Wake()
		c.ada.Await("Delete", 1)
		res := c.ask(t, "GET", id, activityJSON)
		body, _ := io.ReadAll(res.Body)
		want(t, "status", res.StatusCode, 410)
		want(t, "Tombstone", strings.Contains(string(body), `"Tombstone"`), true)
		c.feed.edit("gone", "<p>And still in the feed.</p>")
		c.polls(3)
		want(t, "Creates", len(c.ada.Await("Create", 7)), 7)
	}},
}
