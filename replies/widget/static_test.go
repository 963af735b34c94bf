package widget_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// maxScript is what the element may cost a reader, compressed.
const maxScript = 9 << 10

func TestScriptIsSmallAndWhole(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	answer, script := w.get("/widget/1/comments.js")
	for header, want := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=3600, stale-while-revalidate=604800",
		"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header.Get(header); got != want {
			t.Errorf("%s: %s, want %s", header, got, want)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, script)
	z.Close()
	t.Logf("comments.js is %d bytes, %d gzipped", len(script), packed.Len())
	if packed.Len() > maxScript {
		t.Errorf("the script is %d bytes gzipped, at most %d", packed.Len(), maxScript)
	}
	if !strings.Contains(script, ".fedi-comment") || strings.Contains(script, `"/* comments.css */"`) {
		t.Error("the stylesheet is not in the script")
	}
	etag := answer.Header.Get("ETag")
	if again, _ := w.get("/widget/1/comments.js", "If-None-Match", etag); !strings.HasPrefix(etag, `"`) || again.StatusCode != 304 {
		t.Errorf("ETag %s: %d", etag, again.StatusCode)
	}
}

func TestStylesheetOfThePageIsServedWhereThePageLooks(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	_, page := w.get(w.at("/thread"))
	link := regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("the page has no stylesheet")
	}
	answer, style := w.get("/" + link[1]) // relative to /fedi/thread
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(style, ".fedi-comment") || !strings.Contains(style, ".card") {
		t.Errorf("%s: %d %s", link[1], answer.StatusCode, answer.Header.Get("Content-Type"))
	}
}

// What the script says about itself is what an owner will write into her pages.
func TestScriptDocumentsWhatItObserves(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	_, script := w.get("/widget/1/comments.js")
	observed := regexp.MustCompile(`observedAttributes = \[([^\]]+)\]`).FindStringSubmatch(script)
	if observed == nil {
		t.Fatal("no observedAttributes")
	}
	comment, _, _ := strings.Cut(script, "*/")
	for attribute := range strings.SplitSeq(observed[1], ",") {
		if attribute = strings.Trim(attribute, ` "`); !strings.Contains(comment, " "+attribute+" ") {
			t.Errorf("attribute %s is not explained", attribute)
		}
	}
}
