package delivery_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestWhatIsOnItsWayHasTheGraceToArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := databasetest.Open(t)
		w := newWorld()
		w.answers(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(8 * time.Second):
				return respond(r, http.StatusAccepted, ""), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		accepting(t, db, inboxA)
		enqueue(t, db, activity("Create", post, time.Now()), time.Now(), inboxA, "https://a.example/2", "https://a.example/3")
		worker := newWorker(db, w, nil)
		worker.Grace = 0
		stop := startAlone(t, worker)
		time.Sleep(3 * time.Second)
		stop()
		waitFor(t, db, map[string]int{delivery.Delivered: 2, delivery.Pending: 1})
	})
}

// As it runs in production: nobody wakes it, nothing is set, and time passes by itself.
func TestRetriesComeByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := databasetest.Open(t)
		w := newWorld()
		hanging := func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		w.answers(hanging)
		worker := newWorker(db, w, nil)
		began := time.Now()
		enqueue(t, db, activity("Create", post, began), began, inboxA)
		stop := startAlone(t, worker)

		time.Sleep(20 * time.Second) // 15 until it gives up
		synctest.Wait()
		if d := row(t, db, inboxA); d.Attempts != 1 || d.LastStatus != 0 || d.State != delivery.Pending {
			t.Errorf("after a request that hangs: %+v", d)
		}
		w.answers(always(http.StatusServiceUnavailable))
		time.Sleep(time.Minute)
		w.answers(always(http.StatusOK))
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if d := row(t, db, inboxA); d.Attempts != 3 || d.State != delivery.Delivered {
			t.Errorf("four minutes later: %+v", d)
		}
		var waits []time.Duration
		for i, a := range w.log {
			if i > 0 {
				waits = append(waits, a.at.Sub(w.log[i-1].at))
			}
		}
		// From the end of a try it is a minute, then two, and at most a second and a bit until the worker looks.
		for i, want := range []time.Duration{time.Minute + 15*time.Second, 2 * time.Minute} {
			if len(waits) != 2 || waits[i] < want || waits[i] > want+1100*time.Millisecond {
				t.Errorf("waits %v", waits)
			}
		}
		stop()
	})
}

func TestWorkerWithNothingToDoHearsAWakeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, w := databasetest.Open(t), newWorld()
		worker := newWorker(db, w, nil)
		stop := startAlone(t, worker)
		time.Sleep(time.Hour)
		enqueue(t, db, activity("Create", post, time.Now()), time.Now(), inboxA)
		began := time.Now()
		worker.Wake()
		waitFor(t, db, map[string]int{delivery.Delivered: 1})
		if late := w.log[0].at.Sub(began); late > 100*time.Millisecond {
			t.Errorf("it sent %v later", late)
		}
		stop()
	})
}

// What another process had claimed when it died is nobody's to tell of.
func TestWorkerLooksWhenALeaseOfAnotherProcessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, w := databasetest.Open(t), newWorld()
		began := time.Now()
		enqueue(t, db, activity("Create", post, began), began, inboxA)
		if _, err := db.Exec(t.Context(), `
			UPDATE deliveries
			SET next_attempt_at = ?, lease_until = ?, lease_token = 1`, database.Millis(began.Add(7*time.Second)), database.Millis(began.Add(7*time.Second)),
		); err != nil {
			t.Fatal(err)
		}
		stop := startAlone(t, newWorker(db, w, nil))
		time.Sleep(8 * time.Second)
		stop()
		if at := w.log[0].at.Sub(began); at < 7*time.Second || at > 7100*time.Millisecond {
			t.Errorf("it was sent after %v, want 7 s", at)
		}
	})
}

func TestWorkerWithNothingToDoAsksTwiceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		worker := newWorker(databasetest.Open(t), newWorld(), func() time.Time {
			asked++
			return time.Now()
		})
		stop := startAlone(t, worker)
		time.Sleep(time.Hour)
		stop()
		if asked > 4*2*60+20 {
			t.Errorf("the time was asked %d times in an hour, want at most four times at each look", asked)
		}
	})
}
