package safehtml_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

func TestKindsOfAddressesAreURIs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" \u00a0https://tea.example/a\n":             "https://tea.example/a",
		"https://tea.example/a\n\t  b":               "https://tea.example/a%20%20b",
		"https://Bücher.example:8443/ä/%C3%A4?ö=ü#é": "https://xn--bcher-kva.example:8443/%C3%A4/%C3%A4?%C3%B6=%C3%BC#%C3%A9",
		"https://b%C3%BCcher.example/":               "https://xn--bcher-kva.example/",
		"https://例え.テスト/茶 碗":                         "https://xn--r8jz45g.xn--zckzah/%E8%8C%B6%20%E7%A2%97",
		"https://tea.example/100%-off":               "https://tea.example/100%25-off",
		"https://tea.example/%%20%zz%4":              "https://tea.example/%25%20%25zz%254",
		"https://tea.example/a b?q=c d&e=<f>|\"g\"":  "https://tea.example/a%20b?q=c%20d&e=%3Cf%3E%7C%22g%22",
		"https://tea.example/é%2Fb":                  "https://tea.example/%C3%A9%2Fb",
		"https://tea.example/?q=a+b&r=%26":           "https://tea.example/?q=a+b&r=%26",
		"https://under_score.example/":               "https://under_score.example/",
		"../ü?x=%":                                   "https://tea.example/%C3%BC?x=%25",
		"//cdn.example/ü.png":                        "https://cdn.example/%C3%BC.png",
		"https://tea.example/a?b=[1]&c=100%&d=50%25": "https://tea.example/a?b=[1]&c=100%25&d=50%25",
	} {
		base, _ := url.Parse("https://tea.example/blog/post")
		u, err := safehtml.ParseAddress(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		got := base.ResolveReference(u).String()
		if again, err := safehtml.ParseAddress(got); got != want || err != nil || again.String() != got {
			t.Errorf("%q: %s, and %s of that, %v; want %s", in, got, again, err, want)
		}
	}
	for in, want := range map[string]string{
		`<a href="https://über.example/a b?q=ü ö">x</a>`: `<a href="https://xn--ber-goa.example/a%20b?q=%C3%BC%20%C3%B6">x</a>`,
		`<a href="/50%-off?c=100%">x</a>`:                `<a href="https://tea.example/50%25-off?c=100%25">x</a>`,
		`<img src="bild ü.png" alt="x">`:                 `<img src="https://tea.example/blog/bild%20%C3%BC.png" alt="x"/>`,
	} {
		base, _ := url.Parse("https://tea.example/blog/post")
		if got := safehtml.Article(in, base).String(); got != want {
			t.Errorf("%s\n%s, want\n%s", in, got, want)
		}
	}
}

// TestKindsOfEndlessAddressesCostNothing: a text of a megabyte where an address is expected was copied many times over.
func TestKindsOfEndlessAddressesCostNothing(t *testing.T) {
	for _, piece := range []string{"𝄞", " ", "%", "/x", "?a=b&", "\t", "."} {
		for _, start := range []string{"", "https://", "https://blog.example/", "#"} {
			address := start + strings.Repeat(piece, 1<<20/len(piece))
			if made := costtest.Allocated(func() {
				if _, err := safehtml.ParseAddress(address); err == nil {
					t.Errorf("an address of %q is read", start+piece)
				}
			}); made > 64<<10 {
				t.Errorf("%q costs %d kB", start+piece, made>>10)
			}
		}
	}
}
