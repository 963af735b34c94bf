package delivery_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestWorkersOnOneDatabaseSendEverythingExactlyOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 1500 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/users/%d/inbox", i%90, i))
		}
		w, c := newWorld(), &clock{now: noon}
		for range 3 {
			start(t, newBulkWorker(db, w, c.Now))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		enqueue(t, db, activity("Create", post+"2", noon), noon, inboxes[:100]...)
		waitFor(t, db, map[string]int{delivery.Delivered: 1600})
		if got := len(w.got("https://")); got != 1600 {
			t.Errorf("%d arrivals of 1600", got)
		}
	})
}

func TestASlowHostHoldsUpNobody(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 1000 {
			inboxes = append(inboxes, fmt.Sprintf("https://slow.example/users/%d/inbox", i))
		}
		for i := range 300 {
			inboxes = append(inboxes, fmt.Sprintf("https://quick.example/users/%d/inbox", i), fmt.Sprintf("https://q%d.example/inbox", i))
		}
		rand.Shuffle(len(inboxes), func(i, j int) { inboxes[i], inboxes[j] = inboxes[j], inboxes[i] })
		release := make(chan bool)
		var atOnce, most atomic.Int64
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "slow.example" {
				most.Store(max(most.Load(), atOnce.Add(1)))
				defer atOnce.Add(-1)
				<-release
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		worker := newBulkWorker(db, w, c.Now)
		worker.MaxRequests = 40
		accepting(t, db, "https://slow.example", "https://quick.example")
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		start(t, worker)
		waitFor(t, db, map[string]int{delivery.Delivered: 600, delivery.Pending: 1000})
		if got := most.Load(); got != 2 {
			t.Errorf("%d requests to one host at once", got)
		}
		close(release)
		waitFor(t, db, map[string]int{delivery.Delivered: 1600})
	})
}

func TestWhoSettlesTooLateSettlesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		c := &clock{now: noon}
		arrived, release := make(chan bool, 10), make(chan bool)
		stuck := newWorld()
		stuck.answers(func(r *http.Request) (*http.Response, error) {
			arrived <- true
			<-release
			return respond(r, http.StatusBadRequest, "too late"), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		one := newWorker(db, stuck, c.Now)
		one.MaxRequests = 1 // and with that it is busy
		stop := start(t, one)
		<-arrived

		w := newWorld()
		c.advance(testLease - time.Millisecond)
		other := start(t, newWorker(db, w, c.Now))
		settleDown(t, db, w, c)
		expectArrivals(t, w, inboxA, 0) // the lease still holds
		c.advance(time.Millisecond)
		waitForRow(t, db, inboxA, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
		other()
		close(release)
		stop() // settles, or tries to
		if d := row(t, db, inboxA); d.State != delivery.Delivered || d.Attempts != 1 || d.LastStatus != http.StatusAccepted {
			t.Errorf("the late worker left %+v", d)
		}
	})
}

func TestWhatACrashedWorkerClaimedIsSentAfterItsLease(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, address string) {
		crashing, db := databasetest.OpenURL(t, address), databasetest.OpenURL(t, address)
		c, stuck := &clock{now: noon}, newWorld()
		arrived, release := make(chan bool, 10), make(chan bool)
		stuck.answers(func(r *http.Request) (*http.Response, error) {
			arrived <- true
			<-release
			return respond(r, http.StatusAccepted, ""), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxA, "https://a.example/2", "https://a.example/3")
		stop := start(t, newWorker(crashing, stuck, c.Now))
		<-arrived
		crashing.Close() // what it does from here on nobody will know
		close(release)
		stop()

		w := newWorld()
		start(t, newWorker(db, w, c.Now))
		settleDown(t, db, w, c)
		c.advance(testLease)
		waitFor(t, db, map[string]int{delivery.Delivered: 4})
		if got := w.got("https://a."); len(got) != 3 {
			t.Errorf("after the crash came %q", got)
		}
	})
}

func TestAStoppedWorkerFinishesWhatItSendsAndGivesBackTheRest(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 200 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/users/%d/inbox", i%4, i))
		}
		c, w := &clock{now: noon}, newWorld()
		arrived, release := make(chan bool, 200), make(chan bool)
		w.answers(func(r *http.Request) (*http.Response, error) {
			arrived <- true
			<-release
			return respond(r, http.StatusAccepted, ""), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		stop := start(t, newWorker(db, w, c.Now))
		<-arrived
		var stopped sync.WaitGroup
		stopped.Go(stop)
		close(release)
		stopped.Wait()
		sent := len(w.got("https://"))
		waitFor(t, db, map[string]int{delivery.Delivered: sent, delivery.Pending: 200 - sent})

		start(t, newWorker(db, w, c.Now)) // at once: the clock has not moved
		waitFor(t, db, map[string]int{delivery.Delivered: 200})
		if got := len(w.got("https://")); got != 200 {
			t.Errorf("%d arrivals of 200", got)
		}
	})
}

func TestWhatOutlastsTheGraceIsCutOffAndSentByTheNextWorker(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 200 {
			inboxes = append(inboxes, fmt.Sprintf("https://a.example/users/%d/inbox", i))
		}
		c, w := &clock{now: noon}, newWorld()
		var answers atomic.Int64
		w.answers(func(r *http.Request) (*http.Response, error) {
			if answers.Add(1) > 100 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		worker := newWorker(db, w, c.Now)
		worker.Grace, worker.MaxRequests = time.Millisecond, 32
		stop := start(t, worker)
		waitFor(t, db, map[string]int{delivery.Delivered: 100, delivery.Pending: 100})
		expectRows(t, db, 32, "lease_until > 0")
		stop()
		expectRows(t, db, 100, "state = 'pending' AND attempts = 0 AND lease_until = 0")
		w.answers(always(http.StatusAccepted))
		start(t, newWorker(db, w, c.Now)) // at once: the clock has not moved
		waitFor(t, db, map[string]int{delivery.Delivered: 200})
	})
}

func TestWakeSavesTheWait(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld()
		worker := newWorker(db, w, (&clock{now: noon}).Now)
		worker.Wake() // before it runs
		startAlone(t, worker)
		for i := range 5 {
			enqueue(t, db, activity("Create", fmt.Sprint(post, i), noon), noon, inboxA)
			worker.Wake()
			waitFor(t, db, map[string]int{delivery.Delivered: i + 1})
		}
		var inboxes []string // more than one host may have at a time
		for i := range 300 {
			inboxes = append(inboxes, fmt.Sprintf("https://b.example/users/%d/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		worker.Wake()
		waitFor(t, db, map[string]int{delivery.Delivered: 305})
	})
}

// A machine that was suspended, say: what its worker holds has been sent by another one.
func TestAWorkerSendsNothingWhoseLeaseIsOver(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 200 {
			inboxes = append(inboxes, fmt.Sprintf("https://a.example/users/%d/inbox", i))
		}
		c, w := &clock{now: noon}, newWorld()
		var answers atomic.Int64
		release := make(chan bool)
		w.answers(func(r *http.Request) (*http.Response, error) {
			if answers.Add(1) > 100 {
				<-release
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		worker := newWorker(db, w, c.Now)
		worker.MaxRequests = 32
		stop := start(t, worker)
		waitFor(t, db, map[string]int{delivery.Delivered: 100, delivery.Pending: 100})
		expectRows(t, db, 32, "lease_until > 0") // it has no room for more

		c.advance(testLease)
		other := newWorld()
		stopOther := start(t, newWorker(db, other, c.Now))
		waitFor(t, db, map[string]int{delivery.Delivered: 200})
		stopOther()
		close(release)
		settleDown(t, db, w, c)
		stop()
		if got := len(w.got("https://a.")) + len(other.got("https://a.")); got != 202 {
			t.Errorf("%d arrivals; 200 and the two on their way", got)
		}
	})
}
