package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestKindsOfAddressesOfHeldPosts: what a command prints as a post's address can be given to the
// others, in the spellings that people paste.
func TestKindsOfAddressesOfHeldPosts(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	hold := func() {
		t.Helper()
		if _, err := c.DB.Exec(t.Context(), "UPDATE posts SET held_at = 1, held_by = ?, held_why = 'too many' WHERE url = ?", feeds.HeldFlood, c.page); err != nil {
			t.Fatal(err)
		}
	}
	plain := strings.TrimPrefix(c.page, "https://")
	for _, address := range []string{
		c.page, "http://" + plain, "https://www." + plain, c.page + "/", c.page + "?utm_source=news", " " + c.page + "#more ", strings.ToUpper("https://tea.test") + "/cup",
	} {
		hold()
		if code, said := c.say("post", "show", address); code != exit.OK || !strings.Contains(said, "too many") {
			t.Errorf("post show %q: exit %d, %s", address, code, said)
		}
		// A post of the blog has just gone out, so this one goes ten minutes later.
		if code, said := c.say("post", "release", address); code != exit.OK || !strings.Contains(said, "): On tea & time") {
			t.Errorf("post release %q: exit %d, %s", address, code, said)
		}
		hold()
		if code, said := c.say("post", "history", address); code != exit.OK || !strings.Contains(said, "Kept quietly: On tea & time") {
			t.Errorf("post history %q: exit %d, %s", address, code, said)
		}
	}
	if code, said := c.say("post", "show", c.page+"/else"); code != exit.NotFound || !strings.Contains(said, "bloghorn post list") {
		t.Errorf("another page: exit %d, %s", code, said)
	}
	if code, said := c.say("post", "delete", c.page, "--yes"); code != exit.OK {
		t.Fatalf("post delete: exit %d, %s", code, said)
	}
	if code, said := c.say("post", "show", c.page); code != exit.OK || !strings.Contains(said, "removed") {
		t.Errorf("a removed post: exit %d, %s", code, said)
	}
	if _, err := feeds.PostByURL(t.Context(), c.DB, c.page); err == nil {
		t.Error("readers find it still")
	}
}
