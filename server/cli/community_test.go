package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// forum is a community that reads posts as Lemmy does: strictly.
type forum struct{ *fediversetest.Person }

func (c *checked) forum(name string) forum {
	return forum{c.f.Person(name, "lemmy.test", fediversetest.ActorID("https://lemmy.test/c/"+name), fediversetest.NoSharedInbox, fediversetest.Profile("type", "Group"))}
}

// says has the group do something to the blog's server.
func (f forum) says(t *testing.T, kind string, object any) *fediversetest.Sent {
	t.Helper()
	var id string
	switch o := object.(type) {
	case string:
		id = o
	case activitypub.Object:
		id, object = o.ID(), map[string]any(o)
	}
	sent := f.Post(teaBlog+"/inbox", map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/%s/%s", f.ID, kind, id), "type": kind, "actor": f.ID,
		"to": []string{activitypub.Public}, "cc": []string{f.ID + "/followers"}, "object": object,
	})
	want(t, kind+" "+sent.Answer, sent.Status, 202)
	return sent
}

// takes says why Lemmy would not take a post; "" if it would.
func (f forum) takes(create activitypub.Object) string {
	o, _ := create.Object("object")
	addressed := append(o.Refs("to"), o.Refs("cc")...)
	switch {
	case !strings.Contains(strings.Join(addressed, " "), f.ID):
		return "addressed to no community"
	case o.Ref("audience") != f.ID, create.Ref("audience") != f.ID:
		return "its audience is another"
	case o.Type() != "Article" || o.String("name") == "" || o.Has("inReplyTo"):
		return "no post"
	case o.Objects("attachment")[0].Type() != "Link":
		return "no link"
	}
	for _, tag := range o.Objects("tag") {
		if tag.Type() == "Mention" && tag.Ref("href") == f.ID && tag.String("name") == "!tea@lemmy.test" {
			return ""
		}
	}
	return "not mentioned"
}

func TestBlogPostsIntoACommunity(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	tea, other := c.forum("tea"), c.forum("coffee")
	code, said := c.say("blog", "join", "tea", c.ada.Handle())
	want(t, said, code, exit.Refused)
	code, said = c.say("blog", "join", "tea", tea.ID)
	want(t, said, code, exit.OK)
	follow := tea.Await("Follow", 1)[0]
	want(t, "follows", follow.Ref("object"), tea.ID)
	c.feed.publish("before", "Before it was let in", "<p>Not for the community.</p>")
	c.ada.Await("Create", 2)
	want(t, "Creates in the community", len(tea.Await("Create", 0)), 0)
	other.says(t, "Accept", follow) // of somebody who was not asked
	_, said = c.say("blog", "show", "tea")
	want(t, said, strings.Contains(said, tea.ID+" (pending)"), true)
	tea.says(t, "Accept", follow)
	_, said = c.say("blog", "show", "tea")
	want(t, said, strings.Contains(said, tea.ID+" (accepted)"), true)
	want(t, "following", strings.Join(c.object(t, teaBlog+"/following").Refs("orderedItems"), " "), tea.ID)

	page := c.feed.publish("leaf", "On leaves", "<p>Whole ones.</p>")
	create := tea.Await("Create", 1)[0]
	want(t, "as Lemmy reads it", tea.takes(create), "")
	c.ada.Await("Create", 3)
	post, _ := create.Object("object")
	want(t, "the same at its id", strings.Join(c.object(t, post.ID()).Refs("to"), " "), strings.Join(post.Refs("to"), " "))

	// The group hands it on: as the activity, and as the post. Neither is anybody's boost, and neither costs a question.
	asked := c.f.Count("lemmy.test", "")
	tea.says(t, "Announce", create)
	tea.says(t, "Announce", post.ID())
	c.settled(t)
	shares, _ := c.object(t, post.ID()).Object("shares")
	boosts, _ := shares.Int("totalItems")
	want(t, "boosts", boosts, int64(0))
	want(t, "asked of the group", c.f.Count("lemmy.test", "")-asked, 0)

	// A member answers: the group announces it, and her server sends it too.
	eve := c.person()
	comment := eve.Reply(post.ID(), "<p>Never broken ones.</p>", fediversetest.At("https://lemmy.test/inbox"))
	tea.says(t, "Announce", comment.Activity)
	c.settled(t)
	want(t, "straight", eve.Post(teaBase+"/inbox", map[string]any(comment.Activity)).Status, 202)
	c.settled(t)
	c.page = page
	want(t, "once", strings.Join(c.replies(t), " | "), "Never broken ones.")

	// Votes count where the voter's server says so.
	vote := func(confirmed bool) {
		voter := c.person()
		like := activitypub.Object{"id": voter.ID + "/likes/1", "type": "Like", "actor": voter.ID, "object": post.ID()}
		if confirmed {
			c.f.Serve(like.ID(), like)
		}
		tea.says(t, "Announce", like)
		if confirmed {
			other.says(t, "Announce", activitypub.Object{"id": voter.ID + "/likes/2", "type": "Like", "actor": voter.ID, "object": post.ID()})
		}
	}
	vote(true)
	vote(false)
	tea.says(t, "Announce", activitypub.Object{"id": eve.ID + "/dislikes/1", "type": "Dislike", "actor": eve.ID, "object": post.ID()})
	c.settled(t)
	likes, _ := c.object(t, post.ID()).Object("likes")
	n, _ := likes.Int("totalItems")
	want(t, "votes", n, int64(1))

	// What was posted there is edited and removed there, also after the blog has left.
	code, said = c.say("blog", "leave", "tea")
	want(t, said, code, exit.OK)
	undone, _ := tea.Await("Undo", 1)[0].Object("object")
	want(t, "undoes the Follow", undone.ID(), follow.ID())
	c.feed.edit("leaf", "<p>Whole ones, always.</p>")
	update := tea.Await("Update", 1)[0]
	want(t, "the Update", tea.takes(update), "")
	code, said = c.say("post", "delete", page, "--yes")
	want(t, said, code, exit.OK)
	want(t, "the Delete", tea.Await("Delete", 1)[0].Ref("audience"), tea.ID)
	c.feed.edit("before", "<p>Edited later.</p>")
	c.feed.publish("after", "After it has left", "<p>Not for the community.</p>")
	c.ada.Await("Create", 4)
	want(t, "Creates in the community, all in all", len(tea.Await("Create", 1)), 1)
}

// TestCommunityThatSaysNo is told to the owner, and nothing is posted.
func TestCommunityThatSaysNo(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	tea := c.forum("tea")
	code, said := c.say("blog", "join", "tea", tea.ID)
	want(t, said, code, exit.OK)
	tea.says(t, "Reject", tea.Await("Follow", 1)[0])
	_, said = c.say("blog", "show", "tea")
	want(t, said, strings.Contains(said, "(rejected)"), true)
	c.feed.publish("leaf", "On leaves", "<p>Whole ones.</p>")
	c.ada.Await("Create", 2)
	want(t, "Creates", len(tea.Await("Create", 0)), 0)
	code, said = c.say("blog", "join", "tea", tea.ID) // asks again
	want(t, said, code, exit.OK)
	tea.Await("Follow", 2)
	code, said = c.say("blog", "leave", "tea")
	want(t, said, code, exit.OK)
	code, said = c.say("blog", "leave", "tea")
	want(t, said, code, exit.NotFound)
}

// TestCommunityGetsNothingOld, neither what was there before nor what the feed showed later, when their owner lets followers have them.
func TestCommunityGetsNothingOld(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	tea := c.forum("tea")
	code, said := c.say("blog", "join", "tea", tea.ID)
	want(t, said, code, exit.OK)
	tea.says(t, "Accept", tea.Await("Follow", 1)[0])
	c.feed.mu.Lock()
	c.feed.items = append(c.feed.items, sampleItem{
		GUID: "older", Link: teaHome + "/older", Title: "An older one", Content: "Found late.", Date: c.clock().AddDate(-1, 0, 0).UTC().Format(time.RFC1123Z),
	})
	c.feed.mu.Unlock()
	c.polls(2)
	code, said = c.say("post", "backfill", "tea", "--deliver", "--yes")
	want(t, said, code, exit.OK)
	for _, due := range []int{2, 3} {
		c.ada.Await("Create", due)
		c.advance(feeds.ReleaseEvery)
	}
	c.feed.publish("leaf", "On leaves", "<p>Whole ones.</p>")
	c.ada.Await("Create", 4)
	eventually(t, "the new post", func() bool { return len(tea.Await("Create", 1)) > 0 })
	for _, create := range tea.Await("Create", 1) {
		post, _ := create.Object("object")
		want(t, "posted", post.String("name"), "On leaves")
	}
}

// TestBlockedCommunityGetsNothingMore and is not joined again by itself.
func TestBlockedCommunityGetsNothingMore(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	tea := c.forum("tea")
	run := func(expected int, args ...string) string {
		code, said := c.say(args...)
		want(t, said, code, expected)
		return said
	}
	run(exit.OK, "blog", "join", "tea", tea.ID)
	tea.says(t, "Accept", tea.Await("Follow", 1)[0])
	leaf := c.feed.publish("leaf", "On leaves", "<p>Whole ones.</p>")
	tea.Await("Create", 1)
	c.ada.Await("Create", 2)
	c.f.Fail("lemmy.test", fediversetest.Fault{Status: 503, Path: "/c/tea/inbox"})
	c.feed.publish("bud", "On buds", "<p>It waits.</p>")
	c.ada.Await("Create", 3)
	pending := func(that string) (n int) {
		err := c.DB.QueryRow(t.Context(), "SELECT COUNT(*) FROM deliveries WHERE inbox = ? AND state = 'pending'"+that, tea.InboxURL()).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// What is on its way when the block comes may still arrive.
	eventually(t, "a try that failed", func() bool { return pending(" AND attempts > 0 AND lease_until = 0") == 1 })

	run(exit.OK, "block", "add", "lemmy.test")
	c.f.Heal("lemmy.test")
	want(t, "still a community", strings.Contains(run(exit.OK, "blog", "show", "tea"), tea.ID), false)
	c.feed.publish("root", "On roots", "<p>None.</p>")
	c.ada.Await("Create", 4)
	c.feed.edit("leaf", "<p>Whole ones, always.</p>")
	c.ada.Await("Update", 1)
	run(exit.OK, "post", "delete", leaf, "--yes")
	c.ada.Await("Delete", 1)
	run(exit.Refused, "blog", "join", "tea", tea.ID)
	want(t, "on their way", pending(""), 0)
	want(t, "received", len(tea.Inbox()), 2) // the Follow and one Create
	run(exit.OK, "block", "remove", "lemmy.test")
	run(exit.OK, "blog", "join", "tea", tea.ID)
	tea.Await("Follow", 2)
}

// TestCommunityIsAskedAgainAfterItWasLeft in this order, whichever request is slow: a server that knows a Follow by its actors alone would
// undo the new one otherwise.
func TestCommunityIsAskedAgainAfterItWasLeft(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	tea := c.forum("tea")
	code, said := c.say("blog", "join", "tea", tea.ID)
	want(t, said, code, exit.OK)
	for n := range 4 {
		tea.says(t, "Reject", tea.Await("Follow", n+1)[n])
		c.f.Fail("lemmy.test", fediversetest.Fault{Delay: 300 * time.Millisecond, Path: "/c/tea/inbox", Times: 1})
		code, said = c.say("blog", "join", "tea", tea.ID)
		want(t, said, code, exit.OK)
		tea.Await("Undo", n+1)
		tea.Await("Follow", n+2)
	}
	var order []string
	for _, said := range tea.Inbox() {
		order = append(order, said.Type())
	}
	want(t, "order", strings.Join(order, " "), "Follow"+strings.Repeat(" Undo Follow", 4))
}
