package cli

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// The points of the checklist that take more than a few lines.

func checkKey(t *testing.T, c *checked) {
	for _, actor := range []string{teaBlog, teaBase + "/actor"} {
		key, _ := c.object(t, actor).Object("publicKey")
		want(t, "owner", key.String("owner"), actor)
		document, _, _ := strings.Cut(key.ID(), "#")
		want(t, "its document", document, actor)
		block, rest := pem.Decode([]byte(key.String("publicKeyPem")))
		if block == nil || block.Type != "PUBLIC KEY" || strings.TrimSpace(string(rest)) != "" {
			t.Fatalf("%q", key.String("publicKeyPem"))
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if k, isRSA := public.(*rsa.PublicKey); !isRSA || k.N.BitLen() != 2048 || k.E != 65537 {
			t.Errorf("%s has a %T, want RSA of 2,048 bits", actor, public)
		}
	}
}

// checkEmbedding: a bare id in any of these is asked for by some servers, and refused by Threads.
func checkEmbedding(t *testing.T, c *checked) {
	embeds := func(what string, answer activitypub.Object, id, actor, object string) {
		t.Helper()
		follow, embedded := answer.Object("object")
		want(t, what+" embeds", embedded, true)
		want(t, what+": type", follow.Type(), "Follow")
		want(t, what+": id", follow.ID(), id)
		want(t, what+": actor", follow.Ref("actor"), actor)
		want(t, what+": object", follow.Ref("object"), object)
	}
	eve := c.person()
	sent := eve.Follow(teaBlog)
	embeds("Accept", eve.Await("Accept", 1)[0], sent.ID, eve.ID, teaBlog)

	code, said := c.say("block", "add", eve.ID)
	want(t, said, code, exit.OK)
	sent = eve.Follow(teaBlog)
	eventually(t, "the Reject of that Follow", func() bool {
		return slices.ContainsFunc(eve.Inbox(), func(a activitypub.Object) bool {
			o, _ := a.Object("object")
			return a.Type() == "Reject" && o.ID() == sent.ID
		})
	})
	all := eve.Await("Reject", 1)
	embeds("Reject", all[len(all)-1], sent.ID, eve.ID, teaBlog)

	group := c.forum("embedding")
	code, said = c.say("blog", "join", "tea", group.ID)
	want(t, said, code, exit.OK)
	asked := group.Await("Follow", 1)[0]
	group.says(t, "Accept", asked)
	code, said = c.say("blog", "leave", "tea")
	want(t, said, code, exit.OK)
	embeds("Undo", group.Await("Undo", 1)[0], asked.ID(), teaBlog, group.ID)
}

func checkSharedInbox(t *testing.T, c *checked) {
	bo, cleo := c.f.Person("bo", "pasture.test"), c.f.Person("cleo", "pasture.test")
	bo.Follow(teaBlog)
	cleo.Follow(teaBlog)
	cleo.Await("Accept", 1)
	bo.Await("Accept", 1)
	// Who calls our own inboxes theirs would have us talk to ourselves.
	c.person(fediversetest.Profile("inbox", teaBlog+"/inbox")).Follow(teaBlog)
	c.person(fediversetest.Profile("endpoints", map[string]any{"sharedInbox": teaBase + "/inbox"})).Follow(teaBlog)
	c.feed.publish("shared", "For all of you", "<p>One for all.</p>")
	c.ada.Await("Create", 8)
	came := 0
	for _, d := range c.ada.Deliveries() {
		if o, _ := d.Activity.Object("object"); o.String("name") == "For all of you" {
			want(t, "inbox", d.Inbox, c.ada.SharedInbox)
			came++
		}
	}
	want(t, "deliveries", came, 1)
	inboxes, err := database.Collect(func(row database.Scanner) (inbox string, err error) { return inbox, row.Scan(&inbox) })(
		c.DB.Query(t.Context(), "SELECT inbox FROM deliveries ORDER BY inbox LIMIT 10000"))
	if err != nil || len(inboxes) == 0 {
		t.Fatalf("%d deliveries, %v", len(inboxes), err)
	}
	seen := map[string]bool{}
	for _, inbox := range inboxes {
		if host := activitypub.Host(inbox); host == "fedi.tea.test" {
			seen[inbox] = true
		}
	}
	want(t, "own inboxes that something is sent to", len(seen), 0)
}

func checkMatching(t *testing.T, c *checked) {
	eve := c.person()
	reply := func(text string, inReplyTo any, more ...fediversetest.Option) *fediversetest.Sent {
		t.Helper()
		more = append(more, fediversetest.At(teaBase+"/inbox"), fediversetest.With("inReplyTo", inReplyTo))
		sent := eve.Reply(c.post, "<p>"+text+"</p>", more...)
		c.settled(t)
		want(t, text, c.shows(t, text), true)
		return sent
	}
	reply("By id.", c.post)
	first := reply("By address.", c.page)
	reply("By the address, written otherwise.", strings.Replace(c.page, "https://", "http://", 1)+"#comments")
	reply("By reply.", first.ObjectID)
	page := reply("A page of its own.", c.post, fediversetest.With("url", "https://"+eve.Host+"/@eve/77"))
	reply("By a reply's page.", "https://"+eve.Host+"/@eve/77")
	reply("By an object in a list.", []any{map[string]any{"id": c.post}})
	reply("By context alone.", "https://"+eve.Host+"/notes/that-is-gone", fediversetest.With("context", c.post+"/context"))

	// What lies between is asked for, and stands between.
	between := "https://" + eve.Host + "/notes/between"
	c.f.Serve(between, map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": between, "type": "Note", "attributedTo": eve.ID, "content": "<p>Between.</p>",
		"to": activitypub.Public, "inReplyTo": page.ObjectID, "published": activitypub.At(time.Now()),
	})
	reply("Below what was not known.", between)
	parents := map[string]string{}
	items := c.thread(t).Items
	for _, i := range items {
		for _, p := range items {
			if p.ID == i.Parent {
				parents[i.Text] = p.Text
			}
		}
	}
	for child, parent := range map[string]string{
		"By id.": "", "By reply.": "By address.", "By a reply's page.": "A page of its own.", "Below what was not known.": "Between.",
		"Between.": "A page of its own.", "By context alone.": "",
	} {
		want(t, "what "+child+" stands below", parents[child], parent)
	}
}

func checkEdits(t *testing.T, c *checked) {
	eve := c.person()
	reply := eve.Reply(c.post, "<p>First words.</p>")
	at := time.Now().UTC().Add(-time.Minute).Truncate(time.Second)
	edit := func(text string, updated any, counts bool) {
		t.Helper()
		want(t, "status", eve.Edit(reply, "<p>"+text+"</p>", fediversetest.With("updated", updated)).Status, 202)
		want(t, text, c.shows(t, text), counts)
	}
	edit("Newer words.", at.Format(time.RFC3339), true)
	edit("Words of the same second.", at.Format(time.RFC3339), true)
	edit("Old words.", at.Add(-time.Hour).Format(time.RFC3339), false)
	edit("Words a second older.", at.Add(-time.Second).Format(time.RFC3339), false)
	edit("Words without a date.", nil, true)
	edit("Words with a date that cannot be read.", "yesterday", true)
	edit("Old words again.", at.Add(-time.Minute).Format(time.RFC3339), false)
	edit("The newest words.", time.Now().UTC().Add(time.Minute).Format(time.RFC3339), true)
	want(t, "replies", strings.Count(strings.Join(c.replies(t), "\n"), "words"), 1)
}

func checkBlock(t *testing.T, c *checked) {
	eve := c.reader()
	eve.Reply(c.post, "<p>Before I block you.</p>")
	want(t, "before", c.shows(t, "Before I block you."), true)
	followers := c.followers(t)
	want(t, "status", eve.Block(teaBlog).Status, 202)
	want(t, "followers", c.followers(t), followers-1)
	want(t, "what the blocker said", c.shows(t, "Before I block you."), false)
	had := len(c.ada.Await("Create", 1))
	c.feed.publish("blocked", "Not for who blocks", "<p>They want none of it.</p>")
	c.ada.Await("Create", had+1)
	for _, a := range eve.Inbox() {
		if o, _ := a.Object("object"); o.String("name") == "Not for who blocks" {
			t.Error("who blocks the blog gets its posts")
		}
	}
}

func checkReplies(t *testing.T, c *checked) {
	c.person().Reply(c.post, "<p>To be hidden.</p>")
	code, said := c.say("reply", "hide", c.replyID(t, "To be hidden."))
	want(t, said, code, exit.OK)
	var listed []string
	hosts := map[string]bool{}
	for next := c.object(t, c.post+"/replies").Ref("first"); next != ""; {
		page := c.object(t, next)
		items, _ := page["items"].([]any)
		for _, item := range items {
			id, plain := item.(string)
			want(t, "a plain id", plain, true)
			listed = append(listed, id)
			hosts[activitypub.Host(id)] = true
		}
		next = page.Ref("next")
	}
	shown, err := database.Collect(func(row database.Scanner) (id string, err error) { return id, row.Scan(&id) })(
		c.DB.Query(t.Context(), "SELECT object_uri FROM replies WHERE post_id = ? AND status = 'shown' AND kind = 'reply' LIMIT 1000", c.post[strings.LastIndexByte(c.post, '/')+1:]))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(listed)
	slices.Sort(shown)
	want(t, "what is listed", strings.Join(listed, "\n"), strings.Join(shown, "\n"))
	want(t, "several hosts", len(hosts) > 2, true)
}
