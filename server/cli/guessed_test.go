package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/exit"
)

// TestKindsOfStartsThatMoveNoBlog: whoever forgets the configuration does not bring the blogs home.
func TestKindsOfStartsThatMoveNoBlog(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.flags = append(o.flags, "--feed-poll-interval", "1m", "--feed-publish-delay", "1m")
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea", "--public-url", "https://fedi.blog.example")
	for _, words := range [][]string{{"serve"}, {"serve", "--listen", "127.0.0.1:0"}} {
		if code, said := o.types(words...); code != exit.Config || !strings.Contains(said, "lives at https://fedi.blog.example") ||
			!strings.Contains(said, "--config FILE") {
			t.Errorf("%v: exit %d %s", words, code, said)
		}
	}
	if _, said := o.types("blog", "list"); !strings.Contains(said, "@tea@fedi.blog.example") {
		t.Errorf("the blog has moved: %s", said)
	}
}
