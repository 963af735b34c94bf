package cli

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/bounds"
)

// TestACrowdAsksTheDatabaseOnce: readyz is public, and each question writes.
func TestACrowdAsksTheDatabaseOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		s := &app.Readiness{Probe: func(context.Context) error {
			asked.Add(1)
			time.Sleep(bounds.ReadyIn / 2)
			return nil
		}}
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if err := s.Check(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for range 1000 {
			s.Check(t.Context())
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(bounds.ReadyFor)
		s.Check(t.Context())
		if n := asked.Load(); n != 2 {
			t.Errorf("after a second asked %d times in all", n)
		}
	})
}

// TestReadyzIsRedInTime: from the moment at which the database hangs, for whoever asks from then on, it is red after five seconds at most.
func TestReadyzIsRedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := make(chan struct{})
		var hangs atomic.Bool
		s := &app.Readiness{Probe: func(context.Context) error { // it hears of no context
			if hangs.Load() {
				<-hung
			}
			return nil
		}}
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		hangs.Store(true)
		began := time.Now()
		for time.Since(began) < time.Minute {
			asked := time.Now()
			err := s.Check(t.Context())
			if took := time.Since(asked); took > bounds.ReadyIn {
				t.Errorf("an answer after %v", took)
			}
			if time.Since(began) > bounds.ReadyFor+bounds.ReadyIn && !errors.Is(err, app.ErrNoAnswer) {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		close(hung)
		synctest.Wait()
		hangs.Store(false)
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("when it answers again: %v", err)
		}
	})
}
