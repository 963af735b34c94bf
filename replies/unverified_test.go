package replies_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/web"
)

// TestKnownPeopleOfAnExhaustedNetworkAreTaken has somebody use up the allowance of a network that
// they share with others, and keep it used up.
func TestKnownPeopleOfAnExhaustedNetworkAreTaken(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(t *testing.T, w *world) {
		rate := bounds.UnverifiedRequests
		rate.Burst = costtest.Pick(rate.Burst/10, rate.Burst)
		w.inbox.UnknownKeyLimit = &web.Limiter{Rate: rate, Now: w.clock}
		handler := web.Proxies{}.Middleware(w.handler)
		w.fedi.Mount(host, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			r.RemoteAddr = "203.0.113.9:4711"
			handler.ServeHTTP(rw, r)
		}))
		ada, newcomer := w.fedi.Person("ada", "pasture.example"), w.fedi.Person("bob", "meadow.example")
		mallory := w.fedi.Person("mallory", "evil.example", fediversetest.OwnKey)
		w.accepted(ada.Follow(w.blog.ActorID()))
		for range rate.Burst {
			if got := mallory.Like(w.teaID, fediversetest.Unsigned).Status; got != http.StatusUnauthorized {
				t.Fatalf("an unsigned request got %d", got)
			}
		}
		taken, late := 0, 0
		each := costtest.Pick(5, 20)
		for range each {
			w.pass(time.Second)
			for range 3 {
				mallory.Like(w.teaID, fediversetest.Unsigned)
			}
			if ada.Like(ids.PostID(w.blog, w.milk.ID)).Status == http.StatusAccepted {
				taken++
			}
			if newcomer.Like(w.teaID).Status == http.StatusTooManyRequests {
				late++
			}
		}
		if taken != each || late != each {
			t.Errorf("taken %d of somebody whose key is stored, held back %d of a newcomer, want all %d", taken, late, each)
		}
		if got := mallory.Like(w.teaID, fediversetest.WithKeyID(ada.Key.ID)).Status; got != http.StatusTooManyRequests {
			t.Errorf("a forgery of a stored key got %d", got)
		}
		if got := w.fedi.Count(newcomer.Host, ""); got != 0 {
			t.Errorf("the server of a newcomer was asked %d times", got)
		}
		w.pass(25 * time.Hour)
		for range rate.Burst + 1 {
			mallory.Like(w.teaID, fediversetest.Unsigned)
		}
		w.accepted(ada.Like(ids.PostID(w.blog, w.milk.ID))) // their key is looked up again
	})
}
