package replies_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// engagement is what an Article and the collections beside it say: likes and boosts.
func (w *world) engagement() [4]int {
	w.t.Helper()
	likes, boosts, _, err := thread.Engagement(w.t.Context(), w.db, w.tea.ID)
	w.must(err)
	total := func(of string) int {
		n, _ := w.document(w.teaID + of)["totalItems"].(interface{ Int64() (int64, error) }).Int64()
		return int(n)
	}
	return [4]int{likes, boosts, total("/likes"), total("/shares")}
}

// ring is four people of one server who like and boost a post and a reply, and one honest like of
// each.
func (w *world) ring() {
	w.t.Helper()
	honest := w.fedi.Person("ada", "meadow.example")
	reply := w.accepted(honest.Reply(w.teaID, "one")).ObjectID
	w.accepted(honest.Like(w.teaID))
	w.accepted(honest.Like(reply))
	for n := range 4 {
		eve := w.fedi.Person(fmt.Sprintf("eve%d", n), "ring.example")
		for _, target := range []string{w.teaID, reply} {
			w.accepted(eve.Like(target))
			w.accepted(eve.Boost(target))
		}
	}
}

func TestBlockTakesReactionsOutOfAllCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ring()
		w.expect("ada: one [5 likes, 4 boosts]")
		if got := w.engagement(); got != [4]int{5, 4, 5, 4} {
			t.Errorf("at first %v", got)
		}
		version := w.thread().Version
		effect := w.block(0, moderation.BlockDomain, "ring.example")
		if effect.Reactions != 16 || w.thread().Version != version+1 {
			t.Errorf("%+v, version %d after %d", effect, w.thread().Version, version)
		}
		w.expect("ada: one [1 likes, 0 boosts]")
		if got := w.engagement(); got != [4]int{1, 0, 1, 0} {
			t.Errorf("blocked: %v", got)
		}
		w.checkCounts()
		w.unblock(0, moderation.BlockDomain, "ring.example")
		w.expect("ada: one [5 likes, 4 boosts]")
		if got := w.engagement(); got != [4]int{5, 4, 5, 4} || w.thread().Version != version+2 {
			t.Errorf("unblocked: %v, version %d after %d", got, w.thread().Version, version)
		}
	})
}

func TestBlockedPersonsLikesAreKnownWhenTheyAreUnblocked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.fedi.Person("eve", "ring.example")
		w.block(0, moderation.BlockActor, eve.ID)
		version := w.thread().Version
		w.accepted(eve.Like(w.teaID))
		boost := w.accepted(eve.Boost(w.teaID))
		w.accepted(eve.React(w.teaID, "🍵"))
		w.expectCounts(thread.Counts{})
		if got := w.thread().Version; got != version {
			t.Errorf("readers are told: version %d after %d", got, version)
		}
		w.accepted(eve.Undo(boost))
		w.unblock(0, moderation.BlockActor, eve.ID)
		w.expectCounts(thread.Counts{Likes: 1})
	})
}

func TestReactionCountsAgainWhenNoOtherBlockConcernsIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.fedi.Person("eve", "ring.example")
		w.accepted(eve.Like(w.teaID))
		w.block(0, moderation.BlockActor, eve.ID)
		w.block(0, moderation.BlockDomain, "ring.example")
		w.block(w.blog.ID, moderation.BlockActor, eve.ID)
		unblock := func(blogID database.ID, kind, value string, want int) {
			w.unblock(blogID, kind, value)
			w.expectCounts(thread.Counts{Likes: want})
		}
		unblock(0, moderation.BlockActor, eve.ID, 0)
		unblock(0, moderation.BlockDomain, "ring.example", 0)
		unblock(w.blog.ID, moderation.BlockActor, eve.ID, 1)
	})
}

func TestSingleReactionIsHiddenAndStaysSo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.fedi.Person("eve", "ring.example")
		like := w.accepted(eve.Like(w.teaID))
		w.accepted(eve.Boost(w.teaID))
		hide := func() (int, error) {
			return moderation.HideReaction(t.Context(), w.db, w.tea.ID, 0, eve.ID, "sam", "a ring", w.clock())
		}
		show := func() (int, error) {
			return moderation.ShowReaction(t.Context(), w.db, w.tea.ID, 0, eve.ID, "sam", "", w.clock())
		}
		version := w.thread().Version
		if n, err := hide(); n != 2 || err != nil || w.thread().Version != version+1 {
			t.Fatalf("%d hidden, %v, version %d after %d", n, err, w.thread().Version, version)
		}
		if _, err := hide(); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("again: %v", err)
		}
		w.expectCounts(thread.Counts{})
		w.accepted(eve.React(w.teaID, "🍵")) // another emoji does not show it
		w.expectCounts(thread.Counts{})
		second := w.accepted(eve.Like(w.teaID))
		w.accepted(eve.Undo(like))
		w.accepted(eve.Undo(second))
		w.accepted(eve.Undo(second))
		w.accepted(eve.Like(w.teaID)) // nor does doing it again
		w.expectCounts(thread.Counts{})
		w.block(0, moderation.BlockActor, eve.ID)
		if _, err := show(); !errors.Is(err, web.ErrRefused) {
			t.Errorf("shown although blocked: %v", err)
		}
		w.unblock(0, moderation.BlockActor, eve.ID)
		w.expectCounts(thread.Counts{})
		if n, err := show(); n != 2 || err != nil {
			t.Errorf("%d shown, %v", n, err)
		}
		w.expectCounts(thread.Counts{Likes: 1, Boosts: 1})
		log, err := moderation.Decisions(t.Context(), w.db, 0, 10)
		w.must(err)
		if last := log[len(log)-1]; last.What != "uncount" || last.Target != eve.ID || last.Why != "boost of "+w.teaID+": a ring" {
			t.Errorf("log: %+v", last)
		}
	})
}

func TestUndoOfAHiddenLikeIsNotShownAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		eve := w.fedi.Person("eve", "ring.example")
		like := w.accepted(eve.Like(w.teaID))
		_, err := moderation.HideReaction(t.Context(), w.db, w.tea.ID, 0, eve.ID, "sam", "", w.clock())
		w.must(err)
		w.accepted(eve.Undo(like))
		if _, err := moderation.ShowReaction(t.Context(), w.db, w.tea.ID, 0, eve.ID, "sam", "", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("what was taken back is shown: %v", err)
		}
		list, err := moderation.Reactions(t.Context(), w.db, w.tea.ID, 0, 10)
		if err != nil || len(list) != 0 {
			t.Errorf("listed: %+v %v", list, err)
		}
		w.expectCounts(thread.Counts{})
	})
}

func TestReactionToAReplyIsHidden(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ring()
		item := w.thread().Items[0]
		version := w.thread().Version
		list, err := moderation.Reactions(t.Context(), w.db, w.tea.ID, item.ID, 100)
		w.must(err)
		if len(list) != 9 {
			t.Fatalf("%d listed", len(list))
		}
		if n, err := moderation.HideReaction(t.Context(), w.db, "", item.ID, "https://ring.example/users/eve1", "sam", "", w.clock()); n != 2 || err != nil {
			t.Fatalf("%d hidden, %v", n, err)
		}
		w.expect("ada: one [4 likes, 3 boosts]")
		if w.thread().Version == version {
			t.Error("the version did not grow")
		}
		if _, err := moderation.HideReaction(t.Context(), w.db, "", item.ID+1, "https://ring.example/users/eve1", "sam", "", w.clock()); !errors.Is(err, web.ErrNotFound) {
			t.Errorf("no such reply: %v", err)
		}
	})
}
