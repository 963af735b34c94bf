package replies_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/replies/moderation"
)

func (w *world) followers() int {
	w.t.Helper()
	n, err := followers.Count(w.t.Context(), w.db, w.blog.ID)
	w.must(err)
	return n
}

// queued counts the activities of a kind that wait for delivery.
func (w *world) queued(kind string) int {
	return w.count(`
SELECT COUNT(*)
FROM activities a
JOIN deliveries d ON d.activity_id = a.id
WHERE a.kind = ? AND d.state = 'pending'`, kind)
}

func TestFollowIsAcceptedAndUndone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		enqueued := 0
		w.inbox.WakeNext = func() { enqueued++ }
		ada := w.fedi.Person("ada", "pasture.example")
		follow := w.accepted(ada.Follow(w.blog.ActorID()))
		if w.followers() != 1 || w.queued("Accept") != 1 || enqueued != 1 {
			t.Errorf("%d followers, %d Accepts, %d hints", w.followers(), w.queued("Accept"), enqueued)
		}
		again := w.accepted(ada.Follow(w.blog.ActorID())) // her server has forgotten: accepted again, under the new id
		accepts := w.sent("Accept")
		if answered, _ := accepts[len(accepts)-1].Object("object"); answered.ID() != again.ID {
			t.Errorf("the last Accept is of %s, want %s", answered.ID(), again.ID)
		}
		if w.followers() != 1 || w.queued("Accept") != 1 { // what waited before says nothing any more
			t.Errorf("%d followers, %d Accepts", w.followers(), w.queued("Accept"))
		}
		w.accepted(ada.Undo(follow))
		if w.followers() != 0 {
			t.Error("she follows still")
		}
		w.pass(time.Minute)
		again = w.accepted(ada.Follow(w.blog.ActorID()))
		w.accepted(ada.Undo(again, with("object", again.ID)))
		if w.followers() != 0 {
			t.Error("an Undo by id has no effect")
		}
	})
}

func TestFollowOfSomethingElseHasNoEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.unchanged(func() {
			for _, object := range []string{
				base + "/blogs/coffee", base + "/blogs/tea/", base + "/blogs/TEA", "https://pasture.example/blogs/tea", w.teaID, base,
			} {
				w.accepted(ada.Follow(object, to(shared)))
			}
		}, "received")
	})
}

func TestBlockedFollowIsRejected(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.block(w.blog.ID, moderation.BlockActor, ada.ID)
		w.accepted(ada.Follow(w.blog.ActorID()))
		if w.followers() != 0 || w.queued("Accept") != 0 || w.queued("Reject") != 1 {
			t.Errorf("%d followers, %d Accepts, %d Rejects", w.followers(), w.queued("Accept"), w.queued("Reject"))
		}
	})
}

// TestBlockByAPerson: she follows no more, nothing is on its way to her, and her replies to this
// blog are hidden.
func TestBlockByAPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example")
		w.accepted(ada.Follow(w.blog.ActorID()))
		w.accepted(bob.Follow(w.blog.ActorID()))
		w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(bob.Reply(w.teaID, "two"))
		block := w.accepted(ada.Block(w.blog.ActorID()))
		w.expect("bob: two")
		if w.followers() != 1 || w.queued("Accept") != 1 {
			t.Errorf("%d followers, %d deliveries", w.followers(), w.queued("Accept"))
		}
		w.accepted(ada.Undo(block))
		w.expect("ada: one", "bob: two")
	})
}
