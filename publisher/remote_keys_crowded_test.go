package publisher_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

// crowd has a number of questions asked of a host that are not answered until empty is called.
func (w *world) crowd(host string, questions int) (empty func()) {
	release := make(chan struct{})
	var all sync.WaitGroup
	for n := range questions {
		id := fmt.Sprintf("https://%s/crowd/%d", host, n)
		w.fedi.Handle(id, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			<-release
			says(asJSON, noteWithID(id)).ServeHTTP(rw, r)
		}))
		all.Go(func() { w.remotes.Fetch(w.t.Context(), id) })
	}
	synctest.Wait()
	return func() {
		close(release)
		all.Wait()
	}
}

func TestOurOwnCrowdIsNoFailureOfTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		w.fedi.Handle(ada, http.RedirectHandler("https://meadow.example/ada", http.StatusFound))
		empty := w.crowd("meadow.example", bounds.LookupsPerHost)
		_, err := w.remotes.Key(t.Context(), adaKey, false)
		if !errors.Is(err, web.ErrTooMany) || errors.Is(err, signature.ErrKeyUnreachable) {
			t.Errorf("while its host has no room: %v", err)
		}
		if known, err := w.remotes.Remembers(t.Context(), adaKey); known || err != nil {
			t.Errorf("a failure is remembered; %v", err)
		}
		empty()
		w.fedi.Person("ada", "pasture.example")
		if _, err := w.remotes.Key(t.Context(), adaKey, false); err != nil {
			t.Errorf("a moment later: %v", err)
		}
	})
}

func TestASecondKnockAfterARedirectTakesNoRoomOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		const to = "https://meadow.example/ada"
		w.fedi.Handle(ada, http.RedirectHandler(to, http.StatusFound))
		w.fedi.Handle(to, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }))
		empty := w.crowd("pasture.example", bounds.LookupsPerHost-1)
		w.remotes.Key(t.Context(), adaKey, false)
		if n := w.fedi.Count("meadow.example", ""); n != 2 {
			t.Errorf("%d requests where the redirect leads, want one for each kind of signature", n)
		}
		empty()
	})
}

func TestWhoLeavesEarlyIsNoForger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, databasetest.Open(t))
		release := make(chan struct{})
		w.fedi.Handle(ada, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			<-release
			rw.WriteHeader(http.StatusServiceUnavailable)
		}))
		ctx, leave := context.WithCancel(requestFrom(t, "203.0.113.1"))
		var all sync.WaitGroup
		all.Go(func() {
			_, err := w.remotes.Key(ctx, adaKey, false)
			if !errors.Is(err, web.ErrTooMany) || errors.Is(err, signature.ErrKeyUnreachable) {
				t.Errorf("the one who left: %v", err)
			}
		})
		synctest.Wait()
		leave()
		all.Wait()
		close(release)
		synctest.Wait()
		if _, err := w.remotes.Key(t.Context(), adaKey, false); !errors.Is(err, signature.ErrKeyUnreachable) {
			t.Errorf("what its server said is not remembered: %v", err)
		}
	})
}
