package delivery_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const inboxA = "https://a.example/inbox"

// The answer is 403, so that the schedule of the delivery shows, and not the breaker of the host.
func TestADeliveryIsTriedForTwoWeeksAndThenExpires(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(forbidding("a.example"))
		accepting(t, db, inboxA)
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		c.advance(20 * 24 * time.Hour) // the two weeks begin with the first try: we may have been away
		first := c.Now()
		start(t, newBulkWorker(db, w, c.Now))
		for n := 1; ; n++ {
			d := waitForRow(t, db, inboxA, func(d delivery.Delivery) bool { return d.Attempts == n })
			if d.State == delivery.Expired {
				if age := c.Now().Sub(first); age != 14*24*time.Hour || n < 24 {
					t.Errorf("expired after %v and %d tries", age, n)
				}
				break
			}
			want := c.Now().Add(delivery.Backoff(n, 1))
			if end := first.AddDate(0, 0, 14); want.After(end) {
				want = end
			}
			if !d.NextAttemptAt.Equal(want) {
				t.Fatalf("retry %d at %v, want %v", n, d.NextAttemptAt, want)
			}
			c.advance(d.NextAttemptAt.Sub(c.Now()) - time.Millisecond)
			settleDown(t, db, w, c)
			if got := len(w.got(inboxA)); got != n {
				t.Fatalf("%d tries before the time of retry %d", got, n)
			}
			c.advance(time.Millisecond)
		}
	})
}

func TestRetryAfterWins(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for i, test := range []struct {
			status int
			value  string
			want   time.Duration
		}{
			{503, "7200", 2 * time.Hour},
			{429, "5", 5 * time.Second},
			{503, noon.Add(3 * time.Hour).Format(http.TimeFormat), 3 * time.Hour},
			{429, "315360000", 24 * time.Hour},
			{429, "-1", time.Minute},
			{503, "whenever", time.Minute},
			{403, "600", 10 * time.Minute},
		} {
			got := try(t, db, fmt.Sprintf("https://%d.example/inbox", i), func(r *http.Request) (*http.Response, error) {
				return respond(r, test.status, "", "Retry-After", test.value), nil
			})
			if wait := got.NextAttemptAt.Sub(noon); wait != test.want {
				t.Errorf("%d with Retry-After %q: next try in %v, want %v", test.status, test.value, wait, test.want)
			}
		}
	})
}

func TestAHostThatFailsFiveTimesIsLeftAlone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(refusing("dead.example"))
		var inboxes []string
		for i := range 300 {
			inboxes = append(inboxes, fmt.Sprintf("https://dead.example/users/%d/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, append(inboxes, "https://live.example/inbox")...)
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 6)
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://dead.", 5)

		c.advance(30*time.Minute - time.Second)
		enqueue(t, db, activity("Create", post+"2", c.Now()), c.Now(), "https://dead.example/late")
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://dead.", 5) // what is enqueued meanwhile waits too

		c.advance(time.Second)
		waitForTries(t, db, 6+1+1+1)
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://dead.", 6) // one probe, which failed

		w.answers(always(http.StatusAccepted))
		c.advance(30 * time.Minute)
		waitFor(t, db, map[string]int{delivery.Delivered: 300 + 2 + 3})
	})
}

func TestAWordFromAHostEndsItsPause(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(refusing("back.example"))
		var inboxes []string
		for i := range 20 {
			inboxes = append(inboxes, fmt.Sprintf("https://back.example/users/%d/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 5)
		revive(t, db, "back.example")
		waitForTries(t, db, 6) // it can speak and cannot listen
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://back.", 6)

		w.answers(always(http.StatusAccepted))
		revive(t, db, "other.example")
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://back.", 6)
		revive(t, db, "back.example")
		waitFor(t, db, map[string]int{delivery.Delivered: 22})
	})
}

func TestADeadHostsDeliveriesExpire(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(refusing("dead.example"))
		var inboxes []string
		for i := range 50 {
			inboxes = append(inboxes, fmt.Sprintf("https://dead.example/users/%d/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 5)
		c.advance(14 * 24 * time.Hour)
		enqueue(t, db, activity("Create", post+"2", c.Now()), c.Now(), "https://dead.example/late")
		waitForTries(t, db, 6)
		// The probe may have been the first try of its delivery, and have two weeks before it.
		counts, err := delivery.Counts(t.Context(), db)
		if err != nil || counts[delivery.Expired] < 49 || counts[delivery.Expired]+counts[delivery.Pending] != 51 {
			t.Errorf("the ledger has %v, %v", counts, err)
		}
		expectArrivals(t, w, "https://dead.", 6)
	})
}

// refusing is a world in which one host refuses connections.
func refusing(host string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == host {
			return nil, errors.New("connection refused")
		}
		return respond(r, http.StatusAccepted, ""), nil
	}
}

// forbidding is a world in which one host answers 403: it is well, and says no for now.
func forbidding(host string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == host {
			return respond(r, http.StatusForbidden, ""), nil
		}
		return respond(r, http.StatusAccepted, ""), nil
	}
}

func expectArrivals(t *testing.T, w *world, prefix string, want int) {
	t.Helper()
	if got := len(w.got(prefix)); got != want {
		t.Fatalf("%d requests to %s…, want %d", got, strings.TrimSuffix(prefix, "."), want)
	}
}
