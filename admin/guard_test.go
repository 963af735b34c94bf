package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestFormsOfOtherPagesAreRefused(t *testing.T) {
	db := databasetest.Open(t)
	f := newFixture(t, db)
	f.bringMany(5)
	group, _ := f.group(feeds.HeldFlood)
	b := newBrowser(t, db).signIn()
	for name, header := range map[string][]string{
		"another site":        {"Sec-Fetch-Site", "cross-site"},
		"another port":        {"Sec-Fetch-Site", "same-site"},
		"an old browser":      {"Origin", "https://evil.example"},
		"a page without name": {"Origin", "null"},
	} {
		for _, path := range []string{
			"/admin/replies/" + f.reply.String() + "/approve", "/admin/sign-out", "/admin/held/" + f.held()[0].ID + "/announce", group + "announce",
			group + "quiet", "/admin/blogs/" + f.blog.ID.String() + "/read",
		} {
			if got := b.ask(http.MethodPost, here+path, header...).Code; got != http.StatusForbidden {
				t.Errorf("%s from %s: %d", path, name, got)
			}
		}
	}
	if got := f.status(); got != "held" {
		t.Errorf("the reply is %s", got)
	}
	if n := len(f.held()); n != 5 || b.woken > 0 {
		t.Errorf("%d posts are held", n)
	}
	b.sees("Replies that wait for you")
}

func TestNamesThatPointHereAreRefused(t *testing.T) {
	db := databasetest.Open(t)
	b := newBrowser(t, db)
	link := b.link()
	for _, host := range []string{
		"evil.example", "evil.example:8485", "127.0.0.1.evil.example", "localhost.evil.example", "admin.blog.example.evil.example",
	} {
		if got := b.ask(http.MethodGet, "http://"+host+link).Code; got != http.StatusForbidden || b.cookie != nil {
			t.Errorf("%s: %d", host, got)
		}
	}
	for _, host := range []string{"127.0.0.1:8485", "localhost:8485", "[::1]:8485", "192.168.1.7:8485", "admin.blog.example"} {
		if got := b.ask(http.MethodGet, "http://"+host+"/admin/").Code; got != http.StatusUnauthorized {
			t.Errorf("%s: %d", host, got)
		}
	}
}

func TestCookieIsSecureOnHTTPS(t *testing.T) {
	b := newBrowser(t, databasetest.Open(t))
	b.ask(http.MethodGet, "http://admin.blog.example"+b.link()) // a proxy speaks http to us
	if b.cookie == nil || !b.cookie.Secure {
		t.Errorf("cookie %v", b.cookie)
	}
}

func TestPageLetsInNoScriptAndNoFrame(t *testing.T) {
	b := newBrowser(t, databasetest.Open(t)).signIn()
	h := b.get("/admin/").Header()
	csp := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("CSP %q lacks %q", csp, want)
		}
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	style := b.get("/admin/static/admin.css")
	if kind := style.Header().Get("Content-Type"); style.Code != http.StatusOK || kind != "text/css; charset=utf-8" {
		t.Errorf("style sheet: %d %s", style.Code, kind)
	}
	if missing := b.get("/admin/static/..%2fdoc.go"); missing.Code != http.StatusNotFound {
		t.Errorf("a file that is none of the browser's: %d", missing.Code)
	}
}
