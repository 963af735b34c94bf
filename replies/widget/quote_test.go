package widget_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

func TestQuotesAreMarkedAndCountedApart(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.say(comment{by: "ada", html: "<p>Answered.</p>"})
	w.say(comment{by: "bo", html: "<p>Quoted.</p>", quote: true})
	for path, wanted := range map[string][]string{
		"/api/v1/comments": {`"counts":{"replies":1,"likes":0,"boosts":0,"quotes":1}`, `"kind":"reply"`, `"kind":"quote"`},
		"/api/v1/counts":   {`{"replies":1,"likes":0,"boosts":0,"quotes":1}`},
		"/comments":        {`data-quotes="1"`, `<span>1 quote</span>`, `fedi-quote h-cite" part="comment quote"`, "quotes this post", ">(1)<"},
		"/thread":          {`<span>1 quote</span>`, "quotes this post"},
	} {
		answer, body := w.get(w.at(path))
		for _, want := range wanted {
			if answer.StatusCode != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d without %s: %s", path, answer.StatusCode, want, body)
			}
		}
		if n := strings.Count(body, "quotes this post"); n > 1 {
			t.Errorf("%s: %d quotes are marked", path, n)
		}
	}
}

func TestSearchEnginesAreTold(t *testing.T) {
	db := databasetest.Open(t)
	w := newWorld(t, db)
	w.say(comment{by: "ada", html: "<p>Known.</p>"})
	w.say(comment{by: "bo", html: "<p>Shy.</p>", noIndex: true})
	for path, marks := range map[string]int{"/api/v1/comments": 0, "/comments": 1, "/thread": 1} {
		answer, body := w.get(w.at(path))
		if got := answer.Header.Get("X-Robots-Tag"); got != "noindex" || strings.Count(body, " data-nosnippet") != marks {
			t.Errorf("%s: X-Robots-Tag %q, %d marks", path, got, strings.Count(body, " data-nosnippet"))
		}
		if path == "/thread" && !strings.Contains(body, `<meta name="robots" content="noindex">`) {
			t.Error("the page has no meta element")
		}
		if path == "/api/v1/comments" && strings.Count(body, `"noindex":true`) != 1 {
			t.Errorf("the JSON has no mark: %s", body)
		}
	}
}

func TestElementShowsAQuote(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{by: "ada", name: "Ada", html: "<p>Read this before you pour.</p>", quote: true})
	w.pages["/salt/"] = w.blogPage(`loading="eager"`)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, state("loaded"))
	for expression, want := range map[string]string{
		root + `.querySelector("[part~=quote] .fedi-context").textContent`: "quotes this post",
		root + `.querySelector("[part~=quote] .e-content").textContent`:    "Read this before you pour.",
		root + `.querySelector("h2").textContent`:                          "Comments",
		root + `.querySelector(".fedi-reactions").textContent.trim()`:      "1 quote",
		element + `.data.quotes + " " + ` + element + `.data.replies`:      "1 0",
	} {
		if got := browsertest.Get[string](t, ctx, expression); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
	seen.Quiet(t, w.site.URL, w.here.URL)
}
