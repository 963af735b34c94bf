package replies_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

// TestKindsOfWhyAReplyIsHeld: each rule that takes a reply from the readers is kept with what it
// has seen, and read.
func TestKindsOfWhyAReplyIsHeld(t *testing.T) {
	for name, c := range map[string]struct {
		do     func(w *world, ada *fediversetest.Person)
		status string
		says   []string
	}{
		"a stranger": {func(w *world, ada *fediversetest.Person) {
			w.inbox.UnknownShow = false
			w.accepted(ada.Reply(w.teaID, "x"))
		}, thread.Held, []string{"no reply of its author was approved", "https://pasture.example/users/ada"}},
		"an edit, when strangers are not let pass any more": {func(w *world, ada *fediversetest.Person) {
			one := ada.Reply(w.teaID, "x")
			w.inbox.UnknownShow = false
			w.pass(time.Minute)
			w.accepted(ada.Edit(one, "y"))
		}, thread.Held, []string{"it was edited", "https://pasture.example/users/ada"}},
		"somebody who is known and never stops": {func(w *world, ada *fediversetest.Person) {
			for range bounds.ShownPerPerson + 1 {
				w.accepted(ada.Reply(w.teaID, "x"))
			}
		}, thread.Held, []string{"said much under this post", fmt.Sprintf("%d replies", bounds.ShownPerPerson)}},
		"a block of the person": {func(w *world, ada *fediversetest.Person) {
			w.accepted(ada.Reply(w.teaID, "x"))
			w.block(0, moderation.BlockActor, ada.ID)
		}, thread.Hidden, []string{"a block keeps its author out", "https://pasture.example/users/ada: spam"}},
		"a block of a server above theirs": {func(w *world, ada *fediversetest.Person) {
			w.accepted(ada.Reply(w.teaID, "x"))
			w.block(w.blog.ID, moderation.BlockDomain, "*.example")
		}, thread.Hidden, []string{"a block keeps its author out", "example: spam"}},
		"a moderator": {func(w *world, ada *fediversetest.Person) {
			w.accepted(ada.Reply(w.teaID, "x"))
			w.must(w.hide(w.thread().Items[0].ID))
		}, thread.Hidden, []string{"hidden by sam: rude"}},
		"its author": {func(w *world, ada *fediversetest.Person) {
			w.accepted(ada.Reply(w.teaID, "x"))
			w.accepted(ada.Block(w.blog.ActorID()))
		}, thread.Hidden, []string{"its author has blocked the blog", "https://pasture.example/"}},
		"nothing": {func(w *world, ada *fediversetest.Person) { w.accepted(ada.Reply(w.teaID, "x")) }, thread.Shown, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, databasetest.Open(t))
			c.do(w, w.fedi.Person("ada", "pasture.example"))
			list, err := moderation.List(t.Context(), w.db, c.status, 0, 0, 10)
			w.must(err)
			if len(list) == 0 {
				t.Fatalf("nothing is %s", c.status)
			}
			told, err := moderation.ReadDossier(t.Context(), w.db, list[0].ID)
			w.must(err)
			received, err := inbox.ListReceived(t.Context(), w.db, inbox.ReceivedFilter{About: told.ObjectURI}, 10)
			w.must(err)
			for _, want := range c.says {
				if got := told.Why.Words(); !strings.Contains(got, want) || want == "" && got != "" {
					t.Errorf("why: %q, want %q", got, want)
				}
			}
			if c.status != thread.Shown && !told.Why.At.Equal(w.clock()) {
				t.Errorf("since %v, want %v", told.Why.At, w.clock())
			}
			if told.PostTitle != "On tea" || told.Author.Username != "ada" || len(received) == 0 || received[len(received)-1].Type != "Create" {
				t.Errorf("told %+v", told)
			}
		})
	}
}

// TestKindsOfWhatAReplysDossierHolds: the parent, each thing that came about it, and what was
// decided about it and its author.
func TestKindsOfWhatAReplysDossierHolds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		one := w.accepted(ada.Reply(w.teaID, "one"))
		w.pass(time.Minute)
		two := w.accepted(bob.Reply(one.ObjectID, "two"))
		w.pass(time.Minute)
		w.accepted(bob.Edit(two, "two, better"))
		w.accepted(ada.Like(two.ObjectID))
		w.accepted(ada.Reply(two.ObjectID, "three"))
		id := w.thread().Items[1].ID
		w.must(w.hide(id))
		w.must(w.approve(id))
		w.block(0, moderation.BlockDomain, "meadow.example")
		d, err := moderation.ReadDossier(t.Context(), w.db, id)
		w.must(err)
		var came, decided []string
		received, err := inbox.ListReceived(t.Context(), w.db, inbox.ReceivedFilter{About: d.ObjectURI}, 10)
		w.must(err)
		for _, r := range received {
			came = append(came, r.Type+" "+r.State+" "+r.Verdict)
		}
		for _, one := range d.Decisions {
			decided = append(decided, one.What+" "+one.Target)
		}
		if got, want := strings.Join(came, "; "), "Like done Like counted; Update done edited; Create done shown"; got != want {
			t.Errorf("came %q, want %q", got, want)
		}
		if got, want := strings.Join(decided, "; "), "block meadow.example; approve "+two.ObjectID+"; hide "+two.ObjectID; got != want {
			t.Errorf("decided %q, want %q", got, want)
		}
		if d.Parent == nil || d.Parent.HTML.String() != "one" || d.Parent.Author.Username != "ada" || d.HTML.String() != "two, better" {
			t.Errorf("parent %+v of %q", d.Parent, d.HTML)
		}
		if _, err := moderation.ReadDossier(t.Context(), w.db, 1); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("a reply that is not there: %v", err)
		}
	})
}

// TestKindsOfJournalReading: by what, by whom, by state, and one row.
func TestKindsOfJournalReading(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "sub.meadow.example")
		w.accepted(ada.Like(w.teaID))
		w.pass(time.Second)
		w.accepted(bob.Like(w.teaID))
		w.pass(time.Second)
		w.accepted(bob.Reply(w.teaID, "x", with("type", "Event")))
		for _, c := range []struct {
			filter inbox.ReceivedFilter
			want   string
		}{
			{inbox.ReceivedFilter{}, "Create dropped, Like done, Like done"},
			{inbox.ReceivedFilter{State: "done"}, "Like done, Like done"},
			{inbox.ReceivedFilter{State: "dropped"}, "Create dropped"},
			{inbox.ReceivedFilter{State: "queued"}, ""},
			{inbox.ReceivedFilter{Site: "meadow.example"}, "Create dropped, Like done"},
			{inbox.ReceivedFilter{Site: "sub.meadow.example", State: "done"}, "Like done"},
			{inbox.ReceivedFilter{About: w.teaID}, "Like done, Like done"},
			{inbox.ReceivedFilter{About: w.teaID, Site: "pasture.example"}, "Like done"},
			{inbox.ReceivedFilter{About: "https://blog.example/nothing"}, ""},
		} {
			rows, err := inbox.ListReceived(t.Context(), w.db, c.filter, 100)
			w.must(err)
			var got []string
			for _, r := range rows {
				got = append(got, r.Type+" "+r.State)
				if again, err := inbox.ReceivedByID(t.Context(), w.db, r.ID); err != nil || again != r {
					t.Errorf("row %s: %+v, %v", r.ID, again, err)
				}
			}
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
			}
		}
		if _, err := inbox.ReceivedByID(t.Context(), w.db, 7); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("no such row: %v", err)
		}
	})
}

// TestKindsOfBlocksThatAreLifted: what a block hid is as it was before, and nothing else comes
// back.
func TestKindsOfBlocksThatAreLifted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "shown"))
		w.accepted(ada.Reply(w.teaID, "hidden by sam"))
		w.accepted(ada.Reply(w.teaID, "hidden by sam while they are blocked"))
		items := w.thread().Items
		w.must(w.hide(items[1].ID))
		w.inbox.UnknownShow = false
		w.accepted(ada.Reply(w.teaID, "held"))
		w.block(0, moderation.BlockActor, ada.ID)
		w.block(w.blog.ID, moderation.BlockDomain, "pasture.example")
		w.must(w.hide(items[2].ID))
		w.expect()
		if effect := w.unblock(0, moderation.BlockActor, ada.ID); effect.Replies != 0 || len(w.held()) != 0 {
			t.Errorf("another block stands, and %d replies are back", effect.Replies)
		}
		if d, _ := moderation.ReadDossier(t.Context(), w.db, items[0].ID); !strings.Contains(d.Why.Words(), "pasture.example: spam") {
			t.Errorf("the block that stands is not named: %q", d.Why.Words())
		}
		if effect := w.unblock(w.blog.ID, moderation.BlockDomain, "pasture.example"); effect.Replies != 2 {
			t.Errorf("back: %d", effect.Replies)
		}
		w.expect("ada: shown")
		w.expectCounts(thread.Counts{Replies: 1})
		if held := w.held(); len(held) != 1 || held[0].HTML.String() != "held" {
			t.Errorf("waiting again: %+v", held)
		}
		w.must(w.approve(w.held()[0].ID))
		w.block(0, moderation.BlockActor, ada.ID)
		w.unblock(0, moderation.BlockActor, ada.ID)
		w.accepted(ada.Reply(w.teaID, "known as before"))
		w.expect("ada: shown", "ada: held", "ada: known as before")
	})
}

// TestKindsOfAuthorsWhoBlockTheBlog: their replies go, with a line in the log, and come back when
// they take that back.
func TestKindsOfAuthorsWhoBlockTheBlog(t *testing.T) {
	for name, undo := range map[string]func(w *world, ada *fediversetest.Person, block *fediversetest.Sent) *fediversetest.Sent{
		"undone whole": func(_ *world, ada *fediversetest.Person, block *fediversetest.Sent) *fediversetest.Sent {
			return ada.Undo(block)
		},
		"undone by its id": func(_ *world, ada *fediversetest.Person, block *fediversetest.Sent) *fediversetest.Sent {
			return ada.Undo(block, with("object", block.ID))
		},
		"undone by another id, as servers do that forget it": func(w *world, ada *fediversetest.Person, block *fediversetest.Sent) *fediversetest.Sent {
			return ada.Undo(block, with("object", map[string]any{"id": block.ID + "/2", "type": "Block", "actor": ada.ID, "object": w.blog.ActorID()}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "pasture.example")
				one := w.accepted(ada.Reply(w.teaID, "one"))
				w.accepted(bob.Reply(one.ObjectID, "two"))
				block := w.accepted(ada.Block(w.blog.ActorID()))
				w.expect("…", "  bob: two")
				hidden := w.thread().Items[0].ID
				if err := w.approve(hidden); !errors.Is(err, web.ErrRefused) {
					t.Errorf("shown against their will: %v", err)
				}
				log, err := moderation.Decisions(t.Context(), w.db, 0, 10)
				w.must(err)
				if len(log) != 1 || log[0].What != "left" || log[0].Who != "@ada@pasture.example" || !strings.Contains(log[0].Why, "1 reply") {
					t.Errorf("log %+v", log)
				}
				w.pass(time.Minute)
				w.accepted(undo(w, ada, block))
				w.expect("ada: one", "  bob: two")
				if log, _ = moderation.Decisions(t.Context(), w.db, 0, 10); len(log) != 2 || log[0].What != "back" {
					t.Errorf("log %+v", log)
				}
				// However often it changes, the log does not grow by it on the same day.
				for range 3 {
					w.pass(time.Minute)
					w.accepted(undo(w, ada, w.accepted(ada.Block(w.blog.ActorID()))))
				}
				if log, _ = moderation.Decisions(t.Context(), w.db, 0, 10); len(log) != 2 {
					t.Errorf("%d lines in the log", len(log))
				}
				w.pass(bounds.BlockNotedEvery)
				w.accepted(ada.Block(w.blog.ActorID()))
				if log, _ = moderation.Decisions(t.Context(), w.db, 0, 10); len(log) != 3 {
					t.Errorf("%d lines in the log a day later", len(log))
				}
				w.expect("…", "  bob: two")
			})
		})
	}
}

// TestBlockAndItsUndoInTheWrongOrder: what was taken back before it came has no effect.
func TestBlockAndItsUndoInTheWrongOrder(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		id := "https://pasture.example/users/ada#blocks/1"
		w.accepted(ada.Undo(&fediversetest.Sent{ID: id}, to(shared), with("object", map[string]any{"id": id, "type": "Block", "actor": ada.ID, "object": w.blog.ActorID()})))
		w.accepted(ada.Block(w.blog.ActorID(), onActivity("id", id)))
		w.expect("ada: one")
	})
}
