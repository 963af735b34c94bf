package widget_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// state waits for the element to say so.
func state(want string) string { return element + `.dataset.state === "` + want + `"` }

func TestElementLoadsWhenItComesNear(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{})
	// Styles are forbidden on the page, so it is made long by its text.
	w.pages["/salt/"] = strings.Replace(w.blogPage(""), "<p>A pinch.</p>", strings.Repeat("<p>A pinch.</p>", 200), 1)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, state("idle"))
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	if n := strings.Count(strings.Join(seen.Requests(), " "), "/comments?"); n != 0 {
		t.Errorf("%d requests for comments nobody sees", n)
	}
	if !browsertest.Get[bool](t, ctx, element+`.firstElementChild.getClientRects().length > 0 && `+element+`.data === null`) {
		t.Error("the fallback is not shown")
	}
	browsertest.Get[bool](t, ctx, `(`+element+`.scrollIntoView(), true)`)
	browsertest.Until(t, ctx, state("loaded"))
	seen.Quiet(t, w.site.URL, w.here.URL)
}

func TestElementSaysThatAPostIsNotThereYet(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.pages["/salt/"] = w.blogPage(`loading="manual" post="/unknown/"`)
	ctx := browsertest.Open(t)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, state("idle"))
	browsertest.Get[bool](t, ctx, `document.addEventListener("fedi:error", e => window.failed = e.detail), `+element+`.load(), true`)
	browsertest.Until(t, ctx, state("error"))
	if got := browsertest.Get[string](t, ctx, `failed.code + ": " + `+root+`.querySelector("[role=status]").textContent`); got !=
		"not-found: Comments open when this post reaches the fediverse." {
		t.Errorf("it says %q", got)
	}
	if !browsertest.Get[bool](t, ctx, element+`.firstElementChild.getClientRects().length > 0`) {
		t.Error("the fallback is gone")
	}
	// The page turns to another post, as single-page blogs do.
	w.say(comment{})
	browsertest.Get[bool](t, ctx, element+`.setAttribute("post", "`+w.page+`"), true`)
	browsertest.Until(t, ctx, state("loaded"))
	browsertest.Get[bool](t, ctx, element+`.setAttribute("heading", "4"), true`)
	browsertest.Until(t, ctx, root+`.querySelector("h4") && !`+root+`.querySelector("h2")`)
	browsertest.Get[bool](t, ctx, element+`.setAttribute("post", "/quiet/"), true`)
	browsertest.Until(t, ctx, state("empty")+` && `+root+`.textContent.includes("No comments yet")`)
}

func TestElementOffersToTryAgain(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.say(comment{})
	w.pages["/salt/"] = w.blogPage(`loading="eager" api="/nowhere"`)
	ctx := browsertest.Open(t)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, state("error"))
	if got := browsertest.Get[string](t, ctx, root+`.querySelector(".fedi-status a").href`); !strings.HasPrefix(got, w.site.URL+"/nowhere/thread?url=") {
		t.Errorf("the way out leads to %s", got)
	}
	browsertest.Get[bool](t, ctx, `(`+element+`.addEventListener("fedi:load", e => window.told = e.detail), `+element+`.setAttribute("api", "`+w.here.URL+`/fedi"), true)`)
	browsertest.Until(t, ctx, state("loaded"))
	if got := browsertest.Get[string](t, ctx, `told.post + " " + told.url + " " + told.replies`); got != w.post.ID+" "+w.page+" 1" {
		t.Errorf("fedi:load told %s", got)
	}
	// When the server goes away, what is there stays.
	w.here.Close()
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	if !browsertest.Get[bool](t, ctx, state("loaded")+` && `+root+`.querySelectorAll("article").length === 1`) {
		t.Error("a failed refresh took the thread away")
	}
	browsertest.Get[*int](t, ctx, element+`.load().then(() => null)`)
	browsertest.Until(t, ctx, state("error")+` && `+root+`.querySelector("button").textContent === "Try again"`)
}

func TestElementMovesAndComesTwice(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	id := w.say(comment{})
	w.pages["/salt/"] = w.blogPage(`loading="eager"`) + `<script type="module" src="` + w.here.URL + `/fedi/widget/1/comments.js?again"></script><main></main>`
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page+"#fedi-c-"+id.String()))
	browsertest.Until(t, ctx, state("loaded"))
	if got := browsertest.Get[string](t, ctx, root+`.activeElement.id`); got != "fedi-c-"+id.String() {
		t.Errorf("the address names a comment, but the focus is on %q", got)
	}
	browsertest.Get[bool](t, ctx, `(window.loads = 0, `+element+`.addEventListener("fedi:load", () => loads++), document.querySelector("main").append(`+element+`), true)`)
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	if !browsertest.Get[bool](t, ctx, state("loaded")+` && loads === 0 && `+root+`.querySelectorAll("section").length === 1`) {
		t.Error("moving the element loaded it anew")
	}
	seen.Quiet(t, w.site.URL, w.here.URL)
}
