package publisher_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Other servers take no id with letters that DNS does not have, and ask for a handle in the spelling that they keep hosts in.
func TestKindsOfBlogsWhoseHostHasOtherLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	for _, c := range []struct {
		base, handleHost string   // as the owner writes them
		actor, subject   string   // as others get them
		found            []string // what others may ask for
	}{
		{
			base: "https://Grüße.example", actor: "https://xn--gre-6ka8l.example/blogs/tea", subject: "acct:tea@xn--gre-6ka8l.example",
			found: []string{"acct:tea@grüße.example", "acct:TEA@GRÜßE.example", "https://grüße.example/blogs/tea"},
		},
		{
			base: "https://fedi.кот.example:8443/feed", handleHost: "кот.example",
			actor:   "https://fedi.xn--j1aim.example:8443/feed/blogs/tea",
			subject: "acct:tea@xn--j1aim.example",
			found: []string{
				"acct:tea@кот.example", "acct:tea@xn--j1aim.example", "acct:Tea@КОТ.example", "acct:tea@fedi.кот.example:8443",
			},
		},
		{
			base: "https://xn--wgvt91f.example/fedi", actor: "https://xn--wgvt91f.example/fedi/blogs/tea", subject: "acct:tea@xn--wgvt91f.example",
			found: []string{"acct:tea@日記.example", "https://日記.example/fedi/blogs/tea"},
		},
	} {
		b := w.addBlog(feeds.NewBlog{BaseURL: c.base, Username: "tea", HandleHost: c.handleHost})
		if b.ActorID() != c.actor || "acct:"+b.Acct() != c.subject {
			t.Errorf("%s: %s %s", c.base, b.ActorID(), b.Acct())
		}
		for _, name := range append(c.found, c.actor, c.subject) {
			for _, spelt := range []string{name, url.QueryEscape(name)} {
				answer := w.ask("GET", base+finger+spelt, "application/jrd+json")
				if answer.Code != 200 || !strings.Contains(answer.Body.String(), `"subject":"`+c.subject+`"`) ||
					!strings.Contains(answer.Body.String(), `"href":"`+c.actor+`"`) {
					t.Errorf("%s: %d %s", spelt, answer.Code, answer.Body)
				}
			}
		}
	}
	for _, nobody := range []string{"acct:tea@grüsse.example", "https://grüße.example/blogs/coffee", "acct:tea@xn--gre-6ka8l.example.evil.example"} {
		if answer := w.ask("GET", base+finger+url.QueryEscape(nobody), ""); answer.Code != 404 {
			t.Errorf("%s: %d", nobody, answer.Code)
		}
	}
	for name, actor := range map[string]string{
		"acct:grüße.example@grüße.example":                 "https://xn--gre-6ka8l.example/actor",
		"acct:xn--gre-6ka8l.example@xn--gre-6ka8l.example": "https://xn--gre-6ka8l.example/actor",
	} {
		if answer := w.ask("GET", base+finger+url.QueryEscape(name), ""); !strings.Contains(answer.Body.String(), `"href":"`+actor+`"`) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
}
