package replies_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/database"
)

// moves has p say that it is somebody else now.
func (w *world) moves(p *fediversetest.Person, target any) *fediversetest.Sent {
	w.t.Helper()
	return p.Post(shared, map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprint(p.ID, "#moves/", w.clock().UnixNano()), "type": "Move", "actor": p.ID,
		"object": p.ID, "target": target, "to": p.ID + "/followers",
	})
}

func TestFollowerWhoMovesIsNotToldTwice(t *testing.T) {
	for name, aliases := range map[string]func(id string) any{
		"string": func(id string) any { return id },
		"list":   func(id string) any { return []any{"https://elsewhere.example/users/x", id} },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ada := w.fedi.Person("ada", "pasture.example")
				w.accepted(ada.Follow(w.blog.ActorID()))
				w.accepted(ada.Reply(w.teaID, "before", to(shared)))
				now := w.fedi.Person("ada", "meadow.example", fediversetest.Profile("alsoKnownAs", aliases(ada.ID)))
				w.accepted(w.moves(ada, now.ID))
				w.work()
				if n := w.followers(); n != 0 {
					t.Errorf("%d followers by the old name", n)
				}
				w.accepted(now.Follow(w.blog.ActorID()))
				if n := w.followers(); n != 1 {
					t.Errorf("%d followers by the new name", n)
				}
				w.expect("ada: before")
			})
		})
	}
}

// TestMovesThatNobodyBelieves: each leaves the follower where she is.
func TestMovesThatNobodyBelieves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Follow(w.blog.ActorID()))
		stranger := w.fedi.Person("eve", "spam.example")
		many := make([]any, 300)
		for i := range many {
			many[i] = fmt.Sprint("https://x.example/", i)
		}
		many[299] = ada.ID
		for name, target := range map[string]any{
			"does not name her":     stranger.ID,
			"names her too late":    w.fedi.Person("late", "spam.example", fediversetest.Profile("alsoKnownAs", many)).ID,
			"names somebody else":   w.fedi.Person("else", "spam.example", fediversetest.Profile("alsoKnownAs", []any{"https://pasture.example/users/adam"})).ID,
			"is not there":          "https://spam.example/users/nobody",
			"is private":            "https://127.0.0.1/users/x",
			"is no address":         "javascript:alert(1)",
			"is two":                []any{stranger.ID, ada.ID},
			"is herself":            ada.ID,
			"is nothing":            nil,
			"is one of ours":        w.blog.ActorID(),
			"is a page of ours":     base + "/posts/x",
			"says so itself, alone": map[string]any{"id": stranger.ID, "type": "Person", "alsoKnownAs": ada.ID},
		} {
			w.pass(time.Second)
			if sent := w.moves(ada, target); sent.Status >= 500 {
				t.Errorf("%s: %d %s", name, sent.Status, sent.Answer)
			}
			w.work()
			if n := w.followers(); n != 1 {
				t.Fatalf("%s: %d followers", name, n)
			}
		}
		forged := stranger.Post(shared, map[string]any{
			"id": stranger.ID + "#move", "type": "Move", "actor": stranger.ID, "object": ada.ID, "target": stranger.ID,
		})
		if forged.Status != http.StatusForbidden || w.followers() != 1 {
			t.Errorf("somebody moved another: %d", forged.Status)
		}
		before := w.fedi.Count("hill.example", "")
		w.accepted(w.moves(w.fedi.Person("cleo", "hill.example"), stranger.ID))
		w.work()
		if n := w.fedi.Count("hill.example", "") - before; n > 1 {
			t.Errorf("the Move of somebody who does not follow cost %d requests beside her key", n-1)
		}
	})
}

// TestFollowerMayMoveIntoOneOfOurBlogs: what it says of itself is in our own table.
func TestFollowerMayMoveIntoOneOfOurBlogs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Follow(w.blog.ActorID()))
		w.must(w.db.InTx(t.Context(), func(tx *database.Tx) error {
			_, _, err := feeds.Edit(t.Context(), tx, w.blog.ID, func(b *feeds.Blog) error { b.AlsoKnownAs = ada.ID; return nil }, w.clock())
			return err
		}))
		w.accepted(w.moves(ada, w.blog.ActorID()))
		if n := w.followers(); n != 0 {
			t.Errorf("%d followers", n)
		}
		if actor := w.document(w.blog.ActorID()); actor.Ref("alsoKnownAs") != ada.ID {
			t.Errorf("the actor says %v", actor["alsoKnownAs"])
		}
	})
}

// TestNamesDoNotGrowOld: who is seen again after a week is asked for her name, and one whose server
// says 410 is forgotten.
func TestNamesDoNotGrowOld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		w.accepted(ada.Reply(w.teaID, "one", to(shared)))
		w.accepted(bob.Reply(w.teaID, "two", to(shared)))
		version := w.thread().Version
		w.pass(8 * 24 * time.Hour)
		ada.UpdateProfile("name", "Ada Lovelace", away) // told to nobody: her server has forgotten us
		w.accepted(ada.Like(w.teaID))
		w.runUntil("her new name", func() bool { return w.thread().Items[0].Author.Name == "Ada Lovelace" })
		if w.thread().Version < version+2 {
			t.Error("the thread looks as old as before")
		}
		w.accepted(bob.Like(w.teaID))
		w.fedi.Gone(bob.ID)
		w.runUntil("what is left", func() bool { return len(w.thread().Items) == 1 })
		w.expectCounts(w.thread().Counts)
	})
}
