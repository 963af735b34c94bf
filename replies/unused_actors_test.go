package replies_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

func TestStrangersOfWhomNothingIsHereAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for n := range 20 {
			eve := w.fedi.Person(fmt.Sprintf("eve%d", n), "evil.example")
			w.accepted(eve.Undo(w.accepted(eve.Like(w.teaID))))
		}
		people := map[string]*fediversetest.Person{}
		for _, name := range []string{"liked", "replied", "deleted", "follows", "blocked", "back"} {
			people[name] = w.fedi.Person(name, "pasture.example")
		}
		w.accepted(people["liked"].Like(w.teaID))
		w.accepted(people["replied"].Reply(w.teaID, "one"))
		w.accepted(people["deleted"].Delete(w.accepted(people["deleted"].Reply(w.teaID, "two"))))
		w.accepted(people["follows"].Follow(w.blog.ActorID()))
		w.accepted(people["blocked"].Undo(w.accepted(people["blocked"].Like(w.teaID))))
		w.block(0, moderation.BlockActor, people["blocked"].ID)
		w.accepted(people["back"].Undo(w.accepted(people["back"].Like(w.teaID))))
		known := func() int { return w.count("SELECT COUNT(*) FROM remote_actors") }
		if n := known(); n != 26 {
			t.Errorf("%d actors", n)
		}
		w.runExpiry(bounds.UnusedActorFor-time.Hour, "a round", func() bool { return true })
		if n := known(); n != 26 {
			t.Errorf("%d actors before their time", n)
		}
		w.runExpiry(2*time.Hour, "strangers are forgotten", func() bool { return known() == 5 })
		w.accepted(people["back"].Like(w.teaID))
		w.expectCounts(thread.Counts{Replies: 1, Likes: 2})
		w.expect("replied: one")
	})
}

func TestHostsThatNobodyUsesAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.accepted(w.fedi.Person("ada", "pasture.example").Follow(w.blog.ActorID()))
		w.accepted(hosted(w, "static.example", 1).Follow(w.blog.ActorID()))
		w.must(w.exec(`DELETE FROM hosts`))
		late := w.clock().Add(bounds.HostFor)
		for host, at := range map[string]struct{ accepted, updated, paused, held time.Time }{
			"pasture.example": {accepted: start}, // of a follower
			"hosting.example": {accepted: start}, // of a follower's inbox
			"accepted.test":   {accepted: start},
			"dead.test":       {updated: start, paused: start.Add(24 * time.Hour)},
			"owed.test":       {updated: start},
			"got.test":        {accepted: start}, // a post, which may be removed one day
			"lately.test":     {updated: late},
			"held.test":       {held: late.Add(time.Hour * 24 * 365)},
		} {
			w.must(w.exec(`
INSERT INTO hosts (host, failures, failing_since, paused_until, held_until, purged_at, succeeded_at, last_error, updated_at)
VALUES (?, 9, 0, ?, ?, 1, ?, '', ?)`, host, database.Millis(at.paused), database.Millis(at.held), database.Millis(at.accepted), database.Millis(at.updated)))
		}
		for host, state := range map[string]string{"owed.test": "pending", "got.test": "delivered", "dead.test": "expired"} {
			w.must(w.exec(`
INSERT INTO deliveries (activity_id, inbox_hash, inbox, host, blog_id, object_hash, state, attempts, next_attempt_at, expires_at, lease_until, lease_token, last_status,
	last_answer, created_at, settled_at)
VALUES (1, ?, '', ?, 1, ?, ?, 1, 0, 0, 0, 0, 0, '', 0, 0)`, database.Hash(host), host, database.Hash(host), state))
		}
		hosts := func() int { return w.count("SELECT COUNT(*) FROM hosts") }
		w.runExpiry(bounds.HostFor-time.Hour, "a round", func() bool { return true })
		if n := hosts(); n != 8 {
			t.Errorf("%d hosts before their time", n)
		}
		w.runExpiry(2*time.Hour, "hosts are forgotten", func() bool { return hosts() < 8 })
		if n := w.count("SELECT COUNT(*) FROM hosts WHERE host NOT IN ('accepted.test', 'dead.test')"); n != 6 || hosts() != 6 {
			t.Errorf("%d of %d hosts are still needed", n, hosts())
		}
	})
}
