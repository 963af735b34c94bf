package activitypub_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// longest is as long as an id may be.
var longest = "https://a.example/" + strings.Repeat("x", 2048-len("https://a.example/"))

func TestOrigin(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x?y#z":        "https://a.example",
		"HTTPS://A.Example":              "https://a.example",
		"https://a.example:443/":         "https://a.example",
		"https://a.example:0443/":        "https://a.example",
		"https://a.example:/":            "https://a.example",
		"http://a.example:80":            "http://a.example",
		"http://a.example:443":           "http://a.example:443",
		"https://a.example:8443/":        "https://a.example:8443",
		"http://127.0.0.1:8484/blogs/x":  "http://127.0.0.1:8484",
		"http://[::1]:8484/":             "http://[::1]:8484",
		"http://[0:0:0:0:0:0:0:1]:8484/": "http://[::1]:8484",
		"https://xn--tee-8na.example/":   "https://xn--tee-8na.example",
		"https://a.example/é":            "https://a.example",
		"https://a_b.example/":           "https://a_b.example",
		"https://AZ-az09.example/":       "https://az-az09.example",
		"https://a.example:0/":           "https://a.example:0",
		"https://a.example:65535/":       "https://a.example:65535",
		longest:                          "https://a.example",
	} {
		if got, ok := activitypub.Origin(raw); !ok || got != want || !activitypub.ValidID(raw) {
			t.Errorf("%s: %q, %v", raw, got, ok)
		}
	}
}

func TestOriginRefusesWhatParsersReadDifferently(t *testing.T) {
	for _, raw := range []string{
		"", "a.example", "//a.example/", "/path", "acct:a@b.example", "ftp://a.example/", "javascript:alert(1)", "data:text/plain,x",
		"https:a.example", "https:/a.example", "https://", "https:///x", "https://:443/", "https://user@a.example/", "https://user:p@a.example/",
		"https://@a.example/", `https://a.example\@evil.example/`, `https://evil.example\.a.example/`, `https:\\a.example\`,
		" https://a.example/", "https://a.example/ ", "https://a.example/a b",
		"https://a.exa\tmple/", "https://a.example\n/", "https://a.example/\x00",
		"https://a.example/\x7f", "https://a%2eexample/", "https://%61.example/", "https://ａ.example/", "https://é.example/",
		"https://a.example。evil.example/",
		"https://a.example:x/", "https://a.example:65536/", "https://a.example:-1/", "https://a.example:44 3/", "https://a.example:4:4/",
		"https://[::1/", "https://::1/", "https://[::1%25eth0]/", "https://[::1]x/", "https://[127.0.0.1]/", "https://[a.example]/",
		"https://a,b/", "https://a`b/", "https://a{b/", "https://a/b:c@d\\", `https://a.example/a\b`,
		"https://a.example./", "https://a.example.:443/",
		longest + "x",
		"https://a.example/%zz", "https://" + strings.Repeat("a", 2048) + "/",
	} {
		if got, ok := activitypub.Origin(raw); ok || got != "" || activitypub.ValidID(raw) || activitypub.Host(raw) != "" {
			t.Errorf("%q has the origin %q", raw, got)
		}
		if activitypub.SameOrigin(raw, raw) || activitypub.SameHost(raw, raw) {
			t.Errorf("%q is of one origin with itself", raw)
		}
	}
}

func TestSameOriginAndSameHost(t *testing.T) {
	for _, c := range []struct {
		a, b         string
		origin, host bool
	}{
		{"https://a.example/1", "https://A.EXAMPLE/2#k", true, true},
		{"https://a.example:443/1", "https://a.example/2", true, true},
		{"https://a.example:0443/1", "https://a.example:/2", true, true},
		{"https://a.example:08443/1", "https://a.example:8443/2", true, true},
		{"https://a.example/1", "http://a.example/1", false, true},
		{"https://a.example/", "https://a.example:8443/", false, false},
		{"https://a.example/", "https://b.a.example/", false, false},
		{"https://a.example/", "https://a.example.evil.example/", false, false},
		{"https://a.example/", "https://evila.example/", false, false},
		{"https://a.example/", "https://a.example./", false, false},
		{"http://127.0.0.1/", "http://127.1/", false, false},
	} {
		if activitypub.SameOrigin(c.a, c.b) != c.origin || activitypub.SameOrigin(c.b, c.a) != c.origin {
			t.Errorf("SameOrigin(%s, %s) is not %v", c.a, c.b, c.origin)
		}
		if activitypub.SameHost(c.a, c.b) != c.host || activitypub.SameHost(c.b, c.a) != c.host {
			t.Errorf("SameHost(%s, %s) is not %v", c.a, c.b, c.host)
		}
	}
	if got := activitypub.Host("https://A.example:8443/x"); got != "a.example:8443" {
		t.Errorf("Host is %q", got)
	}
}

func FuzzOrigin(f *testing.F) {
	for _, raw := range []string{
		"https://a.example/1", "http://[::1]:80/", `https://a\@b/`, "https://a:0443", "https://a%41/", "HTTP://A.b:", "https://u@h/",
	} {
		f.Add(raw, "https://a.example/2")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		origin, ok := activitypub.Origin(a)
		if ok != activitypub.ValidID(a) || ok != (activitypub.Host(a) != "") || ok != activitypub.SameOrigin(a, a) {
			t.Fatalf("%q: the functions disagree whether it is valid", a)
		}
		if activitypub.SameOrigin(a, b) != activitypub.SameOrigin(b, a) {
			t.Errorf("%q and %q: one way only", a, b)
		}
		if !ok {
			return
		}
		if again, ok := activitypub.Origin(origin + "/path?query#fragment"); !ok || again != origin {
			t.Errorf("the origin of %q is %q, whose origin is %q", a, origin, again)
		}
		// Nothing of the path or a user name may have become the host, whichever way a browser looks for its end.
		authority := a[strings.Index(a, "//")+2:]
		if end := strings.IndexAny(authority, `/\?#`); end >= 0 {
			authority = authority[:end]
		}
		name, _, _ := strings.Cut(activitypub.Host(a), ":")
		wrote, _, _ := strings.Cut(strings.ToLower(authority), ":")
		if name != wrote && !strings.HasPrefix(wrote, "[") || strings.ContainsAny(authority, "@% ") {
			t.Errorf("the host of %q is %q", a, activitypub.Host(a))
		}
		if u, err := url.Parse(a); err != nil || u.User != nil {
			t.Errorf("%q: %v, %v", a, u, err)
		}
	})
}

func TestSiteIsWhatSomebodyRegistered(t *testing.T) {
	for raw, want := range map[string]string{
		"https://ada.social.pasture.example:8443/x": "pasture.example", "https://PASTURE.example/": "pasture.example",
		"https://blog.co.uk/": "blog.co.uk", "https://a.blog.co.uk/": "blog.co.uk", "https://me.github.io/": "me.github.io", "https://co.uk/": "co.uk",
		"http://127.0.0.1:8484/": "127.0.0.1", "http://[::1]:1/": "::1", "http://localhost/": "localhost", "javascript:1": "",
	} {
		if got := activitypub.Site(raw); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestPublicSuffixIsWhatNobodyOwns(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"co.uk": true, "github.io": true, "spam.co.uk": false, "spam.example": false, "example": false, "127.0.0.1": false, "[::1]": false,
		"spam.example:8443": false, "127.0.0.1:8487": false, "[2001:db8::1]:8443": false, "[::ffff:192.0.2.1]": false,
	} {
		if got := activitypub.IsPublicSuffix(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
