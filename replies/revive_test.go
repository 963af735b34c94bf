package replies_test

import (
	"net/http"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/database"
)

// paused reads until when nothing goes to a host.
func (w *world) paused(host string) int {
	return w.count(`SELECT COALESCE(MAX(paused_until), 0) FROM hosts WHERE host = ?`, host)
}

// change does to the database what no front door does.
func (w *world) change(statement string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), statement, args...)
	w.must(err)
}

// Whatever a verified request wants, its host can speak, and so may be able to listen; whoever
// cannot prove where it is from wakes nobody.
func TestAnyVerifiedRequestRevivesItsHost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ada := w.fedi.Person("ada", "pasture.example")
		fail := func() {
			w.change(`DELETE FROM hosts`)
			w.change(`INSERT INTO hosts (host, failures, paused_until, failing_since, succeeded_at, last_error, updated_at)
				VALUES ('pasture.example', 9, ?, 1, 0, '', 1)`, database.Millis(w.clock().AddDate(0, 0, 1)))
		}
		for name, speak := range map[string]func() *fediversetest.Sent{
			"a Like":              func() *fediversetest.Sent { return ada.Like(w.teaID) },
			"a Follow":            func() *fediversetest.Sent { return ada.Follow(w.blog.ActorID()) },
			"a Like of nothing":   func() *fediversetest.Sent { return ada.Like("https://elsewhere.example/1", to(shared)) },
			"a reply to our post": func() *fediversetest.Sent { return ada.Reply(w.teaID, "<p>hm</p>") },
		} {
			fail()
			w.accepted(speak())
			if w.paused("pasture.example") != 0 {
				t.Errorf("%s left the host paused", name)
			}
		}
		fail()
		w.answered(ada.Like(w.teaID, fediversetest.Unsigned), http.StatusUnauthorized)
		if w.paused("pasture.example") == 0 {
			t.Error("a request that proves nothing ended the pause")
		}
		w.change(`DELETE FROM hosts`)
		w.accepted(ada.Like(w.teaID))
		if n := w.count(`SELECT COUNT(*) FROM hosts`); n != 0 {
			t.Errorf("a healthy host got %d rows", n)
		}
	})
}
