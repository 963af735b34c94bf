package widget_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// answerFrom sends the form of the thread page.
func (w *world) answerFrom(account string, more ...string) (*http.Response, string) {
	w.t.Helper()
	form := url.Values{"url": {w.page}, "account": {account}}
	for n := 0; n < len(more); n += 2 {
		form.Set(more[n], more[n+1])
	}
	return w.do("POST", "/thread", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (w *world) objectID() string { return w.blog.BaseURL + "/posts/" + w.post.ID }

func TestFormLeadsToTheReadersServer(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	reply := w.say(comment{by: "ada"})
	post := "/authorize_interaction?uri=" + url.QueryEscape(w.objectID())
	for account, host := range map[string]string{
		"mastodon.social": "mastodon.social", "@you@mastodon.social": "mastodon.social", "you@mastodon.social": "mastodon.social",
		" ＠You＠Mastodon.Social ": "mastodon.social", "https://mastodon.social/@you": "mastodon.social", "mastodon.social/@you": "mastodon.social",
		"HTTP://mastodon.social/users/you?x=1": "mastodon.social", "mastodon.social.": "mastodon.social", "@ö@bücher.example": "xn--bcher-kva.example",
		"a-b.c1.xn--p1ai": "a-b.c1.xn--p1ai", `https://mastodon.social\@evil.example`: "mastodon.social", "日本語。jp": "xn--wgv71a119e.jp", "https://mastodon.social/@me@elsewhere.example": "mastodon.social",
	} {
		answer, _ := w.answerFrom(account)
		if got := answer.Header.Get("Location"); answer.StatusCode != 303 || got != "https://"+host+post {
			t.Errorf("%q: %d %s", account, answer.StatusCode, got)
		}
		if got := answer.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%q: Cache-Control: %s", account, got)
		}
	}
	answer, _ := w.answerFrom("pasture.example", "reply", reply.String())
	if got := answer.Header.Get("Location"); got != "https://pasture.example/authorize_interaction?uri=https%3A%2F%2Fpasture.example%2Fnotes%2F1" {
		t.Errorf("answer to a reply leads to %s", got)
	}
}

func TestFormRefusesWhatIsNoPublicServer(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for _, account := range []string{
		"", " ", "@", "you@", "mastodon", "localhost", "a.localhost", "printer.local", "db.internal", "router.lan", "x.home.arpa", "x.test", "x.onion",
		"127.0.0.1", "@you@127.0.0.1", "10.1", "0x7f.1", "0x7f.0x1", "2130706433", "1.2.3.0x4", "[::1]", "::1", "[2001:db8::1]:443", "mastodon.social:8443", "you@mastodon.social:443",
		"mastodon..social", ".mastodon.social", "-a.example", "a-.example", "under_score.example", "a b.example",
		"javascript:alert(1)", "ftp://mastodon.social/", "data:text/html,x", "https://you:pw@mastodon.social:1/", "//mastodon.social", "mastodon.social%00.evil.example",
		"mastodon.social\r\nX: y", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 130) + "example", "\xff.example", "<script>.example", "exa\u200bmple.\u202ecom",
	} {
		answer, body := w.answerFrom(account)
		if answer.StatusCode != 422 || answer.Header.Get("Location") != "" {
			t.Errorf("%q: %d %s", account, answer.StatusCode, answer.Header.Get("Location"))
			continue
		}
		if !strings.Contains(body, `class="problem" id="problem"`) || !strings.Contains(body, `aria-invalid="true" aria-describedby="problem"`) || strings.Contains(body, "<script") {
			t.Errorf("%q: no word on what is wrong: %s", account, body)
		}
		if value := inputs(t, body)["account"]; strings.TrimSpace(value) != strings.TrimSpace(strings.ToValidUTF8(account, "\uFFFD")) && !strings.Contains(account, "\r") {
			t.Errorf("%q has to be typed anew: the field has %q", account, value)
		}
	}
}

// inputs are the values of a page's input elements, by name or id.
func inputs(t *testing.T, page string) map[string]string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for n := range root.Descendants() {
		if n.Data != "input" {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		values[or(attributes["name"], attributes["id"])] = attributes["value"]
	}
	return values
}

func TestPageHasAFormForPostAndReply(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	reply := w.say(comment{by: "ada", name: "Ada <b>", html: "<p>Four minutes &amp; more.</p>"})
	warned := w.say(comment{by: "bo", cw: "the end", html: "<p>It steeps.</p>"})
	_, body := w.get(w.at("/thread"))
	if in := inputs(t, body); in["url"] != w.page || in["object"] != w.objectID() || !strings.Contains(body, `<form method="post" action="thread#reply">`) {
		t.Errorf("the form has %v", in)
	}
	_, body = w.get(w.at("/thread", "reply", reply.String()))
	if in := inputs(t, body); in["reply"] != reply.String() || in["object"] != "https://pasture.example/notes/1" {
		t.Errorf("the form for a reply has %v", in)
	}
	if !strings.Contains(body, "Reply to <bdi>Ada &lt;b&gt;</bdi>") || !strings.Contains(body, `<blockquote dir="auto">Four minutes &amp; more.</blockquote>`) {
		t.Errorf("the page does not say what is answered: %s", body)
	}
	_, body = w.get(w.at("/thread", "reply", warned.String()))
	if !strings.Contains(body, `<blockquote dir="auto">Content warning: the end</blockquote>`) {
		t.Errorf("a warning is passed over: %s", body)
	}
	for _, wrong := range []string{"aaaaaaaaaaaaa", "x", "<b>"} {
		answer, body := w.get(w.at("/thread", "reply", wrong))
		if in := inputs(t, body); answer.StatusCode != 200 || in["object"] != w.objectID() || !strings.Contains(body, "no longer here") {
			t.Errorf("reply=%s: %d, form %v", wrong, answer.StatusCode, in)
		}
	}
}

func TestFormOfAnUnknownPageOrTooLongIsRefused(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for body, want := range map[string]int{
		"account=mastodon.social": 400, "url=https%3A%2F%2Felsewhere.example%2F&account=mastodon.social": 404, "url=%zz": 400, "url=" + strings.Repeat("a", 20<<10): 413,
	} {
		if answer, said := w.do("POST", "/thread", body, "Content-Type", "application/x-www-form-urlencoded"); answer.StatusCode != want {
			t.Errorf("%.60s: %d, want %d: %s", body, answer.StatusCode, want, said)
		}
	}
}

func TestPagesForbidWhatTheyDoNotNeed(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{})
	pages := map[string]string{w.at("/thread"): "style-src 'self'; form-action 'self' https:;", w.at("/comments"): "form-action 'none'", w.at("/api/v1/comments"): "sandbox",
		"/thread?url=https%3A%2F%2Felsewhere.example": "style-src 'self'", "/thread": "sandbox"}
	for path, want := range pages {
		answer, body := w.get(path)
		csp := answer.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, want) || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: %s", path, csp)
		}
		for _, inline := range []string{"<script", "<style", " style=", " onclick", "<img", "http-equiv"} {
			if strings.Contains(body, inline) {
				t.Errorf("%s has %s", path, inline)
			}
		}
	}
}
