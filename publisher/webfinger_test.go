package publisher_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const finger = "/.well-known/webfinger?resource="

func TestWebFingerKnowsEveryNameOfABlog(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		for _, name := range []string{
			"acct:tea@blog.example", "acct:TEA@Blog.Example", "ACCT:tea@blog.example", "acct:@tea@blog.example",
			"acct:tea@fedi.blog.example", "acct:Tea@FEDI.blog.example",
			tea, site, strings.TrimSuffix(site, "/"), "http://blog.example/",
		} {
			for _, host := range []string{base, "https://blog.example"} {
				for _, spelt := range []string{name, url.QueryEscape(name)} {
					answer := w.ask("GET", host+finger+spelt, "application/jrd+json")
					if answer.Code != 200 {
						t.Errorf("%s%s: %d %s", host, spelt, answer.Code, answer.Body)
						continue
					}
					found := decode(t, answer.Body.Bytes())
					self := found["links"].([]any)[0].(map[string]any)
					if found["subject"] != "acct:tea@blog.example" || self["rel"] != "self" || self["type"] != asJSON ||
						self["href"] != tea {
						t.Errorf("%s: %v", spelt, found)
					}
				}
			}
		}
	})
}

func TestWebFingerMayBeReadAndKept(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for _, method := range []string{"GET", "HEAD"} {
		answer := w.ask(method, base+"/.well-known/webfinger?rel=self&resource=acct%3Atea%40blog.example", "")
		h := answer.Header()
		if answer.Code != 200 || h.Get("Content-Type") != "application/jrd+json" || h.Get("Access-Control-Allow-Origin") != "*" ||
			h.Get("Cache-Control") != "max-age=3600" || (method == "HEAD") != (answer.Body.Len() == 0) {
			t.Errorf("%s: %d %v %s", method, answer.Code, h, answer.Body)
		}
	}
}

func TestWebFingerTellsNonsenseFromStrangers(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for query, want := range map[string]int{
		"": 400, "?resource=": 400, "?resource=tea": 400, "?resource=acct:tea": 400, "?resource=acct:@blog.example": 400,
		"?resource=acct:tea@":  400,
		"?resource=acct:a@b@c": 400, "?resource=mailto:tea@blog.example": 400, "?resource=https://": 400, "?resource=%zz": 400,
		"?resource=acct:coffee@blog.example": 404, "?resource=acct:tea@elsewhere.example": 404,
		"?resource=https://elsewhere.example/": 404,
		"?resource=" + base + "/blogs/coffee":  404, "?resource=" + base + "/blogs/tea/outbox": 404, "?resource=" + site + "other": 404,
		"?resource=acct:" + strings.Repeat("x", 3000) + "@blog.example": 404,
	} {
		answer := w.ask("GET", base+"/.well-known/webfinger"+query, "application/jrd+json")
		if answer.Code != want || answer.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%.60s: %d, want %d (%s)", query, answer.Code, want, answer.Body)
		}
	}
}

func TestWebFingerKnowsEachInstanceActor(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.addBlog(feeds.NewBlog{BaseURL: "https://other.example:8443/fedi", Username: "tea"})
		for name, want := range map[string]string{
			"acct:fedi.blog.example@fedi.blog.example": base + "/actor",
			base + "/actor":                              base + "/actor",
			"acct:other.example@other.example:8443":      "https://other.example:8443/fedi/actor",
			"acct:other.example:8443@other.example:8443": "https://other.example:8443/fedi/actor",
			"acct:tea@other.example:8443":                "https://other.example:8443/fedi/blogs/tea",
			"https://other.example:8443/fedi/blogs/tea":  "https://other.example:8443/fedi/blogs/tea",
		} {
			answer := w.ask("GET", base+finger+url.QueryEscape(name), "")
			if answer.Code != 200 {
				t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
				continue
			}
			found := decode(t, answer.Body.Bytes())
			if got := found["links"].([]any)[0].(map[string]any)["href"]; got != want {
				t.Errorf("%s: %v, want %s", name, got, want)
			}
		}
	})
}

func TestHostMetaLeadsToWebFinger(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	answer := w.ask("GET", base+"/.well-known/host-meta", "")
	want := `<Link rel="lrdd" template="https://fedi.blog.example/.well-known/webfinger?resource={uri}"></Link>`
	if answer.Code != 200 || answer.Header().Get("Content-Type") != "application/xrd+xml" || !strings.Contains(answer.Body.String(),
		want) {
		t.Errorf("%d %v %s", answer.Code, answer.Header(), answer.Body)
	}
}
