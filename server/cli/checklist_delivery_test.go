package cli

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
)

var deliveryPoints = []point{
	{83, "a delivery that fails is written down and tried again by the schedule", inTime(checkRetries)},
	{84, "Retry-After is obeyed, up to a day", inTime(checkRetryAfter)},
	{85, "a follower is removed only when her own document is gone on three days", inTime(func(t *testing.T, c *checked) {
		thea := c.f.Person("thea", "threads.net", fediversetest.NoSharedInbox)
		thea.Follow(teaBlog)
		thea.Await("Accept", 1)
		eve := c.reader(fediversetest.NoSharedInbox)
		all := c.followers(t)
		c.f.Fail(thea.Host, fediversetest.Fault{Status: 404, Path: "/users/thea/inbox"})
		c.f.Fail(eve.Host, fediversetest.Fault{Status: 404, Path: "/users/eve/inbox"})
		c.feed.publish("gone", "Is anybody there?", "<p>The inboxes say no.</p>")
		for range 5 {
			c.pass(24 * time.Hour)
		}
		want(t, "with inboxes that are not found", c.followers(t), all)
		c.f.Gone(eve.ID)
		c.f.Gone(thea.ID)
		c.feed.publish("still", "Still there?", "<p>One is gone.</p>")
		c.pass(2 * time.Hour)
		c.pass(25 * time.Hour)
		want(t, "gone on two days", c.followers(t), all)
		c.pass(25 * time.Hour)
		c.pass(25 * time.Hour)
		want(t, "gone on three", c.followers(t), all-1)
		want(t, "asked of Threads, whose 404 says nothing", c.f.Count(thea.Host, "/users/thea"), 1)
	})},
	{86, "a host has two requests at a time at most, and is left alone when it fails", inTime(checkHosts)},
	{87, "a host that was given up is tried at once when it speaks", inTime(func(t *testing.T, c *checked) {
		eve := c.reader()
		c.f.Fail(eve.Host, fediversetest.Fault{Err: errors.New("connection refused")})
		for day := range 20 {
			c.feed.publish(fmt.Sprint("day-", day), fmt.Sprintf("Day %d", day), fmt.Sprintf("<p>It is day %d.</p>", day))
			c.pass(24 * time.Hour)
		}
		tries := c.f.Count(eve.Host, "/inbox")
		c.pass(12 * time.Hour)
		want(t, "tries in half a day, of a dead host", c.f.Count(eve.Host, "/inbox")-tries <= 1, true)
		c.f.Heal(eve.Host)
		want(t, "speaks", eve.Like(c.post).Status, 202)
		began := time.Now()
		arrived := len(eve.Await("Create", 10)) // what is not older than two weeks
		want(t, fmt.Sprintf("all %d within a minute", arrived), time.Since(began) < time.Minute, true)
	})},
	{88, "a Create and its Updates that wait are sent as one, and what was deleted is not sent", inTime(func(t *testing.T, c *checked) {
		eve := c.reader()
		c.f.Fail(eve.Host, fediversetest.Fault{Status: 503})
		c.feed.publish("draft", "A draft", "<p>As it was written.</p>")
		mistake := c.feed.publish("mistake", "A mistake", "<p>Not for the world.</p>")
		c.ada.Await("Create", 3)
		c.feed.edit("draft", "<p>As it was corrected.</p>")
		c.ada.Await("Update", 1)
		if code, said := c.say("post", "delete", mistake, "--yes"); code != 0 {
			t.Fatal(said)
		}
		c.ada.Await("Delete", 1)
		c.f.Heal(eve.Host)
		c.pass(13 * time.Hour)
		creates := eve.Await("Create", 1)
		want(t, "Creates", len(creates), 1)
		o, _ := creates[0].Object("object")
		want(t, "text", o.String("content"), "<p><strong>A draft</strong></p><p>As it was corrected.</p>")
		want(t, "Updates and Deletes", len(eve.Await("Update", 0))+len(eve.Await("Delete", 0)), 0)
	})},
}

// reader is somebody new who follows.
func (c *checked) reader(traits ...fediversetest.Trait) *fediversetest.Person {
	c.t.Helper()
	eve := c.person(traits...)
	eve.Follow(teaBlog)
	eve.Await("Accept", 1)
	return eve
}

func (c *checked) followers(t *testing.T) int {
	t.Helper()
	n, err := followers.Count(t.Context(), c.DB, c.blog.ID)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
