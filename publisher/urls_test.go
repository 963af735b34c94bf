package publisher_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/ids"
)

// Of two spellings of one id another server would think that they are two posts.
func TestOnlyIDsThatWeMadeAreRead(t *testing.T) {
	id := strings.Repeat("a2", 13)
	ours := ids.PostID(teaBlog, id)
	if got, ok := ids.ParsePostURL(base, ours); !ok || got != id {
		t.Errorf("%q %v", got, ok)
	}
	for _, uri := range []string{
		"", id, ours + "/", ours + "?x=1", ours + "#x", ours + "a", ours[:len(ours)-1], ours + "/replies", strings.ToUpper(ours), base + "/posts/" + strings.ToUpper(id),
		strings.Replace(ours, "https", "http", 1), strings.Replace(ours, "fedi.", "FEDI.", 1), strings.Replace(ours, "/posts", "/./posts", 1),
		strings.Replace(ours, "fedi.blog.example", "fedi.blog.example:443", 1), strings.Replace(ours, "a2", "a1", 1), strings.Replace(ours, "a2", "%61", 1),
	} {
		if got, ok := ids.ParsePostURL(base, uri); ok {
			t.Errorf("%s is read as %q", uri, got)
		}
	}
}
