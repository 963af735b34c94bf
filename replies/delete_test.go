package replies_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestDeletedReplyIsGoneForGood(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "unforgettable", with("summary", "warned"))
		before := w.thread().Version
		w.accepted(ada.Delete(reply))
		w.expect()
		w.expectCounts(thread.Counts{})
		if got := w.thread().Version; got <= before {
			t.Errorf("version %d after %d", got, before)
		}
		w.forgotten("unforgettable", "warned", "@ada")
		// The same Create in a new envelope, an edit, the same Delete: nothing of it comes back.
		again, _ := reply.Activity.Object("object")
		w.accepted(ada.Post(shared, activity("Create", ada.ID+"#again", ada.ID, again)))
		w.pass(time.Minute)
		w.accepted(ada.Edit(reply, "unforgettable too"))
		w.accepted(ada.Delete(reply))
		w.expect()
		w.forgotten("unforgettable")
	})
}

func TestDeletedReplyWithAnswersLeavesAPlaceholder(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		reply := ada.Reply(w.teaID, "one")
		answer := bob.Reply(reply.ObjectID, "two")
		w.accepted(ada.Delete(reply, with("object", reply.ObjectID))) // a bare id, as GoToSocial sends
		w.expect("…", "  bob: two")
		w.expectCounts(thread.Counts{Replies: 1})
		w.accepted(ada.Reply(reply.ObjectID, "three"))
		w.accepted(bob.Delete(answer))
		w.expect("…", "  ada: three")
	})
}

// TestDeleteMayComeFirst: two deliveries of one server take two ways.
func TestDeleteMayComeFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		ada.Reply(w.teaID, "known") // or else the Delete would be dropped without asking for her key
		late := ada.Reply(w.teaID, "late", to("https://pasture.example/inbox"))
		w.accepted(ada.Delete(late, to(shared)))
		w.pass(7 * time.Hour)
		w.accepted(ada.Post(shared, late.Activity))
		w.accepted(ada.Edit(late, "edited", to(shared)))
		w.expect("ada: known")
	})
}

func TestActorsDeletionTakesEverythingOfHers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		w.accepted(ada.Follow(w.blog.ActorID()))
		one := ada.Reply(w.teaID, "one")
		two := bob.Reply(one.ObjectID, "two")
		ada.Reply(two.ObjectID, "three")
		ada.Reply(ids.PostID(w.blog, w.milk.ID), "four")
		ada.Like(w.teaID)
		ada.Boost(w.teaID)
		ada.Like(two.ObjectID)
		w.accepted(bob.Like(w.teaID))
		w.expectCounts(thread.Counts{Replies: 3, Likes: 2, Boosts: 1})
		w.accepted(ada.DeleteActor())
		w.expect("…", "  bob: two")
		w.expectCounts(thread.Counts{Replies: 1, Likes: 1})
		if n := w.followers(); n != 0 {
			t.Errorf("%d followers are left", n)
		}
		if left, err := w.inbox.Remotes.Known(t.Context(), w.db, ada.ID); err != nil || left.GoneAt.IsZero() || left.Name != "" || left.AvatarURL != "" {
			t.Errorf("of her profile is left %+v, %v", left, err)
		}
	})
}

// TestActorsDeletionIsBelievedWithoutAKey: her key is gone with her document, and we do not keep
// keys for ever.
func TestActorsDeletionIsBelievedWithoutAKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.pass(25 * time.Hour)
		w.accepted(ada.DeleteActor())
		w.expect()
	})
}

// TestActorsDeletionLeavesOneRowHoweverOftenItComes: anybody can send the Delete of somebody whose
// document is gone, each under an id of its own.
func TestActorsDeletionLeavesOneRowHoweverOftenItComes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, mallory := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("mallory", "evil.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.pass(25 * time.Hour)
		w.fedi.Gone(ada.ID)
		_, err := w.inbox.Remotes.Refresh(t.Context(), ada.ID) // that they seem to be gone takes nothing away
		if !errors.Is(err, remote.ErrDeleted) {
			t.Fatal(err)
		}
		w.expect("ada: one")
		forged := func(n int) *fediversetest.Sent {
			deletion := activitypub.Object{"id": fmt.Sprint(ada.ID, "#", n), "type": "Delete", "actor": ada.ID, "object": ada.ID}
			return mallory.Post(shared, deletion, fediversetest.WithKeyID(ada.Key.ID))
		}
		rows := w.count("SELECT COUNT(*) FROM received")
		for n := range 20 {
			w.accepted(forged(n))
		}
		w.expect()
		if n := w.count("SELECT COUNT(*) FROM received") - rows; n != 1 {
			t.Errorf("%d rows", n)
		}
		// What came since is taken away.
		w.change("UPDATE replies SET status = 'hidden'")
		w.accepted(forged(20))
		if n := w.count("SELECT COUNT(*) FROM replies WHERE status = 'deleted'"); n != 1 {
			t.Errorf("%d replies are deleted", n)
		}
	})
}

// TestActorsDeletionWithoutAKeyCountsAsUnverified: it proves that somebody is gone, and not who
// says so.
func TestActorsDeletionWithoutAKeyCountsAsUnverified(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		w.inbox.UnknownKeyLimit = &web.Limiter{Rate: bounds.Rate{Burst: 2, Every: time.Minute}, Now: w.clock}
		in := web.Proxies{}.Middleware(w.handler)
		w.fedi.Mount(host, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			r.RemoteAddr = "203.0.113.1:1"
			in.ServeHTTP(rw, r)
		}))
		var people []*fediversetest.Person
		for n := range 3 {
			people = append(people, w.fedi.Person(fmt.Sprint("p", n), "pasture.example"))
			w.accepted(people[n].Reply(w.teaID, "one"))
		}
		w.pass(25 * time.Hour)
		w.accepted(people[0].DeleteActor())
		w.accepted(people[1].DeleteActor())
		w.answered(people[2].DeleteActor(), http.StatusTooManyRequests)
		w.pass(time.Minute)
		w.accepted(people[2].DeleteActor())
		w.expect()
	})
}

func TestActorsDeletionIsNotBelievedWhileSheIsThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, mallory := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("mallory", "evil.example", fediversetest.OwnKey)
		w.accepted(ada.Reply(w.teaID, "one"))
		w.fedi.Gone("https://pasture.example/nobody")
		deletion := activitypub.Object{"id": ada.ID + "#delete", "type": "Delete", "actor": ada.ID, "object": ada.ID}
		w.unchanged(func() {
			for _, keyID := range []string{ada.Key.ID, "https://pasture.example/nobody#main-key", mallory.Key.ID} {
				sent := mallory.Post(shared, deletion, fediversetest.WithKeyID(keyID))
				if sent.Status != 401 && sent.Status != 403 {
					t.Errorf("key %s: %d", keyID, sent.Status)
				}
			}
		})
		w.expect("ada: one")
	})
}

// TestAccidentOfAServerDeletesNobody: while her server answers 404 for everything, anybody could
// send this.
func TestAccidentOfAServerDeletesNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.pass(25 * time.Hour) // her key has to be fetched again
		w.fedi.Handle(ada.ID, http.NotFoundHandler())
		w.unchanged(func() {
			deletion := activitypub.Object{"id": ada.ID + "#delete", "type": "Delete", "actor": ada.ID, "object": ada.ID}
			if sent := ada.Post(shared, deletion); sent.Status != http.StatusUnauthorized {
				t.Errorf("answered %d", sent.Status)
			}
		})
		w.expect("ada: one")
	})
}

// TestDeletionsOfStrangersCostNothing: every server tells everybody when an account is deleted.
func TestDeletionsOfStrangersCostNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		nobody := w.fedi.Person("nobody", "pasture.example")
		w.unchanged(func() {
			w.accepted(nobody.DeleteActor(to(shared)))
			w.accepted(nobody.UpdateProfile("name", "X", to(base+"/blogs/tea/inbox")))
		})
		if n := w.fedi.Count("pasture.example", ""); n != 0 {
			t.Errorf("we asked %d times", n)
		}
	})
}

// TestDeleteUnderTheIDOfTheCreate: WriteFreely uses the id of the post for both, which must not
// make them one activity.
func TestDeleteUnderTheIDOfTheCreate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		o := note("https://pasture.example/posts/1", ada.ID, "hers")
		o["inReplyTo"] = w.teaID
		w.accepted(ada.Post(shared, activity("Create", o.ID(), ada.ID, o)))
		w.expect("ada: hers")
		w.accepted(ada.Post(shared, activity("Delete", o.ID(), ada.ID, o.ID())))
		w.expect()
	})
}
