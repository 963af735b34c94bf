package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestThreadOfAnotherAccountIsAdopted goes the owner's way, with commands beside a running server.
func TestThreadOfAnotherAccountIsAdopted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, seldom)
		stranger := c.f.Person("me", "old.test")
		code, said := c.say("blog", "adopt", "tea@tea.test", stranger.Handle())
		want(t, said, code, exit.Refused)
		want(t, "says how", strings.Contains(said, teaHome) && strings.Contains(said, "bloghorn-"), true)
		code, said = c.say("blog", "adopt", "tea@tea.test", "@nobody@old.test")
		want(t, said, code, exit.NotFound)

		me := c.f.Person("myself", "old.test", fediversetest.Profile("attachment", []any{
			activitypub.Property("Blog", `<a href="`+teaHome+`" rel="me">tea.test</a>`),
		}))
		toot := me.Reply("", `<p>New: <a href="`+c.page+`">On tea</a></p>`, fediversetest.At("https://old.test/inbox"))
		outbox := me.ID + "/outbox"
		c.f.Serve(outbox, activitypub.Object{"id": outbox, "type": "OrderedCollection", "orderedItems": []any{map[string]any(toot.Activity)}})
		code, said = c.say("blog", "adopt", "tea@tea.test", me.Handle())
		want(t, said, code, exit.OK)
		_, said = c.say("blog", "show", "tea@tea.test")
		want(t, "shown to the owner", strings.Contains(said, me.Handle()), true)

		c.pass(20 * time.Minute)
		want(t, "answered", c.person().Reply(toot.ObjectID, "<p>Under her toot.</p>", fediversetest.At(teaBase+"/inbox")).Status, 202)
		eventually(t, "the answer under the post", func() bool { return c.shows(t, "Under her toot.") })
		code, said = c.say("blog", "unadopt", "tea@tea.test", me.Handle())
		want(t, said, code, exit.OK)
		code, said = c.say("post", "adopt", c.page, toot.ObjectID)
		want(t, said, code, exit.Refused)
	})
}
