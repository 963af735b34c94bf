package replies_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
)

func TestEditReplacesTheReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "one")
		before := w.thread().Version
		w.pass(time.Minute)
		w.accepted(ada.Edit(reply, "two"))
		w.expect("ada: two")
		item := w.thread().Items[0]
		if w.thread().Version <= before || !item.EditedAt.Equal(start.Add(time.Minute)) || !item.PublishedAt.Equal(start) {
			t.Errorf("version %d after %d, %+v", w.thread().Version, before, item)
		}
		w.accepted(ada.Edit(reply, "three", with("summary", "milk")))
		if item := w.thread().Items[0]; item.CW != "milk" || item.HTML.String() != "three" {
			t.Errorf("%+v", item)
		}
	})
}

// TestEditsOfOneActivityIDAreAllApplied: GoToSocial gives every edit of a status the same Update
// id.
func TestEditsOfOneActivityIDAreAllApplied(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "one")
		same := onActivity("id", ada.ID+"/statuses/01J/activity#Update")
		for _, text := range []string{"two", "three", "four"} {
			w.pass(time.Minute)
			w.accepted(ada.Edit(reply, text, same))
			w.expect("ada: " + text)
		}
	})
}

func TestOlderEditsAreIgnored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := ada.Reply(w.teaID, "one")
		w.pass(time.Hour)
		at := func(t time.Time) fediversetest.Option { return with("updated", activitypub.At(t)) }
		w.accepted(ada.Edit(reply, "newer", at(start.Add(30*time.Minute))))
		w.accepted(ada.Edit(reply, "older", at(start.Add(20*time.Minute))))
		w.expect("ada: newer")
		w.accepted(ada.Edit(reply, "same second", at(start.Add(30*time.Minute))))
		w.expect("ada: same second")
		version := w.thread().Version
		w.accepted(ada.Edit(reply, "same second", at(start.Add(40*time.Minute))))
		if got := w.thread().Version; got != version {
			t.Errorf("an edit that changes nothing made version %d of %d", got, version)
		}
		w.accepted(ada.Edit(reply, "no date", with("updated", nil)))
		w.expect("ada: no date")
		w.accepted(ada.Edit(reply, "from the future", at(start.Add(1000*time.Hour))))
		w.pass(time.Hour)
		w.accepted(ada.Edit(reply, "after the future", at(w.clock())))
		w.expect("ada: after the future")
	})
}

func TestEditOfAnUnknownReplyIsTakenWhileItIsNew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		elsewhere := to("https://pasture.example/inbox") // it never came here
		young := ada.Reply(w.teaID, "young", elsewhere)
		old := ada.Reply(w.teaID, "old", elsewhere, with("published", activitypub.At(start.Add(-25*time.Hour))))
		w.accepted(ada.Edit(young, "young, edited", to(shared)))
		w.accepted(ada.Edit(old, "old, edited", to(shared)))
		w.expect("ada: young, edited")
	})
}

func TestEditThatMakesAReplyPrivateRemovesIt(t *testing.T) {
	for name, private := range map[string]fediversetest.Option{"followers": fediversetest.FollowersOnly, "direct": fediversetest.Direct} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
				reply := ada.Reply(w.teaID, "public once")
				w.accepted(bob.Reply(reply.ObjectID, "answer"))
				w.pass(time.Minute)
				w.accepted(ada.Edit(reply, "secret", private))
				w.expect("…", "  bob: answer")
				w.expectCounts(thread.Counts{Replies: 1})
				w.forgotten("public once", "secret")
				// Nothing makes it public again.
				w.pass(time.Minute)
				w.accepted(ada.Edit(reply, "public again", with("to", activitypub.Public)))
				w.expect("…", "  bob: answer")
			})
		})
	}
}

func TestEditNeverWidens(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		quiet := ada.Reply(w.teaID, "one", fediversetest.Unlisted)
		w.accepted(ada.Edit(quiet, "two", with("to", activitypub.Public)))
		loud := ada.Reply(w.teaID, "three")
		w.accepted(ada.Edit(loud, "three", fediversetest.Unlisted))
		for _, i := range w.thread().Items {
			if i.Visibility != "unlisted" {
				t.Errorf("%s is %s", i.HTML, i.Visibility)
			}
		}
		w.expect("ada: two", "ada: three")
	})
}

func TestPrivateReplyIsNotPublishedByAnEdit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := w.accepted(ada.Reply(w.teaID, "secret", fediversetest.Direct))
		w.pass(time.Minute)
		w.accepted(ada.Edit(reply, "secret", with("to", activitypub.Public)))
		w.expect()
		w.forgotten("secret")
	})
}

func TestProfileEditChangesTheThread(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		before := w.thread().Version
		w.accepted(ada.UpdateProfile("name", "Countess Ada"))
		if got := w.thread(); got.Items[0].Author.Name != "Countess Ada" || got.Version <= before {
			t.Errorf("name %q, version %d after %d", got.Items[0].Author.Name, got.Version, before)
		}
		w.accepted(ada.UpdateProfile("inbox", nil)) // nonsense has no effect, and is no reason to send it again
		if got := w.thread(); got.Items[0].Author.Inbox == "" {
			t.Error("the inbox was lost")
		}
	})
}

func TestUnlistedReplyIsNotNarrowedTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		reply := w.accepted(ada.Reply(w.teaID, "one", fediversetest.Unlisted))
		w.pass(time.Minute)
		before := w.thread().Version
		w.accepted(ada.Edit(reply, "one", fediversetest.Unlisted))
		if got := w.lastVerdict(); got != "Update dropped: nothing newer in it" || w.thread().Version != before {
			t.Errorf("%s, version %d after %d", got, w.thread().Version, before)
		}
	})
}
