package replies_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
)

// Kinds of reaction that nobody has, for TestReactionKindIsOneEntry.
func init() {
	thread.ReactionKinds = append(thread.ReactionKinds,
		thread.ReactionKind{Name: "applause", Activities: []string{"Applaud"}, Adds: thread.Counts{Likes: 1}},
		thread.ReactionKind{Name: "hush", Activities: []string{"Hush"}, Against: "boost"})
}

// TestReactionKindIsOneEntry sends a reaction of a kind that one entry of the table has made: it is
// kept, counted and taken back, as is one that stands against another.
func TestReactionKindIsOneEntry(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		applause := activitypub.Object{"id": ada.ID + "#applause", "type": "Applaud", "actor": ada.ID, "object": w.teaID}
		w.accepted(ada.Post(shared, applause))
		w.expectCounts(thread.Counts{Likes: 1})
		w.accepted(ada.Like(w.teaID))
		w.expectCounts(thread.Counts{Likes: 2})
		w.accepted(ada.Post(shared, activitypub.Object{"id": ada.ID + "#undo", "type": "Undo", "actor": ada.ID, "object": applause}))
		w.expectCounts(thread.Counts{Likes: 1})
		applause["id"] = ada.ID + "#applause-again"
		w.accepted(ada.Post(shared, applause))
		w.accepted(ada.Boost(w.teaID))
		w.expectCounts(thread.Counts{Likes: 2, Boosts: 1})
		w.accepted(ada.Post(shared, activitypub.Object{"id": ada.ID + "#hush", "type": "Hush", "actor": ada.ID, "object": w.teaID}))
		w.expectCounts(thread.Counts{Likes: 2})
	})
}
