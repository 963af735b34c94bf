package replies_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

// away is an inbox that is not ours: what is sent there never came here.
var away = fediversetest.At("https://pasture.example/inbox")

func TestMissingParentsAreFetchedFromTheirServers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fedi.RequireSignatures("meadow.example")
		ada, bob, cleo := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("cleo", "hill.example")
		one := ada.Reply(w.teaID, "one", away)
		w.pass(time.Minute)
		two := bob.Reply(one.ObjectID, "two", away)
		w.pass(time.Minute)
		w.accepted(cleo.Reply(two.ObjectID, "three", to(shared)))
		if got := w.lastVerdict(); !strings.HasPrefix(got, "Create queued: the parent "+two.ObjectID) {
			t.Errorf("the journal says %q", got)
		}
		w.work()
		w.expect("ada: one", "  bob: two", "    cleo: three")
		w.accepted(ada.Edit(one, "one, edited", to(shared)))
		w.accepted(bob.Post(shared, activity("Create", two.ID, bob.ID, two.ObjectID))) // comes after all
		w.work()
		w.expect("ada: one, edited", "  bob: two", "    cleo: three")
		if n := w.count("SELECT COUNT(*) FROM received WHERE body IS NOT NULL"); n != 0 {
			t.Errorf("%d rows of the journal keep their body", n)
		}
	})
}

// TestParentIsFetchedByTheAddressOfItsPage: people answer what they found by its page, and its
// server tells the id.
func TestParentIsFetchedByTheAddressOfItsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		two := ada.Reply(one.ObjectID, "two", away, with("inReplyTo", "https://pasture.example/short/1"))
		for i, id := range []string{one.ObjectID, two.ObjectID} {
			w.fedi.Serve(fmt.Sprint("https://pasture.example/short/", i+1), activitypub.Object{"id": id, "type": "Note"})
		}
		w.accepted(bob.Reply("https://pasture.example/short/2", "three", to(shared)))
		w.work()
		w.expect("ada: one", "  ada: two", "    bob: three")
		if n := w.fedi.Count("pasture.example", ""); n > 10 {
			t.Errorf("we asked %d times", n)
		}
	})
}

// TestSlowServerHoldsUpNoOther: what waits for one server waits for it alone.
func TestSlowServerHoldsUpNoOther(t *testing.T) {
	story := func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		w.fedi.Person("mallory", "slow.example")
		w.fedi.Fail("slow.example", fediversetest.Fault{Delay: time.Hour})
		for i := range 6 {
			id := fmt.Sprint("https://slow.example/", i)
			w.accepted(bob.Reply(id, "lost", to(shared), with("inReplyTo", id)))
		}
		w.accepted(bob.Reply(one.ObjectID, "two", to(shared)))
		w.runUntil("the reply is there", func() bool { return len(w.thread().Items) == 2 })
	}
	each(t, story)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		began := time.Now()
		story(t, w)
		if took := time.Since(began); took >= 10*time.Second { // which a question may take
			t.Errorf("it took %s", took)
		}
		time.Sleep(time.Minute) // until the questions under way have ended
	})
}

func TestFetchedParentsFollowTheRuleForUnknownPeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		w.accepted(bob.Reply(one.ObjectID, "two", to(shared)))
		w.work()
		w.expect()
		if held := w.held(); len(held) != 2 {
			t.Errorf("held: %+v", held)
		}
	})
}

func TestWhatLeadsNowhereIsDroppedWithAReason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		loop := "https://pasture.example/loop"
		w.fedi.Serve(loop, activitypub.Object{"id": loop, "type": "Note", "attributedTo": ada.ID, "to": activitypub.Public, "inReplyTo": loop})
		w.fedi.Gone("https://pasture.example/gone")
		w.fedi.Handle("https://pasture.example/html", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>") }))
		forged := "https://pasture.example/forged"
		o := note(forged, bob.ID, "x")
		o["inReplyTo"] = w.teaID
		w.fedi.Serve(forged, o)
		other := "https://pasture.example/other"
		o["id"] = "https://meadow.example/real"
		w.fedi.Serve(other, o)
		for id, why := range map[string]string{
			ada.Reply("https://pasture.example/nothing", "not ours", away, with("inReplyTo", nil)).ObjectID: "not a reply",
			loop: "too much", "https://pasture.example/gone": "gone", "https://pasture.example/html": "content type",
			forged: "another server", other: "another server",
			base + "/posts/what": "not about", "https://nowhere.invalid:x/": "not about", "ftp://x.example/": "not about",
		} {
			if id == "" {
				t.Fatal("no id")
			}
			w.accepted(bob.Reply(id, "lost", to(shared), with("inReplyTo", id)))
			w.work()
			if got := w.lastVerdict(); !strings.HasPrefix(got, "Create dropped: not about a post of ours") || !strings.Contains(got, why) {
				t.Errorf("%s: the journal says %q, want %q", id, got, why)
			}
		}
		w.expect()
	})
}

func TestSearchForAParentIsBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mallory := w.fedi.Person("mallory", "evil.example")
		w.fedi.Handle("https://evil.example/n", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := "https://evil.example" + r.RequestURI
			w.Header().Set("Content-Type", "application/activity+json")
			fmt.Fprintf(w, `{"id":%q,"type":"Note","attributedTo":%q,"to":"as:Public","content":"x","inReplyTo":%q}`, id, mallory.ID, id+"1")
		}))
		w.accepted(mallory.Reply("https://evil.example/n?", "endless", to(shared), with("inReplyTo", "https://evil.example/n?1")))
		w.work()
		if n := w.fedi.Count("evil.example", "/n"); n < 5 || n > 21 {
			t.Errorf("we asked %d times", n)
		}
		if n := w.count("SELECT COUNT(*) FROM replies"); n != 0 {
			t.Errorf("%d replies were stored on the way", n)
		}
	})
}

// TestNobodyIsAskedForALongThreadInVain: somebody answers again and again what has nothing to do
// with us, on a server that is not their own.
func TestNobodyIsAskedForALongThreadInVain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.ForwardLimit = web.NewShare(bounds.ForwardLimit, w.clock)
		w.fedi.Handle("https://victim.example/n", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id := "https://victim.example" + r.RequestURI
			w.Header().Set("Content-Type", "application/activity+json")
			fmt.Fprintf(w, `{"id":%q,"type":"Note","attributedTo":"https://victim.example/v","to":"as:Public","content":"x","inReplyTo":%q}`, id, id+"1")
		}))
		mallory := w.fedi.Person("mallory", "evil.example")
		tell := func(address string) (asked int) {
			before := w.fedi.Count("victim.example", "")
			w.accepted(mallory.Reply(address, "x", to(shared), with("inReplyTo", address)))
			w.work()
			return w.fedi.Count("victim.example", "") - before
		}
		first, again, other := tell("https://victim.example/n?1"), tell("https://victim.example/n?1"), tell("https://victim.example/n?2")
		w.pass(bounds.ClimbsInVain.Every)
		later := tell("https://victim.example/n?1")
		t.Logf("%d requests for the first Create, %d for the same address again, %d for another, %d in an hour", first, again, other, later)
		if first > bounds.ClimbElsewhere || again != 0 || other > bounds.ClimbElsewhere || later != first {
			t.Errorf("%d, %d, %d and %d requests", first, again, other, later)
		}
		w.pass(time.Minute)
		for w.inbox.ForwardLimit.Limiter.Has("evil.example") {
			w.inbox.ForwardLimit.Limiter.Take("evil.example")
		}
		w.pass(bounds.ForwardLimit.Every) // for the Create itself
		if n := tell("https://victim.example/n?3"); n != 1 {
			t.Errorf("%d requests where the site may have us ask for one", n)
		}
	})
}

func TestSomeUnknownAnswersOnAnotherServerAreClimbed(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		parent := w.teaID
		for range bounds.ClimbElsewhere {
			parent = ada.Reply(parent, "more", away).ObjectID
			w.pass(time.Minute)
		}
		w.accepted(bob.Reply(parent, "last", to(shared)))
		w.work()
		w.expect("ada: more", "  ada: more", "    ada: more", "      bob: last")
	})
}

func TestUnreachableServersAreAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := ada.Reply(w.teaID, "one", away)
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 503})
		w.accepted(bob.Reply(one.ObjectID, "two", to(shared)))
		for _, wait := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour} {
			w.work()
			w.expect()
			w.pass(wait)
		}
		w.fedi.Heal("pasture.example")
		w.work()
		w.expect("ada: one", "  bob: two")
	})
}

func TestGivingUpIsOnRecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bob := w.fedi.Person("bob", "meadow.example")
		w.fedi.Person("ada", "pasture.example")
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 503})
		w.accepted(bob.Reply("https://pasture.example/1", "two", to(shared), with("inReplyTo", "https://pasture.example/1")))
		for _, wait := range []time.Duration{1, 5, 30, 120, 360, 720, 1440, 2880, 7200, 0} { // minutes
			w.work()
			if got := w.lastVerdict(); !strings.HasPrefix(got, "Create queued: ") && wait > 0 {
				t.Errorf("the journal says %q", got)
			}
			w.pass(wait * time.Minute)
		}
		if got := w.lastVerdict(); got != "Create dropped: not about a post of ours: given up after many attempts" {
			t.Errorf("the journal says %q", got)
		}
	})
}

// TestUnknownActorIsFetchedLaterWhereHerServerIsSlow: what was answered 202 is not lost.
func TestUnknownActorIsFetchedLaterWhereHerServerIsSlow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Post(shared, activity("Arrive", ada.ID+"#1", ada.ID, w.teaID))) // her key is known now
		w.restart()
		w.fedi.Fail("pasture.example", fediversetest.Fault{Status: 500})
		w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(ada.Follow(w.blog.ActorID()))
		w.expect()
		w.fedi.Heal("pasture.example")
		w.work()
		w.expect("ada: one")
		if w.followers() != 1 || w.queued("Accept") != 1 {
			t.Errorf("%d followers, %d Accepts", w.followers(), w.queued("Accept"))
		}
	})
}

// TestForwardedActivitiesAreAskedForAtTheirOrigin: servers pass on what concerns their users. What
// they say is not believed.
func TestForwardedActivitiesAreAskedForAtTheirOrigin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		mallory := w.fedi.Person("mallory", "evil.example")
		bobs := w.accepted(bob.Reply(w.teaID, "his"))
		reply := ada.Reply(bobs.ObjectID, "true words", away)
		lie, _ := reply.Activity.Object("object")
		lie["content"] = "false words"
		w.accepted(bob.Post(shared, activity("Create", reply.ID, ada.ID, lie)))
		update := activity("Update", reply.ID+"#u", ada.ID, lie)
		update["cc"] = mallory.ID + "/followers"
		w.accepted(mallory.Post(shared, update))
		w.forgotten("false words")
		w.work()
		w.expect("bob: his", "  ada: true words")
		// A Delete that is not true changes nothing; a true one does.
		w.accepted(bob.Post(shared, activity("Delete", ada.ID+"#d1", ada.ID, reply.ObjectID)))
		w.work()
		w.expect("bob: his", "  ada: true words")
		ada.Delete(reply, away)
		w.accepted(bob.Post(shared, activity("Delete", ada.ID+"#d2", ada.ID, reply.ObjectID)))
		w.work()
		w.expect("bob: his")
		w.forgotten("true words")
	})
}

// TestForwardedDeleteIsBelievedWhenItsServerAnswers404ForDays: GoToSocial and Misskey have no other
// answer for what was deleted, and any server has it by accident.
func TestForwardedDeleteIsBelievedWhenItsServerAnswers404ForDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		bobs := w.accepted(bob.Reply(w.teaID, "his"))
		var hers []*fediversetest.Sent
		for _, text := range []string{"deleted", "missing for a day"} {
			reply := ada.Reply(bobs.ObjectID, text, away)
			w.accepted(bob.Post(shared, reply.Activity))
			hers = append(hers, reply)
			w.pass(time.Second)
		}
		w.work()
		for _, reply := range hers {
			w.fedi.Handle(reply.ObjectID, http.NotFoundHandler())
			w.accepted(bob.Post(shared, activity("Delete", reply.ObjectID+"#delete", ada.ID, reply.ObjectID)))
		}
		for range 4 {
			w.work()
			w.pass(12 * time.Hour)
		}
		w.expect("bob: his", "  ada: deleted", "  ada: missing for a day")
		object, _ := hers[1].Activity.Object("object")
		w.fedi.Serve(hers[1].ObjectID, object)
		for range 10 {
			w.work()
			w.pass(12 * time.Hour)
		}
		w.expect("bob: his", "  ada: missing for a day")
	})
}

func TestForwardedPrivateReplyIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		bobs := w.accepted(bob.Reply(w.teaID, "his"))
		reply := ada.Reply(bobs.ObjectID, "canary", away, fediversetest.FollowersOnly)
		w.accepted(bob.Post(shared, reply.Activity))
		w.forgotten("canary")
		w.work()
		w.expect("bob: his")
		w.forgotten("canary")
	})
}

// TestAnnouncedActivityIsNoBoost: groups (FEP-1b12) wrap what their members do.
func TestAnnouncedActivityIsNoBoost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		group := w.fedi.Person("tea", "lemmy.example", fediversetest.Profile("type", "Group"))
		reply := ada.Reply(w.teaID, "in the group", away)
		wrap := func(inner activitypub.Object) {
			t.Helper()
			delete(inner, "@context")
			w.pass(time.Second)
			w.accepted(group.Post(shared, activity("Announce", group.ID+"/announce/"+inner.Type()+w.clock().String()[14:19], group.ID, inner)))
			w.work()
		}
		wrap(reply.Activity)
		w.expect("ada: in the group")
		wrap(ada.Like(w.teaID, away).Activity)
		wrap(activity("Delete", ada.ID+"#d", ada.ID, reply.ObjectID))
		w.expect("ada: in the group")
		wrap(ada.Delete(reply, away).Activity)
		w.expect()
		w.expectCounts(thread.Counts{})
		w.accepted(group.Boost(w.teaID))
		w.expectCounts(thread.Counts{Boosts: 1})
	})
}
