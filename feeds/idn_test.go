package feeds_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
)

func TestKindsOfHostsInASCII(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"Blog.Example":              "blog.example",
		"zürich.example":            "xn--zrich-kva.example",
		"ZÜRICH.example":            "xn--zrich-kva.example",
		"zu\u0308rich.example":      "xn--zrich-kva.example", // as macOS writes it: u and two dots
		"xn--zrich-kva.example":     "xn--zrich-kva.example",
		"straße.example":            "xn--strae-oqa.example",
		"блог.рф":                   "xn--90aexm.xn--p1ai",
		"例え。テスト:8443":               "xn--r8jz45g.xn--zckzah:8443",
		"日記.blog.example":           "xn--wgvt91f.blog.example",
		"fedi.señor.example.":       "fedi.xn--seor-hqa.example",
		"127.0.0.1:8484":            "127.0.0.1:8484",
		"[2001:DB8::1]:8443":        "[2001:db8::1]:8443",
		"my_blog.example":           "my_blog.example",
		"not a host with spaces.ü?": "not a host with spaces.ü?",
	} {
		if got := feeds.ASCIIHost(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestKindsOfHandlesWithHostsOfAnyScript(t *testing.T) {
	t.Parallel()
	for handle, want := range map[string]string{
		"tea@teehäuschen.example": "xn--teehuschen-t5a.example", "@Tea@TEEHÄUSCHEN.example": "xn--teehuschen-t5a.example",
		"tea@чай.рф": "xn--80as4b.xn--p1ai", "tea@xn--80as4b.xn--p1ai": "xn--80as4b.xn--p1ai", "tea@blog.example": "blog.example", "tea": "",
	} {
		if name, host, err := feeds.ParseHandle(handle); err != nil || name != "tea" || host != want {
			t.Errorf("%q: %q %q %v", handle, name, host, err)
		}
	}
	for _, handle := range []string{"tée@blog.example", "tea@", "tea@ü ü.example", "tea@💧💧 .example"} {
		if name, host, err := feeds.ParseHandle(handle); err == nil {
			t.Errorf("%q is taken: %q %q", handle, name, host)
		}
	}
}
