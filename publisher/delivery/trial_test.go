package delivery_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// trial is a bubble with a worker and a world of hosts that nothing was ever sent to.
func trial(t *testing.T, story func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker)) {
	key := smallKey(t)
	synctest.Test(t, func(t *testing.T) {
		db, w := databasetest.Open(t), newWorld()
		worker := newWorker(db, w, nil)
		worker.Keys = func(context.Context, string) (signature.Key, error) { return key, nil }
		stop := startAlone(t, worker)
		story(t, db, w, worker)
		expectAgreement(t, db)
		stop()
	})
}

// requests is how many POSTs came to a site, second knocks included.
func (w *world) requests(site string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.log {
		if activitypub.Site(a.inbox) == site {
			n++
		}
	}
	return n
}

// TestAHostThatNeverTookAnythingIsLeftAlone: strangers have called it an inbox under many names,
// and every day there is something new for all of them. It answers as hosts do that have nothing to
// do with us.
func TestAHostThatNeverTookAnythingIsLeftAlone(t *testing.T) {
	for what, answer := range map[string]func(*http.Request) (*http.Response, error){
		"401": always(http.StatusUnauthorized), "404": always(http.StatusNotFound),
		"no answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
	} {
		t.Run(what, func(t *testing.T) {
			trial(t, func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker) {
				w.answers(answer)
				var inboxes []string
				for i := range costtest.Pick(30, 4000) {
					inboxes = append(inboxes, fmt.Sprintf("https://victim.example/inbox?%d", i))
				}
				early, days := 0, 14
				if what != "401" {
					days = costtest.Pick(3, days)
				}
				for day := range days {
					a := activity("Create", fmt.Sprint(post, day), time.Now())
					enqueue(t, db, a, time.Now(), inboxes...)
					worker.Wake()
					time.Sleep(2 * time.Minute)
					if day == 0 {
						early = w.requests("victim.example")
					}
					time.Sleep(24*time.Hour - 2*time.Minute)
				}
				n := w.requests("victim.example")
				t.Logf("%d requests in two minutes, %d in %d days, for %d deliveries", early, n, days, days*len(inboxes))
				if early > 10 || n > 18+3*days {
					t.Errorf("%d requests in two minutes, %d in %d days", early, n, days)
				}
			})
		})
	}
}

// A server that is new here may not know our key yet, or have a wrong clock: it gets what waits
// once that is over.
func TestANewServerThatRefusesAtFirstGetsWhatWaits(t *testing.T) {
	for _, after := range []time.Duration{time.Minute, time.Hour, 20 * time.Hour, 47 * time.Hour} {
		t.Run(after.String(), func(t *testing.T) {
			trial(t, func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker) {
				w.answers(always(http.StatusUnauthorized))
				enqueue(t, db, activity("Accept", "", time.Now()), time.Now(), "https://new.example/users/ada/inbox")
				worker.Wake()
				time.Sleep(after)
				w.answers(always(http.StatusAccepted))
				time.Sleep(2*after + time.Minute - after)
				waitFor(t, db, map[string]int{delivery.Delivered: 1})
				enqueue(t, db, activity("Create", post, time.Now()), time.Now(), "https://new.example/1", "https://new.example/2", "https://new.example/3")
				worker.Wake()
				time.Sleep(5 * time.Second)
				waitFor(t, db, map[string]int{delivery.Delivered: 4}) // it is trusted now, and gets all at once
			})
		})
	}
}

// TestNewHostsOfOneSiteComeOneByOne: fifty may come at once; whoever makes up more than that makes
// us ask one in a minute.
func TestNewHostsOfOneSiteComeOneByOne(t *testing.T) {
	trial(t, func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker) {
		enqueue(t, db, activity("Accept", "", time.Now()), time.Now(), hostsOf(bounds.Trials.Burst, "new", "platform.example")...)
		worker.Wake()
		time.Sleep(10 * time.Second)
		waitFor(t, db, map[string]int{delivery.Delivered: bounds.Trials.Burst})

		w.answers(always(http.StatusUnauthorized))
		many := hostsOf(costtest.Pick(300, 3000), "x", "evil.example")
		enqueue(t, db, activity("Create", post, time.Now()), time.Now(), many...)
		worker.Wake()
		time.Sleep(time.Hour)
		sum := len(w.got("https://x"))
		t.Logf("%d of %d new hosts of one site were asked in an hour", sum, len(many))
		if most := bounds.Trials.Burst + int(time.Hour/bounds.Trials.Every) + 1; sum > most || sum < bounds.Trials.Burst {
			t.Errorf("%d hosts were asked in an hour, want at most %d", sum, most)
		}
	})
}

// Of the hosts of a site that are new, a few are asked at a time, however long they take to answer.
func TestFewNewHostsOfOneSiteAreAskedAtATime(t *testing.T) {
	key := smallKey(t)
	synctest.Test(t, func(t *testing.T) {
		db, w := databasetest.Open(t), newCrowd()
		worker := newWorker(db, w, nil)
		worker.Keys = func(context.Context, string) (signature.Key, error) { return key, nil }
		enqueue(t, db, activity("Create", post, time.Now()), time.Now(), hostsOf(40, "w", "wild.example")...)
		stop := startAlone(t, worker)
		time.Sleep(time.Hour)
		waitFor(t, db, map[string]int{delivery.Delivered: 40})
		if most := w.most["wild.example"]; most != bounds.TrialsAtOnce {
			t.Errorf("%d were asked at a time, want %d", most, bounds.TrialsAtOnce)
		}
		stop()
	})
}
