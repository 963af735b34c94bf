package preview_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bloghorn/bloghorn/publisher/preview"
	"github.com/bloghorn/bloghorn/server/web/browsertest"
)

// pageFile writes a preview where a browser can open it, as the command does.
func pageFile(t *testing.T, p preview.Preview) (address string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "preview.html")
	if err := os.WriteFile(path, []byte(htmlOf(t, p)), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

func TestPageLoadsNothingAndLooksRight(t *testing.T) {
	for _, name := range []string{"wordpress", "ghost", "microblog"} {
		t.Run(name, func(t *testing.T) {
			feed, h := fixture(t, name)
			address := pageFile(t, look(t, h, feed, 3))
			ctx := browsertest.Open(t)
			seen := browsertest.Watch(t, ctx)
			browsertest.Do(t, ctx, chromedp.Navigate(address))
			browsertest.Get[int](t, ctx, `[...document.querySelectorAll("details")].map(d => d.open = true).length`)
			for _, scheme := range []string{"light", "dark"} {
				for _, width := range []int64{320, 1200} {
					browsertest.Look(t, ctx, width, scheme)
					if wide := browsertest.Get[int64](t, ctx, `document.documentElement.scrollWidth`); wide > width {
						t.Errorf("at %d pixels the page is %d wide", width, wide)
					}
					browsertest.Picture(t, ctx, "preview-"+name+"-"+scheme)
				}
				for _, pale := range browsertest.Get[[]string](t, ctx, paleTexts) {
					t.Errorf("%s: too little contrast: %s", scheme, pale)
				}
			}
			if jumps := browsertest.Get[[]string](t, ctx, headingJumps); len(jumps) > 0 {
				t.Errorf("headings out of order: %v", jumps)
			}
			if got := browsertest.Get[string](t, ctx, `getComputedStyle(document.querySelector(".views")).display`); got != "grid" {
				t.Errorf("the style is not applied: %s", got)
			}
			seen.Quiet(t, strings.TrimSuffix(address, "/preview.html"))
			if n := len(seen.Requests()); n != 1 {
				t.Errorf("%d requests, want that for the page: %v", n, seen.Requests())
			}
		})
	}
}

// Whatever a hostile feed brings, a browser runs none of it and asks nobody.
func TestHostilePageIsQuietInABrowser(t *testing.T) {
	address := pageFile(t, hostilePreview(t))
	ctx := browsertest.Open(t)
	seen := browsertest.Watch(t, ctx)
	browsertest.Do(t, ctx, chromedp.Navigate(address))
	browsertest.Get[int](t, ctx, `[...document.querySelectorAll("details")].map(d => d.open = true).length`)
	browsertest.Until(t, ctx, `document.readyState === "complete"`)
	seen.Quiet(t, strings.TrimSuffix(address, "/preview.html"))
	if n := len(seen.Requests()); n != 1 {
		t.Errorf("%d requests, want that for the page: %v", n, seen.Requests())
	}
}

// headingJumps are headings that are more than one level below the one before.
const headingJumps = `[...document.querySelectorAll("h1,h2,h3,h4")].map(h => +h.localName[1]).flatMap((n, i, all) => n > (all[i - 1] ?? 0) + 1 ? [i + ": " + n] : [])`

// paleTexts finds text below 4.5:1 (WCAG 2.2 §1.4.3) on the nearest ground that is not transparent.
const paleTexts = `(() => {
	const clear = c => c === "rgba(0, 0, 0, 0)";
	const ground = e => e === null ? "rgb(255, 255, 255)" : clear(getComputedStyle(e).backgroundColor) ? ground(e.parentElement) : getComputedStyle(e).backgroundColor;
	const light = color => {
		const [r, g, b] = color.match(/\d+/g).map(n => (n /= 255) <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b + .05;
	};
	return [...document.body.querySelectorAll("*")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.checkVisibility()).flatMap(e => {
		const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
		const ratio = Math.max(a, b) / Math.min(a, b);
		return ratio < 4.5 ? [e.className + " " + e.textContent.trim().slice(0, 40) + " " + ratio.toFixed(2)] : [];
	});
})()`
