package cli

import "testing"

func TestKindsOfPublicURLsGiveASCIIHosts(t *testing.T) {
	t.Chdir(t.TempDir())
	for typed, want := range map[string]string{
		"https://Käsekuchen.example/":        "https://xn--ksekuchen-v2a.example",
		"https://k%C3%A4sekuchen.example":    "https://xn--ksekuchen-v2a.example",
		"https://fedi.ñandú.example:443/f/":  "https://fedi.xn--and-6ma2c.example/f",
		"https://xn--ksekuchen-v2a.example/": "https://xn--ksekuchen-v2a.example",
		"https://Blog.example:8443":          "https://blog.example:8443",
	} {
		if s, err := parse(t, "serve", "--public-url", typed); err != nil || s.PublicURL != want {
			t.Errorf("%s: %v %v, want %s", typed, s, err, want)
		}
	}
}
