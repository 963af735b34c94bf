package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestKindsOfAnswersToWhyIsItHeld goes through the commands that tell it.
func TestKindsOfAnswersToWhyIsItHeld(t *testing.T) {
	t.Parallel()
	c := newChecked(t, func(s *config.Settings) { s.Moderation.Unknown = "hold" })
	eve := c.f.Person("eve", "spam.test", fediversetest.Profile("name", "Eve"))
	long := strings.Repeat("A word and another. ", 30) + "The end."
	sent := eve.Reply(c.post, "<p>"+long+"</p><p>Second paragraph.</p>")
	want(t, "a reply", sent.Status, 202)
	want(t, "a vote", eve.Reply(c.post, "", fediversetest.With("name", "Earl Grey"), fediversetest.With("content", nil), fediversetest.With("contentMap", nil)).Status, 202)
	_, list := c.say("reply", "list")
	id, _, _ := strings.Cut(list, " ")
	_, journal := c.say("received", "list", "--from", "https://spam.test/@eve")
	row, _, _ := strings.Cut(journal, " ")
	for _, ask := range []struct {
		words []string
		code  int
		says  []string
	}{
		{[]string{"reply", "list"}, exit.OK, []string{id, "@eve@spam.test", "On tea & time", "A word and another.", "bloghorn reply show ID"}},
		{[]string{"reply", "show", id}, exit.OK, []string{
			"Eve @eve@spam.test", "On tea & time " + c.page, "state", "held", "no reply of its author was approved on this blog when it came: " + eve.ID,
			long, "Second paragraph.", "Create", "held for a moderator", "What was decided about it, its author and their server:\n  nothing",
		}},
		{[]string{"reply", "show", sent.ObjectID}, exit.OK, []string{long}},
		{[]string{"reply", "show", "dirrxtyqaaaaa"}, exit.NotFound, []string{"there is no reply"}},
		{[]string{"reply", "show", "what"}, exit.Usage, []string{"bloghorn reply list"}},
		{[]string{"received", "list", "--state", "dropped"}, exit.OK, []string{"Create", eve.ID, "a vote in a poll"}},
		{[]string{"received", "list", "--about", sent.ObjectID}, exit.OK, []string{"done", "held for a moderator"}},
		{[]string{"received", "list", "--from", "nobody.test"}, exit.OK, []string{"The journal has nothing of that."}},
		{[]string{"received", "show", row}, exit.OK, []string{"sent by", eve.ID, "state", "what became of it"}},
		{[]string{"received", "show", "dirrxtyqaaaaa"}, exit.NotFound, []string{"remembers for 30 days"}},
	} {
		code, said := c.say(ask.words...)
		for _, says := range ask.says {
			if code != ask.code || !strings.Contains(said, says) {
				t.Errorf("%v: exit %d, want %d and %q: %s", ask.words, code, ask.code, says, said)
			}
		}
	}
}
