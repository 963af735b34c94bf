package replies_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// sentOf are the activities about an object, oldest first, each with the hosts that it goes to.
func (w *world) sentOf(object string) (sent []string, last activitypub.Object) {
	w.t.Helper()
	type row struct {
		id   database.ID
		body []byte
	}
	rows, err := database.Collect(func(s database.Scanner) (r row, err error) { return r, s.Scan(&r.id, &r.body) })(
		w.db.Query(w.t.Context(), "SELECT id, body FROM activities ORDER BY id LIMIT 1000"))
	w.must(err)
	for _, r := range rows {
		a, err := activitypub.Parse(r.body)
		w.must(err)
		if o, _ := a.Object("object"); o.ID() != object {
			continue
		}
		hosts, err := database.Collect(func(s database.Scanner) (host string, err error) { return host, s.Scan(&host) })(
			w.db.Query(w.t.Context(), "SELECT host FROM deliveries WHERE activity_id = ? AND state <> 'cancelled' ORDER BY host LIMIT 100", r.id))
		w.must(err)
		sent, last = append(sent, a.Type()+" "+strings.Join(hosts, " ")), a
	}
	return sent, last
}

// expectServed asks for an address as a stranger.
func (w *world) expectServed(address string, status int) {
	w.t.Helper()
	if got := w.get(address).Code; got != status {
		w.t.Errorf("GET %s: %d, want %d", address, got, status)
	}
}

// What the blog answers to words that readers do not see is for their author and for whom it names,
// until readers see both.
func TestKindsOfWaysInWhichPrivateAnswersBecomePublic(t *testing.T) {
	for what, test := range map[string]struct {
		before func(w *world, bo *fediversetest.Person, reply, answer thread.Reply) // while it is private
		told   []string                                                             // to them alone
		text   string                                                               // that all get
	}{
		"its author changes their mind": {func(*world, *fediversetest.Person, thread.Reply, thread.Reply) {}, []string{"Create gts.example meadow.example"}, "I hear you"},
		"it was edited": {func(w *world, _ *fediversetest.Person, _, answer thread.Reply) {
			w.pass(time.Minute)
			w.must(moderation.EditAnswer(w.t.Context(), w.db, answer.ID, "I hear @bob@meadow.example better.", "test", w.clock()))
		}, []string{"Create ", "Update gts.example meadow.example"}, "better"},
		"it was edited, and bob is named no more": {func(w *world, _ *fediversetest.Person, _, answer thread.Reply) {
			w.must(w.exec("UPDATE deliveries SET state = 'delivered'"))
			w.pass(time.Minute)
			w.must(moderation.EditAnswer(w.t.Context(), w.db, answer.ID, "I hear better.", "test", w.clock()))
		}, []string{"Create gts.example meadow.example", "Update gts.example"}, "better"},
		"it was hidden and shown": {func(w *world, _ *fediversetest.Person, _, answer thread.Reply) {
			w.must(w.hide(answer.ID))
			w.must(w.approve(answer.ID))
		}, []string{"Create gts.example meadow.example"}, "I hear you"},
		"what it answers was hidden and shown": {func(w *world, _ *fediversetest.Person, reply, _ thread.Reply) {
			w.must(w.hide(reply.ID))
			w.must(w.approve(reply.ID))
		}, []string{"Create gts.example meadow.example"}, "I hear you"},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ada, bob := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
				bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile(hidesQuiet, true))
				w.accepted(ada.Follow(w.blog.ActorID()))
				w.accepted(bob.Like(w.teaID))
				w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
				w.pass(time.Second)
				reply := w.withheld()[0].Reply
				answer, err := moderation.Answer(t.Context(), w.db, reply.ID, "I hear you, and @bob@meadow.example.", "test", w.clock())
				w.must(err)
				test.before(w, bo, reply, answer)
				sent, last := w.sentOf(answer.ObjectURI)
				if !slices.Equal(sent, test.told) {
					t.Errorf("before readers see it: %q", sent)
				}
				note, _ := last.Object("object")
				for _, o := range []activitypub.Object{last, note} {
					if to := o.Refs("to"); len(to) == 0 || !slices.Contains(to, bo.ID) || len(o.Refs("cc")) != 0 || activitypub.VisibilityOf(o) != activitypub.VisibilityPrivate {
						t.Errorf("addressed to %v", o)
					}
				}
				w.expectServed(answer.ObjectURI, http.StatusNotFound)

				w.pass(time.Second)
				w.says(bo, map[string]any{hidesQuiet: false})
				if n := len(w.thread().Items); n != 2 {
					t.Errorf("readers see %d", n)
				}
				sent, last = w.sentOf(answer.ObjectURI)
				if got := sent[len(sent)-1]; len(sent) != len(test.told)+1 || !strings.HasPrefix(got, "Create gts.example") || !strings.Contains(got, "pasture.example") {
					t.Errorf("then: %q", sent)
				}
				note, _ = last.Object("object")
				if activitypub.VisibilityOf(note) == activitypub.VisibilityPrivate || !strings.Contains(note.String("content"), test.text) {
					t.Errorf("all get %v", note)
				}
				served := w.document(answer.ObjectURI)
				if fmt.Sprint(served["to"], served["cc"], served["content"]) != fmt.Sprint(note["to"], note["cc"], note["content"]) {
					t.Errorf("served as %v", served)
				}
			})
		})
	}
}

// What is said further to an answer that nobody sees goes to whom that answered, and is shown with
// it.
func TestKindsOfAnswersBelowPrivateOnes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		bo := w.fedi.Person("bo", "gts.example", fediversetest.Profile(hidesQuiet, true))
		w.accepted(ada.Follow(w.blog.ActorID()))
		w.accepted(bo.Reply(w.teaID, "quiet", quietly(bo)...))
		above := w.withheld()[0].ID
		var all []thread.Reply
		for _, text := range []string{"One.", "Two.", "Three."} {
			w.pass(time.Second)
			answer, err := moderation.Answer(t.Context(), w.db, above, text, "test", w.clock())
			w.must(err)
			all, above = append(all, answer), answer.ID
			if sent, last := w.sentOf(answer.ObjectURI); !slices.Equal(sent, []string{"Create gts.example"}) || !slices.Equal(last.Refs("to"), []string{bo.ID}) {
				t.Errorf("%s: %q %v", text, sent, last)
			}
		}
		w.pass(time.Second)
		w.must(moderation.DeleteAnswer(t.Context(), w.db, all[2].ID, "test", w.clock()))
		if sent, _ := w.sentOf(all[2].ObjectURI); strings.Contains(fmt.Sprint(sent), "pasture.example") {
			t.Errorf("the followers hear of what they never had: %q", sent)
		}
		w.says(bo, map[string]any{hidesQuiet: false})
		w.expect("bo: quiet", "  tea: <p>One.</p>", "    tea: <p>Two.</p>")
		w.expectCounts(thread.Counts{Replies: 3})
		for _, answer := range all[:2] {
			if sent, _ := w.sentOf(answer.ObjectURI); sent[len(sent)-1] != "Create gts.example pasture.example" && sent[len(sent)-1] != "Create pasture.example" {
				t.Errorf("then: %q", sent)
			}
		}
	})
}

// Who is named no more has the words all the same: an edit and a Delete go to them too, but not to
// whom is blocked since.
func TestKindsOfPeopleEditedOutOfAnswers(t *testing.T) {
	same := func(*world, *fediversetest.Person) {}
	for what, test := range map[string]struct {
		text string
		then func(w *world, bob *fediversetest.Person)
		want string
	}{
		"still named":   {"Ask @bob@meadow.example now.", same, "heath.example meadow.example"},
		"named no more": {"Ask nobody.", same, "heath.example meadow.example"},
		"blocked since": {"Ask nobody.", func(w *world, _ *fediversetest.Person) { w.block(0, moderation.BlockDomain, "meadow.example") }, "heath.example"},
		"their server refused": {"Ask nobody.", func(w *world, _ *fediversetest.Person) {
			w.must(w.exec("UPDATE deliveries SET state = 'refused' WHERE host = 'meadow.example'"))
		}, "heath.example"},
		"somebody else instead": {"Ask @ada@pasture.example.", same, "heath.example meadow.example pasture.example"},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ada, bob, eve := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example"), w.fedi.Person("eve", "heath.example")
				w.accepted(ada.Like(w.teaID))
				w.accepted(bob.Like(w.teaID))
				w.accepted(eve.Reply(w.teaID, "whom?"))
				answer, err := w.answer(0, "Ask @bob@meadow.example.")
				w.must(err)
				w.must(w.exec("UPDATE deliveries SET state = 'delivered'"))
				test.then(w, bob)
				w.pass(time.Minute)
				w.must(moderation.EditAnswer(t.Context(), w.db, answer.ID, test.text, "test", w.clock()))
				sent, _ := w.sentOf(answer.ObjectURI)
				if !slices.Equal(sent, []string{"Create heath.example meadow.example", "Update " + test.want}) {
					t.Errorf("%q", sent)
				}
				w.must(w.exec("UPDATE deliveries SET state = 'delivered' WHERE state = 'pending'"))
				w.pass(time.Minute)
				w.must(moderation.DeleteAnswer(t.Context(), w.db, answer.ID, "test", w.clock()))
				if sent, _ = w.sentOf(answer.ObjectURI); sent[len(sent)-1] != "Delete "+test.want {
					t.Errorf("%q", sent)
				}
			})
		})
	}
}
