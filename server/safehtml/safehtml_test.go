package safehtml_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/goldentest"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// page is where the fixtures were "found".
var page = &url.URL{Scheme: "https", Host: "blog.example", Path: "/2026/tea/"}

// A folder below testdata/html with in.html in it is a case; -update writes its golden files.
func TestFixturesComeOutAsTheirGoldenFiles(t *testing.T) {
	folders, err := filepath.Glob("../../testdata/html/*/in.html")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no fixtures found: %v", err)
	}
	for _, in := range folders {
		folder := filepath.Dir(in)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			raw, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			goldentest.Same(t, filepath.Join(folder, "article.golden.html"), safehtml.Article(string(raw), page).String()+"\n")
			goldentest.Same(t, filepath.Join(folder, "comment.golden.html"), safehtml.Comment(string(raw)).String()+"\n")
		})
	}
}

func TestAddressesAreAbsoluteAndOfThreeSchemes(t *testing.T) {
	for raw, want := range map[string]string{
		"/about":                            "https://blog.example/about",
		"salt.html":                         "https://blog.example/2026/tea/salt.html",
		"#fn1":                              "https://blog.example/2026/tea/#fn1",
		"?page=2":                           "https://blog.example/2026/tea/?page=2",
		"//cdn.example/x":                   "https://cdn.example/x",
		" https://EXAMPLE.com/A b ":         "https://example.com/A%20b",
		"https://bücher.example/ä":          "https://xn--bcher-kva.example/%C3%A4",
		"https://my_host.example/":          "https://my_host.example/",
		"https://shop.example/50%-off":      "https://shop.example/50%25-off",
		"https://shop.example/100%":         "https://shop.example/100%25",
		"https://[2001:DB8::1]:8080/":       "https://[2001:db8::1]:8080/",
		"https://x.example:8080/":           "https://x.example:8080/",
		"https://AZ_az-09-.example/":        "https://az_az-09-.example/", // for DNS it is a name, for IDNA it is none
		"https://a\u200b_.example/":         "",
		"https://a!b.example/":              "",
		"https://x.exa\nmple/a\tb\rc":       "https://x.example/abc",
		"https://x\t.example/":              "https://x.example/",
		"https://x&#13;.example/":           "https://x.example/",
		"mailto:tea@blog.example":           "mailto:tea@blog.example",
		"mailto:tea time@blog.example":      "",
		"java\nscript:alert(1)":             "",
		"\x01javascript:alert(1)":           "",
		"JaVaScRiPt:alert(1)":               "",
		"&#106;avascript:alert(1)":          "",
		"data:text/html,<script>x</script>": "",
		"vbscript:x":                        "",
		"blob:https://blog.example/1":       "",
		"file:///etc/passwd":                "",
		"https://bank.example@evil.example": "",
		"https:\\\\evil.example":            "",
		"https:evil":                        "",
		"http://":                           "",
		"https://a b.example/":              "",
		"":                                  "",
		"https://blog.example/" + strings.Repeat("a", 2048-21): "https://blog.example/" + strings.Repeat("a", 2048-21),
		"https://blog.example/" + strings.Repeat("a", 2048-20): "",
	} {
		got := safehtml.Article(`<a href="`+strings.ReplaceAll(raw, "<", "&lt;")+`">x</a>`, page).String()
		if link := `<a href="` + want + `">x</a>`; want != "" && got != link {
			t.Errorf("href=%q became %s, want %s", raw, got, link)
		}
		if want == "" && got != "x" {
			t.Errorf("href=%q became %s, want no link", raw, got)
		}
	}
}

func TestRelativeAddressesWithoutBaseAreDropped(t *testing.T) {
	got := safehtml.Article(`<a href="/about">About</a> <img src="pot.jpg" alt="pot"><a href="//cdn.example/">cdn</a>`, nil).String()
	if got != "About cdn" {
		t.Errorf("got %s", got)
	}
}

func TestOutputIsBounded(t *testing.T) {
	long := "<p>" + strings.Repeat("ä&amp;", 1<<20) + "</p>"
	for name, got := range map[string]safehtml.HTML{"article": safehtml.Article(long, nil), "comment": safehtml.Comment(long)} {
		max := map[string]int{"article": 512 << 10, "comment": 64 << 10}[name]
		if n := len(got.String()); n > max || n < max-16 {
			t.Errorf("%s: %d bytes came out, want just under %d", name, n, max)
		}
		if !strings.HasSuffix(got.String(), "</p>") {
			t.Errorf("%s: the end is not closed", name)
		}
		if again := safehtml.Comment(got.String()).String(); name == "comment" && again != got.String() {
			t.Errorf("a cut comment changed when it was cleaned again")
		}
	}
}
