package widget_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// element is the custom element in the page, root its shadow root.
const (
	element = `document.querySelector("bloghorn-comments")`
	root    = element + `.shadowRoot`
)

// blogPage is a page of the blog with the element in it; attributes go into its tag.
func (w *world) blogPage(attributes string) string {
	return fmt.Sprintf(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Salt</title><link rel="icon" href="/icon">
<link rel="canonical" href="%s"><script type="module" src="%s/fedi/widget/1/comments.js"></script>
<h1>Salt &amp; rope</h1><p>A pinch.</p><bloghorn-comments %s><a href="/elsewhere">Read the comments</a></bloghorn-comments>`, w.page, w.here.URL, attributes)
}

// conversation is a thread with everything in it.
func (w *world) conversation() {
	ada := w.say(comment{by: "ada", name: "Ada Byron", lang: "en", likes: 2, boosts: 1, html: "<p>Four minutes, and not a second more. My grandmother used " +
		"an hourglass: <a href=\"https://www.pasture.example/hourglass/with/a/long/path\"><span class=\"invisible\">https://www.</span>" +
		"<span class=\"ellipsis\">pasture.example/hourglass/with</span><span class=\"invisible\">/a/long/path</span></a></p>" +
		"<blockquote><p>Time is what keeps everything from happening at once.</p></blockquote><p>So true for tea.</p>"})
	bo := w.say(comment{by: "bo", name: "Bo 🦆", parent: ada, html: "<p>Three for me. <code>sleep 180</code></p><pre><code>while true; do\n\tsip\ndone</code></pre>", edited: noon.Add(9e12)})
	w.say(comment{by: "ada", parent: bo, html: "<p>That is not tea, that is hot water.</p>", likes: 1})
	w.say(comment{by: "noor", name: "نور", parent: ada, lang: "ar", html: "<p>الشاي بالنعناع يحتاج خمس دقائق.</p>"})
	w.say(comment{by: "cy", name: "Cy", handle: "@cyrus_with_a_very_long_name_indeed@a-very-long-server-name.pasture.example", cw: "spoilers about the ending",
		html: "<p>It steeps.</p>", attachments: `[{"url":"https://pasture.example/cup.jpg","type":"image/jpeg","name":"A blue cup, half empty"},{"url":"https://pasture.example/x","type":"image/png"}]`})
	gone := w.say(comment{by: "mallory"})
	w.say(comment{by: "dee", name: "Dee", parent: gone, html: "<ul><li>Agreed</li><li>with a list</li></ul>"})
	w.set(gone, thread.Hidden)
	deep := ada
	for _, by := range []string{"bo", "ada", "bo", "ada", "bo"} {
		deep = w.say(comment{by: by, parent: deep, html: "<p>No, " + by + " is right.</p>"})
	}
	w.count(0, 32, 9)
}

func TestElementShowsTheThreadUnderTheStrictestPolicy(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.conversation()
	w.pages["/salt/"] = w.blogPage(`loading="eager"`)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, element+`.dataset.state === "loaded"`)
	for expression, want := range map[string]string{
		root + `.querySelector("h2").textContent`:                                                        "Comments (11)",
		root + `.querySelector(".fedi-reactions").textContent.replace(/\s+/g, " ").trim()`:               "32 likes · 9 boosts",
		root + `.querySelector(".fedi-author bdi").textContent`:                                          "Ada Byron",
		root + `.querySelector(".fedi-avatar").textContent`:                                              "AB",
		root + `.querySelectorAll(".fedi-list .fedi-list .fedi-list .fedi-list .fedi-list").length + ""`: "0",
		root + `.querySelector("[lang=ar]").closest("article").querySelector("bdi").textContent`:         "نور",
		root + `.querySelector("details").open + ""`:                                                     "false",
		root + `.querySelectorAll("img, style, script, iframe").length + ""`:                             "0",
		`getComputedStyle(` + root + `.querySelector(".fedi-comment")).display`:                          "grid",
		`getComputedStyle(` + root + `.querySelector(".invisible")).position`:                            "absolute",
		element + `.data.replies + " " + ` + element + `.data.likes + " " + ` + element + `.data.boosts`: "11 32 9",
		element + `.firstElementChild.getClientRects().length + ""`:                                      "0", // the fallback is not shown any more
	} {
		if got := browsertest.Get[string](t, ctx, expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	seen.Quiet(t, w.site.URL, w.here.URL)
	for _, width := range []int64{320, 900} {
		browsertest.Look(t, ctx, width, "light")
		if wide := browsertest.Get[int64](t, ctx, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("at %d pixels the page is %d wide", width, wide)
		}
		browsertest.Picture(t, ctx, fmt.Sprintf("element-%d", width))
	}
}

func TestThreadPageLooksRightWithoutScripts(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.conversation()
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.here.URL+"/fedi"+w.at("/thread")))
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{320, 900} {
			browsertest.Look(t, ctx, width, scheme)
			if wide := browsertest.Get[int64](t, ctx, `document.documentElement.scrollWidth`); wide > width {
				t.Errorf("at %d pixels the page is %d wide", width, wide)
			}
			browsertest.Picture(t, ctx, fmt.Sprintf("thread-%s-%d", scheme, width))
		}
		for _, text := range browsertest.Get[[]string](t, ctx, paleTexts+`(document)`) {
			t.Errorf("%s: too little contrast: %s", scheme, text)
		}
	}
	seen.Quiet(t, w.here.URL)
}

// An unstyled page, light or dark, gives the element nothing but its text colour.
func TestElementIsReadableOnAnyPage(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.conversation()
	w.pages["/salt/"] = strings.Replace(w.blogPage(`loading="eager"`), "<title>", `<meta name="color-scheme" content="light dark"><title>`, 1)
	ctx := browsertest.Open(t)
	for _, scheme := range []string{"light", "dark"} {
		browsertest.Look(t, ctx, 600, scheme)
		browsertest.Do(t, ctx, chromedp.Navigate(w.page))
		browsertest.Until(t, ctx, element+`.dataset.state === "loaded"`)
		browsertest.Picture(t, ctx, "element-"+scheme)
		for _, text := range browsertest.Get[[]string](t, ctx, paleTexts+`(`+root+`)`) {
			t.Errorf("%s: too little contrast: %s", scheme, text)
		}
	}
}

// paleTexts finds text below 4.5:1 (WCAG 2.2 §1.4.3). A canvas turns any colour into numbers; what
// is half transparent lies on what is below.
const paleTexts = `(root => {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
	const over = (color, below) => {
		canvas.clearRect(0, 0, 1, 1);
		for (const c of [below, color]) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); }
		const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
		return "rgb(" + r + " " + g + " " + b + ")";
	};
	const ground = e => e ? over(getComputedStyle(e).backgroundColor, ground(e.parentElement ?? e.getRootNode().host)) : matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff";
	const light = color => {
		const [r, g, b] = color.match(/\d+/g).map(n => (n /= 255) <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b + .05;
	};
	return [...root.querySelectorAll("*")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility()).flatMap(e => {
		const below = ground(e), [a, b] = [light(over(getComputedStyle(e).color, below)), light(below)];
		const ratio = Math.max(a, b) / Math.min(a, b);
		return ratio < 4.5 ? [e.className + " " + e.textContent.trim().slice(0, 40) + " " + ratio.toFixed(2)] : [];
	});
})`

func TestFocusSurvivesARefresh(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	first := w.say(comment{by: "ada", cw: "tea", html: "<p>One.</p>"})
	last := w.say(comment{by: "bo", html: "<p>Two.</p>"})
	w.pages["/salt/"] = w.blogPage(`loading="eager"`)
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(w.page))
	browsertest.Until(t, ctx, element+`.dataset.state === "loaded"`)
	// Tab reaches, in order: Reply, the first author, her warning, Reply, View original, the second
	// author.
	for range 6 {
		browsertest.Do(t, ctx, chromedp.KeyEvent(kb.Tab))
	}
	focus := root + `.activeElement.closest("article").id + " " + ` + root + `.activeElement.className`
	want := "fedi-c-" + last.String() + " fedi-author p-author h-card"
	if got := browsertest.Get[string](t, ctx, focus); got != want {
		t.Fatalf("after six tabs the focus is on %q, want %q", got, want)
	}
	browsertest.Get[bool](t, ctx, `(window.changes = 0, window.loads = 0, `+root+`.querySelector("details").open = true,
		new MutationObserver(m => changes += m.length).observe(`+root+`, {subtree: true, childList: true, attributes: true, characterData: true}),
		`+element+`.addEventListener("fedi:load", () => loads++), true)`)
	browsertest.Get[*int](t, ctx, `Promise.all([`+element+`.refresh(), `+element+`.refresh()]).then(() => null)`) // is one request
	if got := browsertest.Get[int](t, ctx, `changes + loads`); got != 0 {
		t.Errorf("a refresh without news changed the page %d times", got)
	}
	third := w.say(comment{by: "cy", parent: first, html: "<p>Between.</p>"})
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	if got := browsertest.Get[string](t, ctx, `[...`+root+`.querySelectorAll("article")].map(a => a.id.slice(7)).join()`); got != first.String()+","+third.String()+","+last.String() {
		t.Errorf("after the refresh there are %s", got)
	}
	if got := browsertest.Get[string](t, ctx, focus); got != want {
		t.Errorf("after a refresh the focus is on %q, want %q", got, want)
	}
	if !browsertest.Get[bool](t, ctx, root+`.querySelector("details").open && loads === 1 && `+root+`.querySelector("h2").textContent === "Comments (3)"`) {
		t.Error("an opened warning closed, or the news was not told")
	}
	w.set(last, thread.Hidden)
	browsertest.Get[*int](t, ctx, element+`.refresh().then(() => null)`)
	if got := browsertest.Get[string](t, ctx, root+`.activeElement.localName`); got != "h2" {
		t.Errorf("after the focused comment went the focus is on %s, want the heading", got)
	}
	seen.Quiet(t, w.site.URL, w.here.URL)
	if n := strings.Count(strings.Join(seen.Requests(), "\n"), "/comments?"); n != 4 {
		t.Errorf("%d requests for comments, want 4", n)
	}
}
