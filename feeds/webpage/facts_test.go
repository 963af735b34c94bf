package webpage_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/goldentest"
)

// at is where the fixtures' pages came from.
var at = &url.URL{Scheme: "https", Host: "fixture.example", Path: "/posts/page.html"}

// golden is what a page says; Text stands for its digest as well.
type golden struct {
	Title, Description, Canonical, ImageURL, ImageAlt, Language, Author, Published, Modified string
	Text                                                                                     []string // one paragraph is one string
	Article                                                                                  []string // one line is one string
}

// Each folder of testdata/pages is a page as some blog engine writes it, with what it says beside it.
func TestPagesOfTheWorldAreRead(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/pages/*/page.html")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	for _, path := range paths {
		folder := filepath.Dir(path)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			goldentest.SameJSON(t, filepath.Join(folder, "facts.golden.json"), goldenOf(webpage.Read(body, "text/html", at)))
		})
	}
}

func goldenOf(f webpage.Facts) golden {
	return golden{f.Title, f.Description, f.Canonical, f.ImageURL, f.ImageAlt, f.Language, f.Author,
		moment(f.PublishedAt), moment(f.ModifiedAt), strings.SplitAfter(f.Text, ". "), strings.Split(f.Article, "\n")}
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// post is a page around two paragraphs and what else there is.
func post(second, around string) webpage.Facts {
	const first = `<p>The first cup is for the guest, the second for the house, and the third is for talking. So said my aunt.</p>`
	text := `<html><body><article><h1>Tea</h1>` + first + around + `<p>` + second + `</p></article></body></html>`
	return webpage.Read([]byte(text), "text/html; charset=utf-8", at)
}

const second = `Green tea wants water that has forgotten how it boiled, black tea wants it at once, and both want somebody who waits.`

func TestDigestIgnoresWhatPagesChangeByThemselves(t *testing.T) {
	want := post(second, "")
	if want.Text == "" {
		t.Fatal("no text")
	}
	for name, around := range map[string]string{
		"white space":   " \n\n\t ",
		"counter":       "<p>1,204 views</p>",
		"other counter": "<p>Comments (17)</p>",
		"Kommentare":    "<p>3 Kommentare</p>",
		"time ago":      "<p>3 days ago</p>",
		"vor":           "<p>vor 3 Tagen</p>",
		"nonce":         "<p>9f86d081884c7d659a2feaa0c55ad015</p>",
		"advertisement": `<div class="ad-slot ads"><p>Buy a kettle, it is a good kettle, and it is cheap.</p></div>`,
		"script":        `<script nonce="1">x()</script>`,
		"comments":      `<section id="comments"><p>I drink coffee, always have, always will, says a reader.</p></section>`,
		"related":       `<div class="related-posts"><p>More about tea, and about cups, and saucers</p></div>`,
	} {
		if got := post(second, around); got.TextDigest != want.TextDigest {
			t.Errorf("%s: %q", name, got.Text)
		}
	}
	for name, edited := range map[string]string{
		"a word":        strings.Replace(second, "waits", "sleeps", 1),
		"a number":      second + " It takes 4 minutes.",
		"another":       second + " It takes 5 minutes.",
		"half the text": second[:60],
	} {
		if got := post(edited, ""); got.TextDigest == want.TextDigest {
			t.Errorf("%s: not seen in %q", name, got.Text)
		}
	}
}

func TestHostileBulkTakesBoundedTime(t *testing.T) {
	for _, unit := range []string{
		"<p>a, b", "<div>", "<b>x<p>", "<a href=x>y</a>", "a<br><br>", "<table><tr><td>x", "<img src=x>", "<ul><li>x", "<h2>x</h2>",
		"<div class=comments><p>hello, world</p></div>", "<script type='application/ld+json'>{\"@type\":\"Article\"}</script>",
		"<font color=a><p>x", "<meta property=og:title content=x>", "<i a=b c=d>", "<title>x</title>", "<span class=p-author>x", "<!--", "&amp;",
		"<svg><title>", "<template>",
		"<h1>x", "1 view ", "vor 1 ", strings.Repeat("x ", 100) + "<p>", "<p class='" + strings.Repeat("ad-", 100) + "'>x</p>",
	} {
		costtest.Linear(t, fmt.Sprintf("%.30q", unit), costtest.Pick(256<<10, 3<<20), func(n int) func() {
			body := []byte(strings.Repeat(unit, n/len(unit)))
			return func() { webpage.Read(body, "text/html", at) }
		})
	}
}

func TestEncodingsOfPages(t *testing.T) {
	for name, c := range map[string]struct{ body, contentType string }{
		"header": {"<title>Caf\xe9</title>", "text/html; charset=windows-1252"},
		"meta":   {"<meta charset=iso-8859-15><title>Caf\xe9</title>", "text/html"},
		"http":   {`<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title>Caf` + "\xe9</title>", ""},
		"none":   {"<title>Caf\xe9</title>", ""},
		"utf-8":  {"<title>Café</title>", "text/html; charset=latin1"},
	} {
		if got := webpage.Read([]byte(c.body), c.contentType, nil).Title; got != "Café" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("../../testdata/pages/*/page.html")
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "text/html")
	}
	f.Add([]byte("<svg><title>x<p><table><script type=application/ld+json>[1]"), "text/html; charset=utf-16")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		facts := webpage.Read(body, contentType, at)
		for _, address := range []string{facts.Canonical, facts.ImageURL} {
			if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
				t.Errorf("address %q", address)
			}
		}
		if len([]rune(facts.Title)) > 500 || strings.ContainsAny(facts.Title+facts.Author, "\n\x00") || len(facts.Article) > 1<<20 {
			t.Errorf("%+v", facts)
		}
		if again := webpage.Read(body, contentType, at); again.TextDigest != facts.TextDigest {
			t.Errorf("%s, then %s", hex.EncodeToString(facts.TextDigest[:]), hex.EncodeToString(again.TextDigest[:]))
		}
	})
}
