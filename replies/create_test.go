package replies_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/replies"
)

func TestReplyAppearsUnderThePost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "<p>Three minutes!</p>"))
		w.expect("ada: <p>Three minutes!</p>")
		w.expectCounts(replies.Counts{Replies: 1})
		if got := w.lastVerdict(); got != "Create done: shown" {
			t.Errorf("the journal says %q", got)
		}
	})
}
