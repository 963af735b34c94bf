package replies_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// TestKindsOfEndsOfBlocks: the end of a block, the owner's or the author's, gives back what it
// took, and nothing that would not be shown without it.
func TestKindsOfEndsOfBlocks(t *testing.T) {
	back := func(w *world, ada *fediversetest.Person, meanwhile func()) {
		block := w.accepted(ada.Block(w.blog.ActorID()))
		w.pass(time.Minute)
		meanwhile()
		w.pass(time.Minute)
		w.accepted(ada.Undo(block))
	}
	why := func(w *world) string {
		held := w.held()
		if len(held) != 1 {
			w.t.Fatalf("%d replies wait", len(held))
		}
		return held[0].Why.Words()
	}
	for name, story := range map[string]func(w *world, ada *fediversetest.Person){
		"what was changed meanwhile waits": func(w *world, ada *fediversetest.Person) {
			reply := w.accepted(ada.Reply(w.teaID, "mild"))
			w.inbox.UnknownShow = false
			back(w, ada, func() { w.accepted(ada.Edit(reply, "wild")) })
			w.expect()
			if said := why(w); said != "the block that hid it is lifted; it was edited when no reply of its author was approved on this blog: "+ada.ID {
				w.t.Errorf("it waits because %q", said)
			}
		},
		"what was changed by somebody known is shown": func(w *world, ada *fediversetest.Person) {
			reply := w.accepted(ada.Reply(w.teaID, "mild"))
			back(w, ada, func() { w.accepted(ada.Edit(reply, "milder")) })
			w.expect("ada: milder")
		},
		"nobody has more room by it": func(w *world, ada *fediversetest.Person) {
			long := strings.Repeat("word ", 12_000) // 60 kB, of which four fit
			say := func() {
				for range bounds.ShownTextPerPerson / len(long) {
					w.accepted(ada.Reply(w.teaID, long))
				}
			}
			say()
			back(w, ada, say)
			if n := len(w.thread().Items); n != 4 || len(w.held()) != 4 {
				w.t.Errorf("%d replies are shown and %d wait", n, len(w.held()))
			}
		},
		"what waited says why it waits": func(w *world, ada *fediversetest.Person) {
			w.inbox.UnknownShow = false
			w.accepted(ada.Reply(w.teaID, "pending"))
			for range 2 {
				w.block(0, moderation.BlockActor, ada.ID)
				w.unblock(0, moderation.BlockActor, ada.ID)
				if said := why(w); said != "the block that hid it is lifted; no reply of its author was approved on this blog when it came: "+ada.ID {
					w.t.Errorf("it waits because %q", said)
				}
			}
		},
		"the author's own block outlasts the owner's": func(w *world, ada *fediversetest.Person) {
			w.accepted(ada.Reply(w.teaID, "one"))
			w.block(0, moderation.BlockActor, ada.ID)
			back(w, ada, func() {
				w.unblock(0, moderation.BlockActor, ada.ID)
				w.expect()
			})
			w.expect("ada: one")
		},
		"the blog's answer comes back with what it answers": func(w *world, ada *fediversetest.Person) {
			w.set("unlisted_replies", "hide")
			w.accepted(ada.Reply(w.teaID, "quiet", quietly(ada)...))
			w.pass(time.Second)
			_, err := moderation.Answer(w.t.Context(), w.db, w.withheld()[0].ID, "I hear you.", "test", w.clock())
			w.must(err)
			w.block(0, moderation.BlockActor, ada.ID)
			w.set("unlisted_replies", "show")
			w.unblock(0, moderation.BlockActor, ada.ID)
			w.expect("ada: quiet", "  tea: <p>I hear you.</p>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) { story(w, w.fedi.Person("ada", "pasture.example")) })
		})
	}
}
