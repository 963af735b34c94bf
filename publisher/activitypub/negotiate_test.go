package activitypub_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

func TestWants(t *testing.T) {
	const profile = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
	for accept, want := range map[string]bool{
		"application/activity+json":                                                  true,
		"application/activity+json, application/ld+json":                             true, // Mastodon
		profile + ", application/activity+json, text/html;q=0.1":                     true, // Mastodon's search
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams"`:        true, // NodeBB
		`application/ld+json; profile="a,b", text/html;q=0.1`:                        true,
		"application/ld+json":                                                        true,
		"application/json":                                                           true,
		"Application/Activity+JSON":                                                  true,
		"application/activity+json;q=0.5":                                            true,
		"application/activity+json; charset=utf-8":                                   true,
		"application/activity+json, */*;q=0.1":                                       true,
		"application/activity+json, */*":                                             true,
		"application/activity+json, text/html":                                       true,
		"text/html;q=0.9, application/activity+json":                                 true,
		"text/html;q=0, application/activity+json;q=0.1":                             true,
		"text/html, application/activity+json":                                       false,
		"text/html, application/activity+json;q=0.9":                                 false,
		"application/activity+json;q=0.5, */*":                                       false,
		"application/activity+json;q=0":                                              false,
		"application/activity+json;q=x":                                              false,
		"application/activity+json;q=NaN":                                            false,
		"application/activity+json;q=-1":                                             false,
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": false, // a browser
		"*/*":                              false, // curl
		"application/*":                    false,
		"":                                 false,
		",,;":                              false,
		`"`:                                false,
		"application/activity+jsonx":       false,
		"text/plain, application/rss+xml":  false,
		strings.Repeat("text/html,", 9000): false,
	} {
		if got := activitypub.Wants(accept); got != want {
			t.Errorf("%.80s: %v", accept, got)
		}
	}
}

func TestContentTypes(t *testing.T) {
	for contentType, want := range map[string]struct{ post, document bool }{
		"application/activity+json":                                                               {true, true},
		"application/activity+json; charset=utf-8":                                                {true, true},
		"APPLICATION/Activity+JSON;charset=UTF-8":                                                 {true, true},
		"application/activity+json; charset":                                                      {true, true},
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`:                    {true, true},
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams"; charset=utf-8`:      {true, true},
		`application/ld+json; profile="https://w3id.org/x https://www.w3.org/ns/activitystreams"`: {true, true},
		`application/ld+json; profile=https://www.w3.org/ns/activitystreams`:                      {true, false},
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams-not"`:                {true, false},
		"application/ld+json": {true, false},
		"application/json":    {},
		"text/html":           {},
		"text/plain; x=application/activity+json": {},
		"image/png":                            {},
		"application/octet-stream":             {},
		"":                                     {},
		"application/activity+json, text/html": {},
	} {
		if activitypub.IsActivityType(contentType) != want.post || activitypub.IsActivityDocument(contentType) != want.document {
			t.Errorf("%s: %v, %v", contentType, activitypub.IsActivityType(contentType), activitypub.IsActivityDocument(contentType))
		}
	}
}
