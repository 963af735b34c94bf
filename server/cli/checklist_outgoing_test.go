package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

var outgoingPoints = []point{
	{34, "what is in the feed at the first import is not announced", func(t *testing.T, c *checked) {
		for _, create := range c.ada.Await("Create", 1) {
			o, _ := create.Object("object")
			want(t, "old", o.String("name") == "A post from before", false)
		}
	}},
	{35, "a flood is held", func(t *testing.T, c *checked) {
		before := len(c.ada.Await("Create", 1))
		for i := range 8 {
			c.feed.prepare(fmt.Sprint("flood-", i), fmt.Sprintf("Flood %d", i), "<p>Too many of them at once.</p>")
		}
		c.feed.release()
		eventually(t, "held posts", func() bool {
			n, err := feeds.CountHeld(t.Context(), c.DB, c.blog.ID)
			return err == nil && n == 8
		})
		want(t, "Creates", len(c.ada.Await("Create", 1)), before)
	}},
	{36, "an Update is sent only where something visible has changed", func(t *testing.T, c *checked) {
		before := len(c.ada.Await("Update", 1))
		c.feed.change("cup", func(it *sampleItem) { it.Content += "\n\n<!-- built at noon --> " })
		c.polls(3)
		want(t, "Updates", len(c.ada.Await("Update", 1)), before)
	}},
	{37, "leaving the feed is no reason for a Delete", func(t *testing.T, c *checked) {
		before := len(c.ada.Await("Delete", 1))
		c.feed.change("note", func(it *sampleItem) { it.Link = "" })
		c.feed.remove("edited")
		c.polls(5)
		want(t, "Deletes", len(c.ada.Await("Delete", 1)), before)
	}},
	{38, "Accept, Reject and Undo embed what they are about", checkEmbedding},
	{39, "a repeated Follow is accepted again, with its new id", func(t *testing.T, c *checked) {
		eve := c.person()
		eve.Follow(teaBlog)
		eve.Await("Accept", 1)
		second := eve.Follow(teaBlog)
		follow, _ := eve.Await("Accept", 2)[1].Object("object")
		want(t, "id", follow.ID(), second.ID)
	}},
	{40, "one delivery reaches all of a shared inbox, and none goes to ourselves", checkSharedInbox},
	{41, "featured lists ids", func(t *testing.T, c *checked) {
		if _, said := c.say("post", "pin", c.page); !strings.Contains(said, "Pinned") {
			t.Fatal(said)
		}
		items, _ := c.object(t, teaBlog+"/featured")["orderedItems"].([]any)
		if len(items) != 1 || items[0] != c.post {
			t.Errorf("%v", items)
		}
	}},
	{42, "the outbox has pages, newest first, and says how many there are", func(t *testing.T, c *checked) {
		total, _ := c.object(t, teaBlog+"/outbox").Int("totalItems")
		page := c.object(t, c.object(t, teaBlog+"/outbox").Ref("first"))
		items := page.Objects("orderedItems")
		want(t, "total", total >= 8, true)
		for i := 1; i < len(items); i++ {
			newer, _ := items[i-1].Time("published")
			older, _ := items[i].Time("published")
			want(t, "order", newer.Before(older), false)
		}
	}},
	{43, "followers are a number without a list", func(t *testing.T, c *checked) {
		o := c.object(t, teaBlog+"/followers")
		_, counted := o.Int("totalItems")
		want(t, "counted", counted, true)
		want(t, "listed", o.Has("first") || o.Has("orderedItems") || o.Has("items"), false)
	}},
	{44, "Collection-Synchronization is ignored", func(t *testing.T, c *checked) {
		sent := c.person().Follow(teaBlog, fediversetest.Header("Collection-Synchronization", `collectionId="x", url="https://x.test/y", digest="0"`))
		want(t, "status", sent.Status, 202)
	}},
	{45, "a changed profile is told to the followers, and so are changed keys, by the key that they know", func(t *testing.T, c *checked) {
		told := func(what string, is func(o activitypub.Object, d fediversetest.Delivery) bool) {
			t.Helper()
			eventually(t, what, func() bool {
				return slices.ContainsFunc(c.ada.Deliveries(), func(d fediversetest.Delivery) bool {
					o, _ := d.Activity.Object("object")
					return d.Activity.Is("Update") && o.ID() == teaBlog && is(o, d)
				})
			})
		}
		_, said := c.say("blog", "edit", "tea", "--title", "Tea & more")
		told("an Update of the actor after "+said, func(o activitypub.Object, _ fediversetest.Delivery) bool { return o.String("name") == "Tea & more" })
		before := c.object(t, teaBlog).Ref("publicKey")
		_, said = c.say("key", "rotate", "tea")
		told("an Update with another key after "+said, func(o activitypub.Object, d fediversetest.Delivery) bool {
			return o.Ref("publicKey") != before && d.Signer.ID == before
		})
	}},
	{46, "a Move is sent only to an account that names the blog", inTime(func(t *testing.T, c *checked) {
		stranger, me := c.f.Person("me", "old.test"), c.f.Person("myself", "old.test", fediversetest.Profile("alsoKnownAs", teaBlog))
		code, said := c.say("blog", "move", "tea", stranger.Handle(), "--yes")
		want(t, said, code, exit.Refused)
		code, said = c.say("blog", "move", "tea", me.Handle(), "--yes")
		want(t, said, code, exit.OK)
		want(t, "target", c.ada.Await("Move", 1)[0].Ref("target"), me.ID)
	})},
	{47, "reports come from the instance actor, so that nobody is named", func(t *testing.T, c *checked) {
		eve := c.person()
		eve.Reply(c.post, "<p>Buy my pills.</p>")
		code, said := c.say("report", "send", c.replyID(t, "Buy my pills."), "--why", "advertising")
		want(t, said, code, exit.OK)
		flag := eve.Await("Flag", 1)[0]
		want(t, "actor", flag.Ref("actor"), teaBase+"/actor")
		want(t, "reason", flag.String("content"), "advertising")
	}},
}

// replyID is what commands call the reply with this text.
func (c *checked) replyID(t *testing.T, text string) string {
	t.Helper()
	for _, item := range c.thread(t).Items {
		if item.Text == text {
			return item.ID
		}
	}
	t.Fatalf("no reply says %q", text)
	return ""
}
