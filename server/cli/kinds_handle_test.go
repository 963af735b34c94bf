package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
)

func TestKindsOfHandlesThatAreWarnedAbout(t *testing.T) {
	t.Parallel()
	for name, warned := range map[string]bool{
		"blog.example": true, "ann.poe": true, "a.b.c": true, "blog": false, "ann_poe": false, "ann-poe": false,
	} {
		if said := dotted(feeds.Blog{Username: name, HandleHost: "mill.example"}); strings.Contains(said, "@"+name+"@mill.example") != warned {
			t.Errorf("of %s it is said: %q", name, said)
		}
	}
}
