package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// What readers do not see, and no moderator holds, is named wherever the owner may look for it.
func TestKindsOfPlacesThatTellOfWithheldReplies(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	eve := c.person(fediversetest.Profile("hidesCcPublicFromUnauthedWeb", true))
	eve.Reply(c.post, "Said quietly.", fediversetest.With("to", []any{eve.ID + "/followers"}),
		fediversetest.With("cc", []any{activitypub.Public}))
	c.settled(t)
	want(t, "readers see it", c.shows(t, "Said quietly."), false)
	_, said := c.say("reply", "list")
	want(t, "the list of what is held names it: "+said, strings.Contains(said, "reply list --status withheld"), true)
	_, said = c.say("reply", "list", "--status", "withheld")
	for _, part := range []string{"Said quietly.", eve.Handle(), "hidesCcPublicFromUnauthedWeb"} {
		want(t, said, strings.Contains(said, part), true)
	}
	want(t, "no list tells of itself", strings.Contains(said, "--status withheld"), false)
	id := strings.Fields(said)[0]
	_, said = c.say("reply", "show", id)
	want(t, said, strings.Contains(said, "because") && strings.Contains(said, "hidesCcPublicFromUnauthedWeb"), true)
	code, said := c.say("reply", "answer", id, "Heard.")
	want(t, said, code, exit.OK)
	eve.Await("Create", 1)
	want(t, "readers see the answer", c.shows(t, "Heard."), false)
	eve.UpdateProfile("hidesCcPublicFromUnauthedWeb", false)
	eventually(t, "both", func() bool { return c.shows(t, "Said quietly.") && c.shows(t, "Heard.") })
}
