package admin_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// full lets everything wait that can: thirty posts, one of another site, and a reply.
func (f *fixture) full() {
	f.t.Helper()
	var items []item
	for i, title := range []string{
		"A kettle for life", "How long is a minute?", "On water", "The blue cup", "First flush 2025", "Steam, and what it is for",
		"Letters from the harbour", "What the neighbours drink", "An hourglass for my grandmother",
		strings.Repeat("Donaudampfschifffahrtsgesellschaft", 9),
		"شاي بالنعناع", "<b>Tea</b> & time", "Leaf or bag", "Winter orders are open",
	} {
		items = append(items, item{fmt.Sprint("tea-", i), title, fmt.Sprintf("Words of the number %d.", i)})
	}
	f.bring(items...)
	f.bringDoubt()
}

// opened is the page of somebody who has signed in, in a real browser.
func opened(t *testing.T, f *fixture) (b *browser, link, origin string) {
	t.Helper()
	b = newBrowser(t, f.db)
	server := httptest.NewServer(b.pages)
	t.Cleanup(server.Close)
	return b, server.URL + b.link(), server.URL
}

func TestPageWorksInABrowserAndOnAPhone(t *testing.T) {
	f := newFixture(t, databasetest.Open(t))
	f.full()
	_, err := f.db.Exec(t.Context(), "UPDATE replies SET html = ? WHERE id = ?", "<pre><code>"+strings.Repeat("if err != nil { return err } ", 40)+"</code></pre>", f.reply)
	f.must(err)
	_, link, origin := opened(t, f)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(link))
	browsertest.Until(t, ctx, `document.querySelector("#posts") !== null`)
	if title := browsertest.Get[string](t, ctx, `document.title`); title != "(16) Bloghorn" {
		t.Errorf("the title is %q", title)
	}
	levels := browsertest.Get[string](t, ctx, `[...document.querySelectorAll("h1,h2,h3,h4")].map(h => h.tagName[1]).join("")`)
	if levels[0] != '1' || strings.Contains(levels, "13") || strings.Count(levels, "1") != 1 {
		t.Errorf("headings in the order %s", levels)
	}
	unnamed := browsertest.Get[int](t, ctx, `[...document.querySelectorAll("button, a")].filter(e => !e.textContent.trim()).length`)
	if unnamed != 0 {
		t.Errorf("%d controls without a name", unnamed)
	}
	browsertest.Picture(t, ctx, "admin-light")
	for _, width := range []int64{900, 390, 360, 320} {
		browsertest.Look(t, ctx, width, "light")
		if over := browsertest.Get[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("at %d pixels the page is %d too wide", width, over)
		}
		const outside = `[...document.querySelectorAll("pre")].filter(e => e.getBoundingClientRect().right > e.closest(".card").getBoundingClientRect().right).length`
		if n := browsertest.Get[int](t, ctx, outside); n > 0 {
			t.Errorf("at %d pixels %d pieces of code stick out of their cards", width, n)
		}
	}
	browsertest.Look(t, ctx, 360, "light")
	browsertest.Picture(t, ctx, "admin-narrow")
	browsertest.Look(t, ctx, 900, "dark")
	browsertest.Picture(t, ctx, "admin-dark")
	seen.Quiet(t, origin)
}

func TestOwnerIsAskedBackInABrowser(t *testing.T) {
	f := newFixture(t, databasetest.Open(t))
	f.full()
	b, link, _ := opened(t, f)
	ctx := browsertest.Open(t)
	press := func(selector string) {
		browsertest.Get[bool](t, ctx, `document.querySelector('`+selector+`').click() || true`)
	}
	browsertest.Do(t, ctx, chromedp.Navigate(link))
	browsertest.Until(t, ctx, `document.querySelector("#posts") !== null`)
	press(`form[action$="/flood/announce"] button`)
	browsertest.Until(t, ctx, `document.querySelector("h1")?.textContent === "Announce 14 posts?"`)
	browsertest.Picture(t, ctx, "admin-confirm")
	if n, _ := f.due(); n != 0 || b.woken != 0 {
		t.Fatalf("%d are announced", n)
	}
	press(`button.main`)
	browsertest.Until(t, ctx, `document.querySelector('[role="status"]')?.textContent.startsWith("Announced.")`)
	if n, _ := f.due(); n != 14 || b.woken != 1 {
		t.Errorf("%d are announced", n)
	}
	press(`form[action$="/same"] button`)
	browsertest.Until(t, ctx, `document.querySelector('[role="status"]')?.textContent.startsWith("It is that post now.")`)
	browsertest.Picture(t, ctx, "admin-decided")
}
