package replies_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// cast are the people of the attacks: ada and bob are honest, mallory has a server of her own, and
// an account on ada's.
type cast struct {
	*world
	ada, bob, mallory, insider *fediversetest.Person
	reply                      *fediversetest.Sent // ada's
	like                       *fediversetest.Sent // hers
}

func newCast(w *world) *cast {
	c := &cast{
		world: w, ada: w.fedi.Person("ada", "pasture.example", fediversetest.OwnKey), bob: w.fedi.Person("bob", "meadow.example"),
		mallory: w.fedi.Person("mallory", "evil.example", fediversetest.OwnKey),
		insider: w.fedi.Person("mallory", "pasture.example", fediversetest.OwnKey),
	}
	c.reply = w.accepted(c.ada.Reply(w.teaID, "hers"))
	c.like = w.accepted(c.ada.Like(w.teaID))
	w.accepted(c.ada.Follow(w.blog.ActorID()))
	w.accepted(c.mallory.Like(w.teaID))
	w.accepted(c.insider.Like(w.teaID))
	w.pass(time.Minute)
	return c
}

// note is a public reply of somebody to the post.
func note(id, author, text string) activitypub.Object {
	return activitypub.Object{"id": id, "type": "Note", "attributedTo": author, "content": text, "to": activitypub.Public}
}

// does sends an activity of the given kind, signed by its actor.
func (c *cast) does(p *fediversetest.Person, kind string, object any) *fediversetest.Sent {
	c.t.Helper()
	return p.Post(shared, activity(kind, p.ID+"#1", p.ID, object))
}

func (c *cast) about(o activitypub.Object) activitypub.Object {
	o["inReplyTo"] = c.teaID
	return o
}

func activity(kind, id, actor string, object any) activitypub.Object {
	return activitypub.Object{"id": id, "type": kind, "actor": actor, "object": object, "to": activitypub.Public}
}

// attacks are what was done to other servers before us, each with the answer it gets.
var attacks = map[string]struct {
	status int
	send   func(c *cast) *fediversetest.Sent
}{
	"body swapped after signing": {401, func(c *cast) *fediversetest.Sent {
		other := `{"id":"https://pasture.example/1","type":"Create","actor":"` + c.ada.ID + `","object":"https://pasture.example/2"}`
		return c.ada.Reply(c.teaID, "x", fediversetest.SwapBody(other))
	}},
	"signed in 1994": {401, func(c *cast) *fediversetest.Sent {
		return c.ada.Reply(c.teaID, "x", fediversetest.DatedAt(time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)))
	}},
	"not signed": {401, func(c *cast) *fediversetest.Sent { return c.ada.Reply(c.teaID, "x", fediversetest.Unsigned) }},
	"signed for another host": {401, func(c *cast) *fediversetest.Sent {
		return c.ada.Reply(c.teaID, "x", fediversetest.ForHost("other.example"))
	}},
	"another's key id": {401, func(c *cast) *fediversetest.Sent {
		return c.mallory.Post(shared, c.create(c.ada.ID), fediversetest.WithKeyID(c.ada.Key.ID))
	}},
	"another's actor under my key": {403, func(c *cast) *fediversetest.Sent { return c.mallory.Post(shared, c.create(c.ada.ID)) }},
	"a neighbour's actor under my key": {403, func(c *cast) *fediversetest.Sent {
		return c.insider.Post(shared, c.create(c.ada.ID))
	}},
	"two actors": {400, func(c *cast) *fediversetest.Sent {
		a := c.create(c.mallory.ID)
		a["actor"] = []any{c.mallory.ID, c.ada.ID}
		return c.mallory.Post(shared, a)
	}},
	"delete another's reply": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Delete", c.noteID())
	}},
	"delete a neighbour's reply": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.insider, "Delete", c.noteID())
	}},
	"delete what is said to be mine": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Delete", note(c.noteID(), c.mallory.ID, ""))
	}},
	"delete another actor": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Delete", c.ada.ID)
	}},
	"delete our post": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Delete", c.teaID)
	}},
	"edit another's reply": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Update", c.about(note(c.noteID(), c.mallory.ID, "mine")))
	}},
	"edit a neighbour's reply": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.insider, "Update", c.about(note(c.noteID(), c.insider.ID, "mine")))
	}},
	"edit another's reply in her name": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.insider, "Update", c.about(note(c.noteID(), c.ada.ID, "mine")))
	}},
	"edit another actor": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Update", activitypub.Object{"id": c.ada.ID, "type": "Person", "inbox": "https://evil.example/inbox"})
	}},
	"write in another's name": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.about(note("https://evil.example/1", c.ada.ID, "x")))
	}},
	"write in two names": {403, func(c *cast) *fediversetest.Sent {
		o := c.about(note("https://evil.example/1", "", "x"))
		o["attributedTo"] = []any{c.mallory.ID, c.ada.ID}
		return c.does(c.mallory, "Create", o)
	}},
	"object on another server": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.about(note("https://pasture.example/new", c.mallory.ID, "x")))
	}},
	"reference to another server": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.noteID())
	}},
	"object on another port": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.about(note("https://evil.example:8443/1", c.mallory.ID, "x")))
	}},
	"object without tls": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.about(note("http://evil.example/1", c.mallory.ID, "x")))
	}},
	"object on our host": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Create", c.about(note(base+"/notes/1", c.mallory.ID, "x")))
	}},
	"activity id on our host": {403, func(c *cast) *fediversetest.Sent {
		o := c.about(note("https://evil.example/1", c.mallory.ID, "x"))
		return c.mallory.Post(shared, activity("Create", base+"/activities/1", c.mallory.ID, o))
	}},
	"activity id on another host": {403, func(c *cast) *fediversetest.Sent {
		return c.mallory.Post(shared, activity("Like", "https://pasture.example/likes/9", c.mallory.ID, c.teaID))
	}},
	"nonsense under another's id": {403, func(c *cast) *fediversetest.Sent {
		return c.mallory.Post(shared, activity("Arrive", "https://pasture.example/statuses/next/activity", c.mallory.ID, c.teaID))
	}},
	"actor on our host": {403, func(c *cast) *fediversetest.Sent { return c.mallory.Post(shared, c.create(c.blog.ActorID())) }},
	"undo another's like by its id": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Undo", c.like.ID)
	}},
	"undo another's like, embedded": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Undo", c.like.Activity)
	}},
	"undo another's like as mine": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.insider, "Undo", activity("Like", c.like.ID, c.insider.ID, c.teaID))
	}},
	"undo another's follow": {403, func(c *cast) *fediversetest.Sent {
		return c.does(c.mallory, "Undo", activity("Follow", c.mallory.ID+"#2", c.ada.ID, c.blog.ActorID()))
	}},
	"like in another's name": {403, func(c *cast) *fediversetest.Sent {
		return c.mallory.Post(shared, activity("Like", c.ada.ID+"#9", c.ada.ID, c.teaID))
	}},
	"block in another's name": {403, func(c *cast) *fediversetest.Sent {
		return c.mallory.Post(shared, activity("Block", c.ada.ID+"#9", c.ada.ID, c.blog.ActorID()))
	}},
	"no id": {400, func(c *cast) *fediversetest.Sent {
		a := c.create(c.mallory.ID)
		delete(a, "id")
		return c.mallory.Post(shared, a)
	}},
}

// TestForgedActivitiesAreRefused: each attack changes nothing, and is answered as what it is.
func TestForgedActivitiesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := newCast(w)
		for name, attack := range attacks {
			w.unchanged(func() {
				if sent := attack.send(c); sent.Err != nil || sent.Status != attack.status {
					t.Errorf("%s: %d %q (%v), want %d", name, sent.Status, sent.Answer, sent.Err, attack.status)
				}
			})
		}
		w.work()
		w.expect("ada: hers")
		w.expectCounts(thread.Counts{Replies: 1, Likes: 3})
	})
}

func (c *cast) noteID() string {
	o, _ := c.reply.Activity.Object("object")
	return o.ID()
}

func (c *cast) create(actor string) activitypub.Object {
	origin, _ := activitypub.Origin(actor)
	return activity("Create", origin+"/forged/activity", actor, c.about(note(origin+"/forged", actor, "forged")))
}

// TestKnownReplyIsNotOverwrittenByACreate: the audience of somebody's post was once widened that
// way.
func TestKnownReplyIsNotOverwrittenByACreate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := newCast(w)
		w.unchanged(func() {
			w.accepted(c.ada.Post(shared, activity("Create", c.ada.ID+"#again", c.ada.ID, c.about(note(c.noteID(), c.ada.ID, "other words")))))
		}, "received")
		w.expect("ada: hers")
	})
}

// TestRefusedActivitiesKeepNobodyOut: what was refused leaves no trace that the true one could be
// taken for.
func TestRefusedActivitiesKeepNobodyOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := newCast(w)
		true_ := activity("Create", c.ada.ID+"/s/2/activity", c.ada.ID, c.about(note(c.ada.ID+"/s/2", c.ada.ID, "the true one")))
		c.mallory.Post(shared, true_)
		c.insider.Post(shared, true_)
		// A neighbour uses the id that ada's server will give her next activity.
		w.accepted(c.insider.Post(shared, activity("Arrive", c.ada.ID+"/s/2/activity", c.insider.ID, w.teaID)))
		// Somebody passes it on before it comes, as if it were part of a thread on her server.
		true_["cc"] = c.mallory.ID + "/followers"
		w.accepted(c.mallory.Post(shared, true_))
		w.accepted(c.ada.Post(shared, true_))
		w.work()
		w.expect("ada: hers", "ada: the true one")
	})
}

// TestNobodyCatchesTheAnswersToAnothersReply by naming her page as the address of an own reply.
func TestNobodyCatchesTheAnswersToAnothersReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		mallory := w.fedi.Person("mallory", "evil.example")
		page := "https://pasture.example/@ada/later"
		w.accepted(mallory.Reply(w.teaID, "trap", with("url", page)))
		w.accepted(mallory.Reply(w.teaID, "trap", with("url", w.teaID)))
		w.accepted(ada.Reply(w.teaID, "hers", with("url", page)))
		w.accepted(bob.Reply(page, "to ada", to(shared)))
		w.accepted(bob.Reply(w.teaID, "to the post"))
		w.expect("mallory: trap", "mallory: trap", "ada: hers", "  bob: to ada", "bob: to the post")
	})
}

// TestAuthenticationComesFirst: nothing but the key is fetched and nothing is written before the
// signature is verified.
func TestAuthenticationComesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := newCast(w)
		fresh := w.fedi.Person("fresh", "fresh.example", fediversetest.OwnKey)
		w.unchanged(func() {
			w.answered(c.mallory.Post(shared, c.create(fresh.ID), fediversetest.WithKeyID(fresh.Key.ID)), 401)
			byReference := activity("Create", fresh.ID+"#c", fresh.ID, fresh.ID+"/note")
			w.answered(c.mallory.Post(shared, byReference, fediversetest.WithKeyID(fresh.Key.ID)), 401)
		})
		u := strings.TrimPrefix(fresh.ID, "https://fresh.example")
		if all, key := w.fedi.Count("fresh.example", ""), w.fedi.Count("fresh.example", u); all != key {
			t.Errorf("%d requests, %d of them for the key", all, key)
		}
	})
}

func TestInboxAnswersWhatItCannotRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Like(w.teaID))
		for name, c := range map[string]struct {
			status  int
			body    string
			options []fediversetest.Option
		}{
			"no type":        {415, "{}", []fediversetest.Option{fediversetest.Header("Content-Type", "")}},
			"json":           {415, "{}", []fediversetest.Option{fediversetest.Header("Content-Type", "application/json")}},
			"html":           {415, "{}", []fediversetest.Option{fediversetest.Header("Content-Type", "text/html")}},
			"too large":      {413, `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, nil},
			"not json":       {400, "<Create/>", nil},
			"empty":          {400, "", nil},
			"two documents":  {400, "{}{}", nil},
			"a list":         {400, "[]", nil},
			"bad utf-8":      {400, "{\"type\":\"\xff\"}", nil},
			"key twice":      {400, `{"type":"Like","type":"Create"}`, nil},
			"@graph":         {400, `{"@graph":[]}`, nil},
			"deep":           {400, strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), nil},
			"very deep":      {400, strings.Repeat(`[`, 500_000), nil},
			"nothing inside": {400, "{}", nil},
		} {
			w.unchanged(func() {
				if sent := ada.Post(shared, []byte(c.body), c.options...); sent.Status != c.status {
					t.Errorf("%s: %d %q, want %d", name, sent.Status, sent.Answer, c.status)
				}
			})
		}
		for _, contentType := range []string{
			"application/activity+json; charset=utf-8", "application/ld+json",
			`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
		} {
			w.accepted(ada.Boost(w.teaID, fediversetest.Header("Content-Type", contentType)))
		}
		if answer := w.get(shared); answer.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET: %d", answer.Code)
		}
	})
}
