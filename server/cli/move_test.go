package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestBlogMovesOutOnceAndOnlyWhereItIsKnown plays the owner who leaves for another account.
func TestBlogMovesOutOnceAndOnlyWhereItIsKnown(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	stranger := c.f.Person("me", "old.test")
	code, said := c.say("blog", "move", "tea", stranger.Handle(), "--yes")
	want(t, said, code, exit.Refused)
	want(t, "says what to do there", strings.Contains(said, "Account aliases"), true)
	gone := c.f.Person("gone", "old.test", fediversetest.Profile("alsoKnownAs", teaBlog), fediversetest.Profile("movedTo", "https://next.test/users/x"))
	code, said = c.say("blog", "move", "tea", gone.Handle(), "--yes")
	want(t, said, code, exit.Refused)
	want(t, "says why", strings.Contains(said, "moved on"), true)
	me := c.f.Person("myself", "old.test", fediversetest.Profile("alsoKnownAs", []any{teaBlog}))
	code, said = c.say("blog", "move", "tea", me.Handle())
	want(t, said, code, exit.Refused)
	want(t, "asks", strings.Contains(said, "--yes"), true)
	want(t, "nothing happened", c.object(t, teaBlog).Ref("movedTo"), "")

	code, said = c.say("blog", "move", "tea", me.Handle(), "--yes")
	want(t, said, code, exit.OK)
	move := c.ada.Await("Move", 1)[0]
	want(t, "object", move.Ref("object"), teaBlog)
	want(t, "target", move.Ref("target"), me.ID)
	want(t, "the actor says so", c.object(t, teaBlog).Ref("movedTo"), me.ID)
	code, said = c.say("blog", "move", "tea", me.Handle(), "--yes")
	want(t, said, code, exit.Refused)
	want(t, "explains the week", strings.Contains(said, "within a week"), true)
	want(t, "Moves", len(c.ada.Await("Move", 1)), 1)
}

// TestEarlierAccountsAreNamed plays the owner who comes from Mastodon, and the one whose WordPress plugin had an account on the same host.
func TestEarlierAccountsAreNamed(t *testing.T) {
	t.Parallel()
	c := newChecked(t, func(s *config.Settings) { s.PublicURL = teaBase })
	old := c.f.Person("old", "mastodon.test")
	code, said := c.say("blog", "alias", "tea", old.Handle())
	want(t, said, code, exit.OK)
	want(t, "says how to go on", strings.Contains(said, "Move to a different account: @tea@tea.test"), true)
	plugin := teaBase + "/?author=1"
	code, said = c.say("blog", "alias", "tea", plugin)
	want(t, said, code, exit.OK)
	want(t, "both", strings.Join(c.object(t, teaBlog).Refs("alsoKnownAs"), " "), old.ID+" "+plugin)
	eventually(t, "the followers know", func() bool {
		for _, update := range c.ada.Await("Update", 1) {
			if actor, _ := update.Object("object"); len(actor.Refs("alsoKnownAs")) == 2 {
				return true
			}
		}
		return false
	})
	for account, want := range map[string]int{
		"@nobody@mastodon.test": exit.NotFound, "nonsense": exit.Usage, teaBlog: exit.Usage, "@x@unreachable.test": exit.Network,
	} {
		if code, said := c.say("blog", "alias", "tea", account); code != want {
			t.Errorf("%s: exit code %d, want %d: %s", account, code, want, said)
		}
	}
	code, said = c.say("blog", "alias", "tea", plugin, "--remove")
	want(t, said, code, exit.OK)
	want(t, "one is left", strings.Join(c.object(t, teaBlog).Refs("alsoKnownAs"), " "), old.ID)
	// Her followers' servers follow now, thousands in the same minutes: here two.
	for range 2 {
		c.reader()
	}
}

func TestFollowersAreListedExportedAndAcceptedAgain(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	_, said := c.say("follower", "list", "tea")
	want(t, said, strings.HasPrefix(said, "@ada@pasture.test"), true)
	_, said = c.say("follower", "export", "tea")
	want(t, said, strings.HasPrefix(said, "Account address,Actor,Since\nada@pasture.test,https://pasture.test/users/ada,"), true)
	c.f.Person("=1+1", "formula.test").Follow(teaBlog) // a spreadsheet must not take a name for a formula
	_, said = c.say("follower", "export", "tea")
	want(t, said, strings.Contains(said, "\nactor-") && strings.Count(said, "\n") == 3, true)
	code, said := c.say("follower", "accept", "tea", "@ada@pasture.test")
	want(t, said, code, exit.OK)
	accepts := c.ada.Await("Accept", 2)
	first, _ := accepts[0].Object("object")
	again, _ := accepts[1].Object("object")
	want(t, "the same Follow", again.ID(), first.ID())
	want(t, "another activity", accepts[0].ID() == accepts[1].ID(), false)
	profile, _ := c.ada.Await("Update", 1)[0].Object("object")
	want(t, "with the profile of", profile.ID(), teaBlog)
	code, said = c.say("follower", "accept", "tea", "@nobody@pasture.test")
	want(t, said, code, exit.NotFound)
}
