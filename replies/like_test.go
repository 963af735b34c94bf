package replies_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/thread"
)

func TestLikesAndBoostsAreCountedOncePerPerson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		for range 2 {
			w.accepted(ada.Like(w.teaID))
			w.accepted(ada.Boost(w.teaID))
			w.accepted(ada.Like(site + "tea")) // the same post by its address
		}
		w.accepted(bob.Like(w.teaID))
		w.accepted(bob.Like(w.teaID, with("id", nil))) // Mastodon's ids lead nowhere, some servers send none
		w.expectCounts(thread.Counts{Likes: 2, Boosts: 1})
	})
}

func TestReactionsToRepliesAreCountedWithThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		reply := ada.Reply(w.teaID, "one")
		like := bob.Like(reply.ObjectID)
		w.accepted(bob.Boost(reply.ObjectID))
		w.expect("ada: one [1 likes, 1 boosts]")
		version := w.thread().Version
		w.accepted(bob.Undo(like))
		w.expect("ada: one [0 likes, 1 boosts]")
		if w.thread().Version <= version {
			t.Error("the version did not grow")
		}
		w.expectCounts(thread.Counts{Replies: 1})
	})
}

// TestEmojiAreLikes: of one person and thing there is one, and a new one takes the place of the
// old.
func TestEmojiAreLikes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		first := w.accepted(ada.Like(w.teaID, onActivity("content", "🍵")))
		second := w.accepted(ada.React(w.teaID, ":blob:"))
		w.expectCounts(thread.Counts{Likes: 1})
		if got := w.count("SELECT COUNT(*) FROM reactions WHERE emoji = ':blob:'"); got != 1 {
			t.Error("the new emoji did not replace the old")
		}
		w.accepted(ada.Undo(first)) // it was replaced, and its Undo was late
		w.expectCounts(thread.Counts{Likes: 1})
		w.accepted(ada.Undo(second))
		w.expectCounts(thread.Counts{})
	})
}

func TestUndoTakesBackByIDOrByDescription(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for name, undo := range map[string]func(*fediversetest.Sent){
			"embedded": func(s *fediversetest.Sent) { w.accepted(ada.Undo(s)) },
			"bare id":  func(s *fediversetest.Sent) { w.accepted(ada.Undo(s, with("object", s.ID))) },
			"other id": func(s *fediversetest.Sent) {
				w.accepted(ada.Undo(s, with("object", activitypub.Object{
					"id": ada.ID + "#another", "type": s.Activity.Type(), "actor": ada.ID, "object": w.teaID})))
			},
			"no id": func(s *fediversetest.Sent) {
				w.accepted(ada.Undo(s, with("object", activitypub.Object{"type": s.Activity.Type(), "actor": ada.ID, "object": w.teaID})))
			},
		} {
			undo(w.accepted(ada.Like(w.teaID)))
			if got := w.thread().Counts; got.Likes != 0 {
				t.Errorf("%s: the Like is still counted", name)
			}
			undo(w.accepted(ada.Boost(w.teaID)))
			if got := w.thread().Counts; got.Boosts != 0 {
				t.Errorf("%s: the boost is still counted", name)
			}
			undo(w.accepted(ada.React(w.teaID, "🍵")))
			w.expectCounts(thread.Counts{})
		}
	})
}

func TestUndoMayComeFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		for _, late := range []*fediversetest.Sent{ada.Like(w.teaID, away), ada.Boost(w.teaID, away), ada.Follow(w.blog.ActorID(), away)} {
			made := w.clock()
			w.accepted(ada.Undo(late, to(shared)))
			w.pass(time.Hour)
			w.accepted(ada.Post(shared, late.Activity, fediversetest.DatedAt(made)))
		}
		w.expectCounts(thread.Counts{})
		if n := w.followers(); n != 0 {
			t.Errorf("%d followers", n)
		}
	})
}

// TestReplayIsNotARepetition: some servers make the id of a Like from its two ends, so that the
// same id comes again after an Undo and means it. The very same request does not.
func TestReplayIsNotARepetition(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "hello"))
		like := w.accepted(ada.Like(w.teaID))
		w.accepted(ada.Undo(like))
		w.accepted(ada.Post(shared, like.Activity)) // same bytes, same second: the same signature
		w.expectCounts(thread.Counts{Replies: 1})
		w.pass(time.Minute)
		w.accepted(ada.Post(shared, like.Activity))
		w.expectCounts(thread.Counts{Replies: 1, Likes: 1})
	})
}

// TestReplayIsKnownByWhatItsSignatureCovers: RFC 9421 need not cover Date, so whoever has caught a
// request can write another one.
func TestReplayIsKnownByWhatItsSignatureCovers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		like := w.accepted(ada.Like(w.teaID, fediversetest.SignedBy(signature.RFC9421)))
		w.accepted(ada.Undo(like))
		w.accepted(ada.Post(shared, like.Activity, fediversetest.SignedBy(signature.RFC9421),
			fediversetest.Header("Date", w.clock().Add(time.Minute).UTC().Format(http.TimeFormat))))
		w.expectCounts(thread.Counts{})
	})
}

func TestReactionsToWhatIsNotHereAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.unchanged(func() {
			w.accepted(ada.Like("https://pasture.example/statuses/1", to(shared)))
			w.accepted(ada.Boost(base+"/posts/aaaaaaaaaaaaaaaaaaaaaaaaaa", to(shared)))
			w.accepted(ada.Post(shared, activitypub.Object{"id": ada.ID + "#d", "type": "Dislike", "actor": ada.ID, "object": ada.ID + "/1"}))
		}, "received")
	})
}
