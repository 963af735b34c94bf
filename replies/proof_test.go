package replies_test

import (
	"maps"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
)

// brings has a person pass on what another said.
func (w *world) brings(p *fediversetest.Person, said activitypub.Object) *fediversetest.Sent {
	w.t.Helper()
	return p.Post(shared, map[string]any(said))
}

// TestWhatIsProvenNeedsNoQuestion: a forwarded reply, its edit and its deletion have their effect
// at once, and its server is asked for nothing but the key. So has a reply that a group announces.
func TestWhatIsProvenNeedsNoQuestion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example", fediversetest.Proving)
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared)))
		two := bob.Reply(one.ObjectID, "two", away)
		w.accepted(w.brings(ada, bob.Proven(two.Activity)))
		w.expect("ada: one", "  bob: two") // no loop has run
		if n := w.fedi.Count("meadow.example", ""); n != 1 {
			t.Errorf("his server was asked %d times, want once, for the key", n)
		}
		w.pass(time.Minute)
		edit := bob.Edit(two, "two, edited", away)
		w.accepted(w.brings(ada, bob.Proven(edit.Activity)))
		w.expect("ada: one", "  bob: two, edited")
		w.pass(time.Minute)
		w.accepted(w.brings(ada, bob.Proven(two.Activity))) // an old state comes again
		w.expect("ada: one", "  bob: two, edited")
		w.accepted(w.brings(ada, bob.Proven(bob.Delete(two, away).Activity)))
		w.expect("ada: one")

		three := bob.Reply(one.ObjectID, "three", away)
		group := w.fedi.Person("tea", "lemmy.example", fediversetest.Profile("type", "Group"))
		w.accepted(group.Post(shared, map[string]any{
			"id": group.ID + "#1", "type": "Announce", "actor": group.ID, "object": map[string]any(bob.Proven(three.Activity)),
		}))
		w.expect("ada: one", "  bob: three")
	})
}

// TestWhatIsNotProvenIsAskedFor: each spoilt proof counts for nothing, and what is true is found at
// the origin as before.
func TestWhatIsNotProvenIsAskedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example", fediversetest.Proving)
		mallory := w.fedi.Person("mallory", "evil.example", fediversetest.Proving)
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared)))
		said := bob.Reply(one.ObjectID, "as it was said", away)
		forge := func(text string) activitypub.Object {
			forged := maps.Clone(said.Activity)
			note, _ := forged.Object("object")
			note = maps.Clone(note)
			note["content"] = text
			forged["object"] = note
			return forged
		}
		stolen := *mallory
		stolen.Prover.ID = bob.Prover.ID
		for name, activity := range map[string]activitypub.Object{
			"no proof": forge("no proof"),
			"changed afterwards": func() activitypub.Object {
				p := bob.Proven(said.Activity)
				f := forge("changed")
				f["proof"] = p["proof"]
				f["@context"] = p["@context"]
				return f
			}(),
			"by somebody else": mallory.Proven(forge("by somebody else")),
			"in a stolen name": stolen.Proven(forge("in a stolen name")),
		} {
			if sent := w.brings(ada, activity); sent.Status >= 500 {
				t.Errorf("%s: %d", name, sent.Status)
			}
			w.work()
			if shown := w.lines(); shown != "ada: one\n  bob: as it was said\n" {
				t.Errorf("%s: shown is\n%s", name, shown)
			}
		}
	})
}

// TestProofsThatAreTooOldOrOfTheBlockedCountForNothing, and a like is no business of a forwarder's.
func TestProofsThatAreTooOldOrOfTheBlockedCountForNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example", fediversetest.Proving)
		one := w.accepted(ada.Reply(w.teaID, "one", to(shared)))
		two := bob.Reply(one.ObjectID, "two", away)
		old, like := bob.Proven(two.Activity), bob.Proven(bob.Like(w.teaID, away).Activity)
		w.fedi.Gone(two.ObjectID)
		if sent := w.brings(ada, like); sent.Status == 202 && w.thread().Counts.Likes != 0 {
			t.Error("a like that somebody else brought counts")
		}
		w.pass(25 * time.Hour)
		w.accepted(w.brings(ada, old)) // of a reply that was deleted meanwhile, which nobody told us
		w.work()
		w.expect("ada: one")

		three := bob.Reply(one.ObjectID, "three", away)
		eve, dan := w.fedi.Person("eve", "noise.example"), w.fedi.Person("dan", "hill.example", fediversetest.Proving)
		w.block(0, moderation.BlockActor, eve.ID)
		if sent := w.brings(eve, dan.Proven(dan.Reply(one.ObjectID, "from dan", away).Activity)); sent.Status != 403 || w.fedi.Count("hill.example", "") != 0 {
			t.Errorf("somebody who is blocked brings something: %d, and %d questions", sent.Status, w.fedi.Count("hill.example", ""))
		}
		_, err := moderation.AddBlock(t.Context(), w.db, 0, moderation.BlockDomain, "meadow.example", "", "test", w.clock())
		w.must(err)
		asked := w.fedi.Count("meadow.example", "")
		group := w.fedi.Person("tea", "lemmy.example", fediversetest.Profile("type", "Group"))
		w.accepted(group.Post(shared, map[string]any{
			"id": group.ID + "#1", "type": "Announce", "actor": group.ID, "object": map[string]any(bob.Proven(three.Activity)),
		}))
		w.expect("ada: one")
		if n := w.fedi.Count("meadow.example", "") - asked; n != 0 {
			t.Errorf("a blocked server was asked %d times for a key", n)
		}
	})
}

// TestWhatWasChangedSinceIsNotBroughtBack: whoever kept an old profile, or an edit without a date,
// cannot put it in the place of a later one by its proof, which is still good. Its origin is asked,
// and says what is so now.
func TestWhatWasChangedSinceIsNotBroughtBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		wish := "hidesCcPublicFromUnauthedWeb"
		bo := w.fedi.Person("bo", "gts.example", fediversetest.Proving)
		group := w.fedi.Person("tea", "lemmy.example", fediversetest.Profile("type", "Group"))
		kept := func(activity activitypub.Object) {
			w.pass(time.Minute)
			w.accepted(group.Post(shared, map[string]any{
				"id": group.ID + "#" + w.clock().Format("1504"), "type": "Announce", "actor": group.ID, "object": map[string]any(activity),
			}))
		}
		reply := w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
		old := bo.Proven(bo.UpdateProfile("name", "Bo").Activity)
		w.pass(time.Minute)
		w.accepted(bo.UpdateProfile(wish, true))
		w.expect()
		kept(old)
		w.expect()
		w.work()
		w.expect()
		w.pass(time.Minute)
		w.accepted(bo.UpdateProfile(wish, false))
		w.expect("bo: quiet")

		first := bo.Edit(reply, "quieter", append(quietly(bo), with("updated", nil), away)...)
		w.accepted(bo.Edit(reply, "quietest", quietly(bo)...))
		kept(bo.Proven(first.Activity))
		w.expect("bo: quietest")
		w.work()
		w.expect("bo: quietest")
	})
}
