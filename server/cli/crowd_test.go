package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
)

func TestReplyListSaysThatRepliesAreRefusedAndHowToHideThoseOfAServer(t *testing.T) {
	t.Parallel()
	c := newChecked(t, func(s *config.Settings) { s.Moderation.Unknown = "hold" })
	want(t, "a reply", c.f.Person("eve", "spam.test").Reply(c.post, "<p>How long?</p>").Status, 202)
	const told = "bloghorn block add spam.test"
	if code, said := c.say("reply", "list"); code != 0 || strings.Contains(said, told) {
		t.Errorf("exit %d, %q", code, said)
	}
	if _, err := c.DB.Exec(t.Context(), `UPDATE replies SET size = ?`, bounds.HeldBytesPerBlog); err != nil {
		t.Fatal(err)
	}
	if code, said := c.say("reply", "list"); code != 0 || !strings.Contains(said, told) || !strings.Contains(said, "spam.test (1)") {
		t.Errorf("exit %d, %q", code, said)
	}
	want(t, "block add", first(c.say("block", "add", "spam.test")), 0)
	if code, said := c.say("reply", "list"); code != 0 || strings.Contains(said, told) {
		t.Errorf("after that: exit %d, %q", code, said)
	}
}

func first(code int, _ string) int { return code }
