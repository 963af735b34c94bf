package replies_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestEverythingMayComeTwice: senders that miss our answer send again, through either inbox.
func TestEverythingMayComeTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		twice := func(p *fediversetest.Person, sent *fediversetest.Sent) *fediversetest.Sent {
			t.Helper()
			w.accepted(sent)
			before := w.publicly()
			w.unchanged(func() { w.accepted(p.Post(shared, sent.Activity)) })
			w.accepted(p.Post(base+"/blogs/tea/inbox", sent.Activity))
			w.pass(time.Minute) // signed anew
			w.accepted(p.Post(shared, sent.Activity))
			w.work()
			if after := w.publicly(); after != before {
				t.Errorf("a second %s changed\n%s", sent.Activity.Type(), difference(before, after))
			}
			return sent
		}
		follow := twice(ada, ada.Follow(w.blog.ActorID()))
		if w.followers() != 1 {
			t.Error("one follower is many")
		}
		twice(ada, ada.Undo(follow))
		reply := twice(ada, ada.Reply(w.teaID, "one"))
		twice(bob, bob.Reply(reply.ObjectID, "two"))
		like := twice(bob, bob.Like(reply.ObjectID))
		boost := twice(bob, bob.Boost(w.teaID))
		emoji := twice(bob, bob.React(w.teaID, "🍵"))
		twice(bob, bob.Undo(like))
		twice(bob, bob.Undo(boost))
		twice(bob, bob.Undo(emoji))
		twice(ada, ada.Edit(reply, "one, edited"))
		w.expect("ada: one, edited", "  bob: two")
		twice(ada, ada.Delete(reply))
		twice(bob, bob.Block(w.blog.ActorID()))
		twice(ada, ada.UpdateProfile("name", "Ada"))
		w.expectCounts(thread.Counts{})
	})
}

// TestSameActivityInParallelHasOneEffect: a shared inbox and personal ones may bring it at the same
// moment, to several of our processes.
func TestSameActivityInParallelHasOneEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "zero"))
		for _, sent := range []*fediversetest.Sent{
			ada.Reply(w.teaID, "one", away), ada.Like(w.teaID, away), ada.Boost(w.teaID, away), ada.Follow(w.blog.ActorID(), away),
		} {
			w.parallel(8, func(int) int { return ada.Post(shared, sent.Activity).Status })
		}
		w.expectCounts(thread.Counts{Replies: 2, Likes: 1, Boosts: 1})
		if w.followers() != 1 || w.queued("Accept") != 1 {
			t.Errorf("%d followers, %d Accepts", w.followers(), w.queued("Accept"))
		}
	})
}

// TestManyPeopleAtOnce: one thread's counts are written by all of them.
func TestManyPeopleAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := make([]*fediversetest.Person, 12)
		for i := range people {
			people[i] = w.fedi.Person("p"+string(rune('a'+i)), "pasture.example")
		}
		w.parallel(len(people), func(i int) int { return people[i].Like(w.teaID).Status })
		w.parallel(len(people), func(i int) int { return people[i].Reply(w.teaID, "one").Status })
		w.expectCounts(thread.Counts{Replies: 12, Likes: 12})
		if got := w.thread().Version; got != 24 {
			t.Errorf("version %d, want 24", got)
		}
	})
}

// TestDeleteAndCreateInParallelEndDeleted, whichever of them is first.
func TestDeleteAndCreateInParallelEndDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "zero"))
		for range 5 {
			reply := ada.Reply(w.teaID, "fleeting", away)
			deletion := ada.Delete(reply, away)
			w.parallel(2, func(i int) int {
				return ada.Post(shared, []any{reply.Activity, deletion.Activity}[i]).Status
			})
			w.accepted(ada.Post(shared, reply.Activity))
		}
		w.expect("ada: zero")
	})
}

func (w *world) parallel(n int, send func(i int) (status int)) {
	w.t.Helper()
	var wait sync.WaitGroup
	statuses := make([]int, n)
	for i := range n {
		wait.Go(func() { statuses[i] = send(i) })
	}
	wait.Wait()
	for _, status := range statuses {
		if status != http.StatusAccepted {
			w.t.Errorf("answered %v", statuses)
			return
		}
	}
}

// TestDatabaseTroubleIsAnHonest503: the sender's queue tries again, and nothing is half done.
func TestDatabaseTroubleIsAnHonest503(t *testing.T) {
	for _, table := range []string{
		"received", "replies", "threads", "reactions", "blocks", "blogs", "posts", "followers", "activities", "tombstones", "remote_actors",
		"remote_keys",
	} {
		t.Run(table, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w := newWorld(t, db)
				ada := w.fedi.Person("ada", "pasture.example")
				reply := w.accepted(ada.Reply(w.teaID, "zero"))
				w.rename(table, table+"_away")
				before := w.dump(table)
				failed := 0
				for _, sent := range []*fediversetest.Sent{
					ada.Reply(w.teaID, "one", to(shared)), ada.Like(w.teaID, to(base+"/blogs/tea/inbox")),
					ada.Follow(w.blog.ActorID(), to(shared)), ada.Delete(reply),
				} {
					switch sent.Status {
					case 503:
						failed++
					case 202:
					default:
						t.Errorf("%s answered %d %q", sent.Activity.Type(), sent.Status, sent.Answer)
					}
					if strings.Contains(sent.Answer, table) {
						t.Errorf("the answer tells about our tables: %q", sent.Answer)
					}
				}
				if failed == 0 {
					t.Error("nobody noticed")
				}
				if failed == 4 && w.dump(table) != before {
					t.Errorf("half done:\n%s", w.dump(table))
				}
				w.rename(table+"_away", table)
				w.checkCounts()
			})
		})
	}
}

func (w *world) rename(from, to string) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), "ALTER TABLE "+from+" RENAME TO "+to)
	w.must(err)
}

// TestJournalForgetsAfterAMonth, but not what still waits.
func TestJournalForgetsAfterAMonth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		w.accepted(ada.Reply(w.teaID, "one"))
		w.accepted(ada.Delete(ada.Reply(w.teaID, "two", away), to(shared)))
		w.accepted(ada.Undo(ada.Like(w.teaID, away), to(shared)))
		rows := func() [2]int {
			return [2]int{w.count("SELECT COUNT(*) FROM received"), w.count("SELECT COUNT(*) FROM tombstones")}
		}
		for _, step := range []struct {
			wait time.Duration
			want [2]int
		}{{0, [2]int{3, 2}}, {25 * time.Hour, [2]int{3, 1}}, {28 * 24 * time.Hour, [2]int{3, 1}}, {48 * time.Hour, [2]int{0, 0}}} {
			w.pass(step.wait)
			w.runUntil(fmt.Sprintf("journal and tombstones have %v rows", step.want), func() bool { return rows() == step.want })
		}
		w.expect("ada: one")
	})
}

func TestClosedDatabaseIsAnHonest503(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		ada := w.fedi.Person("ada", "pasture.example")
		reply := w.accepted(ada.Reply(w.teaID, "zero"))
		follow := w.accepted(ada.Follow(w.blog.ActorID()))
		w.must(db.Close())
		for _, sent := range []*fediversetest.Sent{
			ada.Like(w.teaID, to(shared)), ada.Edit(reply, "one"), ada.Delete(reply), ada.Undo(follow),
			ada.DeleteActor(to(base + "/blogs/tea/inbox")),
		} {
			w.answered(sent, http.StatusServiceUnavailable)
		}
	})
}

// TestKeyThatCannotBeHadIsItsServersTrouble: the sender shall try again, and shall know why. It is
// not we who broke.
func TestKeyThatCannotBeHadIsItsServersTrouble(t *testing.T) {
	for name, fault := range map[string]fediversetest.Fault{
		"its name is unknown": {Err: &net.DNSError{Err: "no such host", Name: "pasture.example", IsNotFound: true}},
		"no answer":           {Err: context.DeadlineExceeded}, "in trouble": {Status: 502},
	} {
		w := newWorld(t, databasetest.Open(t))
		ada := w.fedi.Person("ada", "pasture.example")
		w.fedi.Fail("pasture.example", fault)
		sent := w.answered(ada.Reply(w.teaID, "zero"), http.StatusServiceUnavailable)
		if strings.Contains(sent.Answer, "our side") || !strings.Contains(sent.Answer, "your key") {
			t.Errorf("%s: answered %q", name, sent.Answer)
		}
		w.fedi.Heal("pasture.example")
		w.pass(11 * time.Minute)
		w.accepted(ada.Post(shared, sent.Activity))
		w.expect("ada: zero")
	}
}
