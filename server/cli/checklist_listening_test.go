package cli

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/bounds"
)

var incomingPoints = []point{
	{48, "a 2xx means that the effect is there", func(t *testing.T, c *checked) {
		want(t, "status", c.ada.Reply(c.post, "<p>Three for me.</p>").Status, 202)
		want(t, "shown", c.shows(t, "Three for me."), true)
		inTime(func(t *testing.T, c *checked) {
			began := time.Now()
			want(t, "status", c.ada.Reply(c.post, "<p>At once.</p>").Status, 202)
			want(t, fmt.Sprint("answered after ", time.Since(began)), time.Since(began) < time.Second, true)
		})(t, c)
	}},
	{49, "the Delete of an unknown actor costs nothing", func(t *testing.T, c *checked) {
		gone := c.person()
		before := c.f.Count(gone.Host, "")
		sent := gone.Post(teaBase+"/inbox", map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": gone.ID + "#delete", "type": "Delete", "actor": gone.ID, "object": gone.ID,
		})
		want(t, "status", sent.Status, 202)
		want(t, "fetches", c.f.Count(gone.Host, "")-before, 0)
	}},
	{50, "too large is 413, another type 415, bad JSON 400", func(t *testing.T, c *checked) {
		eve := c.person()
		want(t, "large", eve.Reply(c.post, strings.Repeat("a", bounds.InboxBody)).Status, 413)
		want(t, "type", eve.Reply(c.post, "<p>x</p>", fediversetest.Header("Content-Type", "text/plain")).Status, 415)
		want(t, "JSON", eve.Post(teaBase+"/inbox", []byte("{")).Status, 400)
	}},
	{51, "what comes twice counts once, but an edit is judged by what it says", func(t *testing.T, c *checked) {
		eve := c.person()
		reply := eve.Reply(c.post, "<p>Said once.</p>")
		eve.Post(teaBase+"/inbox", reply.Activity)
		want(t, "replies", strings.Count(strings.Join(c.replies(t), "\n"), "Said once."), 1)
		first := eve.Edit(reply, "<p>Said twice.</p>")
		eve.Edit(reply, "<p>Said thrice.</p>", fediversetest.OnActivity("id", first.ID))
		want(t, "the second edit under one id", c.shows(t, "Said thrice."), true)
	}},
	{52, "a key of somebody else is refused", func(t *testing.T, c *checked) {
		eve, mallory := c.person(fediversetest.OwnKey), c.person(fediversetest.OwnKey)
		sent := mallory.Reply(c.post, "<p>Forged.</p>", fediversetest.OnActivity("actor", eve.ID), fediversetest.With("attributedTo", eve.ID))
		want(t, "refused", sent.Status == 401 || sent.Status == 403, true)
		want(t, "shown", c.shows(t, "Forged."), false)
	}},
	{53, "objects of another host, or of another author, are refused", func(t *testing.T, c *checked) {
		eve := c.person()
		for _, option := range []fediversetest.Option{fediversetest.With("id", "https://pasture.test/notes/77"), fediversetest.With("attributedTo", c.ada.ID)} {
			sent := eve.Reply(c.post, "<p>Not mine.</p>", option)
			want(t, fmt.Sprint("status ", sent.Status), sent.Status == 403 || sent.Status == 400, true)
		}
		want(t, "shown", c.shows(t, "Not mine."), false)
	}},
	{54, "scalars, lists and embedded objects are read alike", func(t *testing.T, c *checked) {
		eve := c.person()
		public := "https://www.w3.org/ns/activitystreams#Public"
		for i, to := range []any{public, []any{public}, []any{map[string]any{"id": public}}} {
			text := fmt.Sprintf("Shape %d.", i)
			eve.Reply(c.post, "<p>"+text+"</p>", fediversetest.With("to", to), fediversetest.With("cc", nil), fediversetest.With("inReplyTo", []any{map[string]any{"id": c.post}}))
			want(t, text, c.shows(t, text), true)
		}
	}},
	{55, "replies are matched by id, by address, by the reply they answer, by context and by what lies between", checkMatching},
	{56, "what does not lead to a post of ours is dropped", func(t *testing.T, c *checked) {
		eve := c.person()
		sent := eve.Reply(eve.ID+"/notes/elsewhere", "<p>Elsewhere.</p>", fediversetest.At(teaBase+"/inbox"))
		want(t, "status", sent.Status, 202)
		want(t, "shown", c.shows(t, "Elsewhere."), false)
	}},
	{57, "what is for followers or a few is neither shown nor kept", func(t *testing.T, c *checked) {
		eve := c.person()
		want(t, "direct", eve.Reply(c.post, "<p>geheim eins</p>", fediversetest.Direct).Status, 202)
		want(t, "followers", eve.Reply(c.post, "<p>geheim zwei</p>", fediversetest.FollowersOnly).Status, 202)
		want(t, "shown", c.shows(t, "geheim"), false)
		for _, table := range []string{"replies", "received"} {
			column := map[string]string{"replies": "html", "received": "body"}[table]
			var n int
			if err := c.DB.QueryRow(t.Context(), "SELECT COUNT(*) FROM "+table+" WHERE CAST("+column+" AS TEXT) LIKE '%geheim%'").Scan(&n); err != nil || n != 0 {
				t.Errorf("%s keeps %d of it, %v", table, n, err)
			}
		}
	}},
	{58, "Public is known by its three names", func(t *testing.T, c *checked) {
		eve := c.person()
		for _, name := range []string{"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"} {
			eve.Reply(c.post, "<p>To "+name+".</p>", fediversetest.With("to", []any{name}))
			want(t, name, c.shows(t, "To "+name+"."), true)
		}
	}},
	{59, "an edit that narrows who may see it hides a reply", func(t *testing.T, c *checked) {
		eve := c.person()
		reply := eve.Reply(c.post, "<p>For all, at first.</p>")
		want(t, "before", c.shows(t, "For all, at first."), true)
		eve.Edit(reply, "<p>For all, at first.</p>", fediversetest.FollowersOnly)
		want(t, "after", c.shows(t, "For all, at first."), false)
	}},
	{60, "an edit counts that is newer, or as old or undated and says something else; an older one does not", checkEdits},
	{61, "only its author deletes a reply; an actor's end takes all of hers", func(t *testing.T, c *checked) {
		eve, mallory := c.person(fediversetest.OwnKey), c.person(fediversetest.OwnKey)
		reply := eve.Reply(c.post, "<p>To be deleted.</p>")
		mallory.Post(teaBase+"/inbox", map[string]any{"id": mallory.ID + "#d", "type": "Delete", "actor": mallory.ID, "object": reply.ObjectID})
		want(t, "by a stranger", c.shows(t, "To be deleted."), true)
		eve.Delete(reply)
		want(t, "by her", c.shows(t, "To be deleted."), false)
		eve.Reply(c.post, "<p>My last words.</p>")
		eve.DeleteActor()
		eventually(t, "nothing of hers", func() bool { return !c.shows(t, "My last words.") })
	}},
	{62, "a Delete and an Undo that come first are remembered", func(t *testing.T, c *checked) {
		eve := c.person()
		note := eve.ID + "/notes/early"
		eve.Post(teaBase+"/inbox", map[string]any{"id": note + "#delete", "type": "Delete", "actor": eve.ID, "object": note})
		eve.Reply(c.post, "<p>Too late.</p>", fediversetest.With("id", note))
		want(t, "shown", c.shows(t, "Too late."), false)
		before := c.likes(t)
		like := map[string]any{"id": eve.ID + "#like", "type": "Like", "actor": eve.ID, "object": c.post}
		eve.Post(teaBase+"/inbox", map[string]any{"id": eve.ID + "#undo", "type": "Undo", "actor": eve.ID, "object": like})
		eve.Post(teaBase+"/inbox", like)
		want(t, "likes", c.likes(t), before)
	}},
	{63, "an Undo may embed or name what it takes back", func(t *testing.T, c *checked) {
		eve, before := c.person(), c.likes(t)
		eve.Undo(eve.Like(c.post))
		want(t, "embedded", c.likes(t), before)
		like := eve.Like(c.post)
		want(t, "liked", c.likes(t), before+1)
		eve.Undo(like, fediversetest.With("object", like.ID))
		want(t, "named", c.likes(t), before)
	}},
	{64, "a like with an emoji is a reaction, one for each person", func(t *testing.T, c *checked) {
		eve, before := c.person(), c.likes(t)
		eve.Like(c.post, fediversetest.With("content", "🍵"))
		eve.React(c.post, "🫖")
		want(t, "likes", c.likes(t), before+1)
	}},
	{65, "what a group passes on is asked for at its origin, and is no boost", func(t *testing.T, c *checked) {
		group, eve := c.person(fediversetest.Profile("type", "Group")), c.person()
		reply := eve.Reply(c.post, "<p>Said in a community.</p>", fediversetest.At("https://nowhere.test/inbox"))
		group.Post(teaBase+"/inbox", map[string]any{
			"id": group.ID + "#announce", "type": "Announce", "actor": group.ID, "to": []string{"https://www.w3.org/ns/activitystreams#Public"},
			"object": reply.Activity,
		})
		eventually(t, "the reply", func() bool { return c.shows(t, "Said in a community.") })
		shares, _ := c.object(t, c.post).Object("shares")
		n, _ := shares.Int("totalItems")
		want(t, "boosts", n, int64(0))
	}},
	{66, "a forwarded activity is asked for at its origin", func(t *testing.T, c *checked) {
		eve := c.person()
		reply := eve.Reply(c.post, "<p>The origin's words.</p>", fediversetest.At("https://nowhere.test/inbox"))
		note, _ := reply.Activity.Object("object")
		note["content"] = "<p>The forwarder's words.</p>"
		note["inReplyTo"] = c.ada.Reply(c.post, "<p>What is forwarded answers me.</p>").ObjectID
		c.f.Serve(note.ID(), with(note, "content", "<p>The origin's words.</p>"))
		c.ada.Post(teaBase+"/inbox", map[string]any(reply.Activity))
		eventually(t, "the origin's words", func() bool { return c.shows(t, "The origin's words.") })
		want(t, "the forwarder's", c.shows(t, "The forwarder's words."), false)
	}},
	{67, "a Block ends the following and hides what the blocker said", checkBlock},
	{68, "a follower's Move counts only where the new account names the old one", func(t *testing.T, c *checked) {
		eve := c.reader()
		all := c.followers(t)
		move := func(target string) {
			want(t, "status", eve.Post(teaBase+"/inbox", map[string]any{
				"id": eve.ID + "#move-" + target, "type": "Move", "actor": eve.ID, "object": eve.ID, "target": target,
			}).Status, 202)
		}
		stranger, now := c.person(), c.person(fediversetest.Profile("alsoKnownAs", []any{eve.ID}))
		move(stranger.ID)
		c.settled(t)
		want(t, "followers", c.followers(t), all)
		move(now.ID)
		c.settled(t)
		want(t, "followers", c.followers(t), all-1)
	}},
	{69, "replies lists every shown reply, from any host", checkReplies},
	{70, "a thread that never ends is followed only so far", func(t *testing.T, c *checked) {
		eve := c.person()
		note := func(n int) string { return fmt.Sprintf("https://%s/notes/%d", eve.Host, n) }
		for n := range 200 {
			c.f.Serve(note(n), map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": note(n), "type": "Note", "attributedTo": eve.ID, "content": "<p>And so on.</p>",
				"to": "https://www.w3.org/ns/activitystreams#Public", "inReplyTo": note(n + 1),
			})
		}
		want(t, "status", eve.Reply(note(0), "<p>Is this about tea?</p>", fediversetest.At(teaBase+"/inbox")).Status, 202)
		c.settled(t)
		asked := c.f.Count(eve.Host, "")
		want(t, fmt.Sprintf("documents asked for: %d", asked), asked > 10 && asked < 30, true)
		want(t, "shown", c.shows(t, "Is this about tea?") || c.shows(t, "And so on."), false)
	}},
}

// with is a copy of an object with one property changed.
func with(o map[string]any, key string, value any) map[string]any {
	changed := maps.Clone(o)
	changed[key] = value
	return changed
}

// likes are how many the post has.
func (c *checked) likes(t *testing.T) int64 {
	t.Helper()
	likes, _ := c.object(t, c.post).Object("likes")
	n, _ := likes.Int("totalItems")
	return n
}
