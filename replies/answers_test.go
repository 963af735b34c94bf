package replies_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// What somebody asks for again while the answer waits, or has just arrived, is answered already.
// After that it is asked because the answer was lost.
func TestTheSameFollowIsAnsweredOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		follow := ada.Follow(w.blog.ActorID())
		again := func() {
			t.Helper()
			w.pass(time.Second)
			w.accepted(ada.Follow(w.blog.ActorID(), with("id", follow.ID)))
		}
		for range 5 {
			again()
		}
		if n := len(w.sent("Accept")); n != 1 {
			t.Errorf("%d Accepts of one Follow", n)
		}
		w.change(`UPDATE deliveries SET state = 'delivered', settled_at = ?`, w.clock().UnixMilli())
		again()
		if n := len(w.sent("Accept")); n != 1 {
			t.Errorf("%d Accepts of one Follow, the first a moment ago", n)
		}
		w.pass(time.Minute)
		again()
		if n := len(w.sent("Accept")); n != 2 {
			t.Errorf("%d Accepts, want another for a server that has lost the first", n)
		}
		w.accepted(ada.Undo(follow))
		again() // Misskey gives every Follow of the same two the same id
		if n := len(w.sent("Accept")); n != 3 || w.followers() != 1 {
			t.Errorf("%d Accepts, %d followers, want another after the Undo", n, w.followers())
		}
	})
}

// TestAnswersAreBounded: whoever asks for more is told to come again, and gets an answer then.
func TestAnswersAreBounded(t *testing.T) {
	ask := func(w *world, from, to int, p func(n int) *fediversetest.Person) (taken int) {
		for i := from; i < to; i++ {
			switch sent := p(i).Follow(w.blog.ActorID()); sent.Status {
			case http.StatusAccepted:
				taken++
			case http.StatusTooManyRequests:
			default:
				w.t.Fatalf("answered %d %q, %v", sent.Status, sent.Answer, sent.Err)
			}
		}
		return taken
	}
	for what, test := range map[string]struct {
		person func(w *world) func(n int) *fediversetest.Person
		most   int
		then   time.Duration // until one more is taken
	}{
		"one person": {func(w *world) func(int) *fediversetest.Person {
			ada := w.fedi.Person("ada", "pasture.example")
			return func(int) *fediversetest.Person { return ada }
		}, bounds.AnswersPerPerson.Burst, bounds.AnswersPerPerson.Every},
		"people of a server": {func(w *world) func(int) *fediversetest.Person {
			return func(n int) *fediversetest.Person { return w.fedi.Person(fmt.Sprint("p", n), "large.example") }
		}, bounds.AnswersPerSite.Burst, bounds.AnswersPerSite.Every},
		"people of a site whose inboxes are on another": {func(w *world) func(int) *fediversetest.Person {
			return func(n int) *fediversetest.Person { return hosted(w, fmt.Sprintf("b%d.static.example", n), n) }
		}, bounds.AnswersElsewhere.Burst, bounds.AnswersElsewhere.Every},
		"people of many sites whose inboxes are on one that took nothing": {func(w *world) func(int) *fediversetest.Person {
			return func(n int) *fediversetest.Person { return hosted(w, fmt.Sprintf("static%d.example", n), n) }
		}, bounds.AnswersToStrangers.Burst, bounds.AnswersToStrangers.Every},
	} {
		t.Run(what, func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				w.inbox.Answers = followers.NewAnswers(w.clock)
				person := test.person(w)
				first := test.most - 5
				for n := range first { // as Follows do, without the cost of their signatures
					p := person(n)
					inbox := p.InboxURL()
					if p.Name == "me" {
						inbox = atHosting(n)
					}
					w.must(w.inbox.Answers.Take(t.Context(), w.db, w.blog, remote.Actor{URI: p.ID, Inbox: inbox}))
				}
				if taken := ask(w, first, first+10, person); taken != 5 {
					t.Errorf("%d Follows were taken, want %d", first+taken, test.most)
				}
				w.pass(test.then)
				if taken := ask(w, first+10, first+11, person); taken != 1 {
					t.Error("the next one is not taken in its time")
				}
			})
		})
	}
}

// hosted is somebody with an actor document on their own host and an inbox at a hosting service.
func hosted(w *world, host string, n int) *fediversetest.Person {
	return w.fedi.Person("me", host, fediversetest.NoSharedInbox, fediversetest.Profile("inbox", atHosting(n)))
}

func atHosting(n int) string { return fmt.Sprintf("https://hosting.example/%d/inbox", n) }

// Somebody names the inboxes of a hosting service as often as they may. Its people, each with a
// domain of their own, are answered all the same, be the service new here or known.
func TestNobodyUsesUpTheAnswersOfAHostingService(t *testing.T) {
	for _, known := range []bool{false, true} {
		t.Run(fmt.Sprint("known ", known), func(t *testing.T) {
			onSQLite(t, func(t *testing.T, w *world) {
				w.inbox.Answers = followers.NewAnswers(w.clock)
				mallories := 1
				if known {
					mallories = 15 // more than it takes while the service has taken nothing
					w.change(`INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, last_error, updated_at)
						VALUES ('hosting.example', 0, 0, 0, 1, '', 1)`)
				}
				refused, taken, people := 0, 0, costtest.Pick(4, 24)
				for n := range people {
					for i := range bounds.AnswersElsewhere.Burst {
						for m := range mallories {
							host := fmt.Sprintf("x%d.evil%d.example", i, m)
							if hosted(w, host, m).Follow(w.blog.ActorID()).Status == http.StatusAccepted {
								taken++
							}
						}
						if n > 0 {
							break // the burst is used up
						}
					}
					if hosted(w, fmt.Sprintf("static%d.example", n), n).Follow(w.blog.ActorID()).Status != http.StatusAccepted {
						refused++
					}
					w.pass(bounds.AnswersElsewhere.Every)
				}
				t.Logf("%d Follows of the attacker were taken, %d of %d honest people refused", taken, refused, people)
				if refused > 0 {
					t.Errorf("%d of %d honest people were refused", refused, people)
				}
			})
		})
	}
}

func TestWhatIsEchoedHasALength(t *testing.T) {
	onSQLite(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		long := "https://pasture.example/" + strings.Repeat("x", 480)
		w.answered(ada.Follow(w.blog.ActorID(), with("id", long)), http.StatusBadRequest)
		w.accepted(ada.Follow(w.blog.ActorID(), with("id", long[:500])))
		if w.followers() != 1 {
			t.Errorf("%d followers", w.followers())
		}
	})
}
