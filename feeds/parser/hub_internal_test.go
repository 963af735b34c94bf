package parser

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

var linkHeaders = map[string]string{
	`<https://hub.example/>; rel="hub"`:                                                                 "https://hub.example/ hub",
	`<https://hub.example/>;rel=hub, <https://tea.example/f>;rel="self"`:                                "https://hub.example/ hub|https://tea.example/f self",
	`<https://a.example/,;x>; title="a, b; rel=self \" <https://no.example/>; rel=hub"; rel="hub next"`: "https://a.example/,;x hub next",
	`<https://a.example/>; rel="next"; rel="hub"`:                                                       "https://a.example/ next",
	`<https://a.example/> ; REL = hub ; x`:                                                              "https://a.example/ hub",
	`nonsense, <https://a.example/>; rel=hub`:                                                           "https://a.example/ hub",
	`"quoted, nonsense" <x>; rel=self, <https://a.example/>; rel=hub`:                                   "https://a.example/ hub",
	`<https://a.example/`:                                                                               "",
	`<https://a.example/>`:                                                                              "https://a.example/ ",
	`<https://a.example/>; rel="hub`:                                                                    "https://a.example/ hub",
	`;;;,,,<>; rel=`:                                                                                    " ",
	"":                                                                                                  "",
	`</feed>; rel=self`:                                                                                 "/feed self",
	`<https://a.example/>; rel="\h\u\b"`:                                                                "https://a.example/ hub",
	"<https://a.example/>;\trel*=UTF-8''hub;rel=hub":                                                    "https://a.example/ hub",
	strings.Repeat(",", 20_000) + `<https://a.example/>; rel=hub`:                                       "",
	`<https://b.example/>; rel="` + strings.Repeat("x ", 10_000) + `"; rel=h`:                           "https://b.example/ " + strings.Repeat("x ", 10_000)[:maxLinkHeader-27],
}

func TestLinkHeadersAreRead(t *testing.T) {
	for header, want := range linkHeaders {
		var got []string
		for _, l := range LinksIn(header) {
			got = append(got, l.Href+" "+l.Rel)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%.80q\n got %.200q\nwant %.200q", header, got, want)
		}
	}
}

func FuzzLinkHeader(f *testing.F) {
	for header := range linkHeaders {
		f.Add(header)
	}
	base, _ := url.Parse("https://tea.example/feed.xml")
	f.Fuzz(func(t *testing.T, header string) {
		if n := len(LinksIn(header)); n > maxLinks {
			t.Errorf("%d links", n)
		}
		for _, href := range []string{HubInHeader(http.Header{"Link": {header}}, base).URL, HubInHeader(http.Header{"Link": {header}}, base).Topic} {
			if len(href) > MaxURL || href != "" && !strings.HasPrefix(strings.ToLower(href), "http") {
				t.Errorf("%q is no address", href)
			}
		}
		safe := strings.NewReplacer(",", "", ";", "", `"`, "", "<", "", ">", "", `\`, "").Replace(header)
		if len(safe) < 1000 {
			appended := fmt.Sprintf(`<https://hub.example/>; title="%s"; rel=hub`, safe)
			if HubInHeader(http.Header{"Link": {appended}}, base).URL != "https://hub.example/" {
				t.Errorf("lost behind %q", safe)
			}
		}
	})
}
