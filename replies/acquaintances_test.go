package replies_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// TestRoomInTheQueueIsKeptForNeighboursWhoWereHereBefore: customers of a hosting service are hosts
// of one site, and one of them fills its part of the queue.
func TestRoomInTheQueueIsKeptForNeighboursWhoWereHereBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.inbox.UnknownShow = false
		w.inbox.Acquainted = &inbox.Acquaintances{Now: w.clock}
		w.accepted(w.fedi.Person("bob", "evil.hosting.example").Reply(w.teaID, "first"))
		w.accepted(w.fedi.Person("ada", "reads.hosting.example").Follow(w.blog.ActorID()))
		w.must(w.exec(`UPDATE replies SET size = ?`, bounds.HeldBytesPerSite))
		newcomer := func(n int) *fediversetest.Person { return w.fedi.Person(fmt.Sprint("new", n), "reads.hosting.example") }
		w.answered(newcomer(0).Reply(w.teaID, "too soon: anybody can follow today"), 429)
		w.pass(bounds.NeighbourAfter + time.Minute)
		for n := range bounds.HeldPerSite / bounds.HostsInSite {
			w.accepted(newcomer(n).Reply(w.teaID, "An honest word."))
		}
		w.answered(newcomer(99).Reply(w.teaID, "one more than a host has"), 429)
		w.answered(w.fedi.Person("moe", "evil.hosting.example").Reply(w.teaID, "nobody knew that host"), 429)
		w.must(w.approve(w.held()[1].ID))
		w.accepted(newcomer(99).Reply(w.teaID, "there is room again"))
		w.must(w.exec(`UPDATE replies SET size = ? WHERE status = 'held' AND size < ?`,
			bounds.HeldBytesPerSite/bounds.HostsInSite/25, bounds.HeldBytesPerSite))
		w.answered(newcomer(99).Reply(w.teaID, "more text than a host has"), 429)
	})
}
