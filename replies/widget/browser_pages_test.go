package widget_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// count is how many comments the element shows, and at its top level.
const counted = `[` + root + `.querySelectorAll("article").length, ` + root + `.querySelectorAll(".fedi > .fedi-list > li").length].join()`

func TestElementShowsMoreWhereTheReaderAsks(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	var said []database.ID
	for range 2*bounds.ThreadRoots + 5 {
		said = append(said, w.say(comment{}))
	}
	busy := said[2]
	for range 2*bounds.ThreadAnswers + 3 {
		w.say(comment{parent: busy, by: "bo"})
	}
	w.pages["/salt/"] = w.blogPage(`loading="eager"`)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, element+`.dataset.state === "loaded"`)
	expect := func(what string, articles, top int) {
		t.Helper()
		if got, want := browsertest.Get[string](t, ctx, counted), fmt.Sprint(articles, ",", top); got != want {
			t.Errorf("%s: %s comments, want %s", what, got, want)
		}
	}
	shown := bounds.ThreadRoots + bounds.ThreadAnswers
	expect("at first", shown, bounds.ThreadRoots)
	more := root + `.querySelector(".fedi > .fedi-more > a")`
	below := root + `.querySelector("li > .fedi-more > a")`
	if got := browsertest.Get[string](t, ctx, more+`.textContent + ", " + `+below+`.textContent`); got != "Show more comments, Show 53 more replies" {
		t.Errorf("the links say %q", got)
	}
	// By the keyboard, as a link is.
	browsertest.Get[bool](t, ctx, `(`+more+`.focus(), true)`)
	browsertest.Do(t, ctx, chromedp.KeyEvent(kb.Enter))
	browsertest.Until(t, ctx, root+`.querySelectorAll(".fedi > .fedi-list > li").length > 20`)
	shown += bounds.ThreadRoots
	expect("with a second page", shown, 2*bounds.ThreadRoots)
	if got := browsertest.Get[string](t, ctx, root+`.activeElement.id`); got != "fedi-c-"+said[bounds.ThreadRoots].String() {
		t.Errorf("the focus is on %s, want the first new comment", got)
	}
	browsertest.Until(t, ctx, root+`.querySelector("[role=status]").textContent === "More comments loaded"`)
	browsertest.Get[bool](t, ctx, `(`+below+`.click(), true)`)
	browsertest.Until(t, ctx, below+`.textContent === "Show 3 more replies"`)
	shown += bounds.ThreadAnswers
	expect("with more of a branch", shown, 2*bounds.ThreadRoots)
	// News, and one comment less: what the reader has opened stays open.
	w.say(comment{parent: said[30], by: "cy"})
	w.set(said[5], thread.Hidden)
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	expect("after a refresh", shown+1, 2*bounds.ThreadRoots)
	browsertest.Get[bool](t, ctx, `(`+below+`.click(), true)`)
	browsertest.Until(t, ctx, `!`+below)
	browsertest.Get[bool](t, ctx, `(`+more+`.click(), true)`)
	browsertest.Until(t, ctx, `!`+more)
	expect("at the end", 2*bounds.ThreadRoots+4+2*bounds.ThreadAnswers+3+1, 2*bounds.ThreadRoots+4)
	seen.Quiet(t, w.site.URL, w.here.URL)
	// Where the server does not answer, the link stays.
	browsertest.Get[*int](t, ctx, element+`.load().then(() => null)`)
	expect("loaded anew", bounds.ThreadRoots+bounds.ThreadAnswers, bounds.ThreadRoots)
	w.here.Close()
	browsertest.Get[bool](t, ctx, `(`+more+`.click(), true)`)
	browsertest.Until(t, ctx, more+`.textContent.includes("Try again")`)
	expect("while the server is away", bounds.ThreadRoots+bounds.ThreadAnswers, bounds.ThreadRoots)
}

func TestThreadPageLeadsOnWithoutScripts(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for range bounds.ThreadRoots + 5 {
		w.say(comment{})
	}
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.here.URL+"/fedi"+w.at("/thread")), chromedp.Click(".fedi-more a"))
	browsertest.Until(t, ctx, `document.querySelectorAll("article").length === 5 && document.querySelector(".fedi-more a").textContent === "Show the first comments"`)
	browsertest.Look(t, ctx, 320, "light")
	if wide := browsertest.Get[int64](t, ctx, `document.documentElement.scrollWidth`); wide > 320 {
		t.Errorf("at 320 pixels the page is %d wide", wide)
	}
	for what, is := range map[string]string{
		"the place":       `location.hash === "#" + document.querySelector(".fedi-heading").id`,
		"the heading":     `document.querySelector(".fedi-heading").textContent.endsWith("), continued")`,
		"the title":       `document.title.includes(", continued")`,
		"the link's size": `document.querySelector(".fedi-more a").getBoundingClientRect().height >= 44`,
		"the link's room": `document.querySelector(".fedi-list").getBoundingClientRect().top > document.querySelector(".fedi-more a").getBoundingClientRect().bottom + 8`,
	} {
		if !browsertest.Get[bool](t, ctx, is) {
			t.Errorf("%s on a further page: not %s", what, is)
		}
	}
	browsertest.Picture(t, ctx, "thread-more")
	seen.Quiet(t, w.here.URL)
}
