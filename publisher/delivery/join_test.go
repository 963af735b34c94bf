package delivery_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// unreachable answers as a machine that is off does; nothing was sent to it.
func unreachable(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

// edit is an Update that says everything. What a late inbox gets in its place is "Create:" and its id.
func edit() delivery.Activity {
	a := activity("Update", post, noon)
	a.Joined = []byte("Create:" + a.URI)
	return a
}

// catchUp lets time pass and the host speak up, until nothing is left.
func catchUp(t *testing.T, db *database.DB, w *world, c *clock, host string) {
	t.Helper()
	w.answers(always(http.StatusAccepted))
	c.advance(waitLongest)
	revive(t, db, host)
	for range 6 {
		settleDown(t, db, w, c)
		c.advance(2 * time.Second)
	}
}

func TestAnInboxThatWasAwayGetsOneCreateWithTheLastState(t *testing.T) {
	for name, away := range map[string]func(*http.Request) (*http.Response, error){
		"never reached":  unreachable,
		"turned us away": always(http.StatusServiceUnavailable),
		"forbade it":     always(http.StatusForbidden),
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w, c := newWorld(), &clock{now: noon}
				w.answers(func(r *http.Request) (*http.Response, error) {
					if r.URL.Host == "a.example" {
						return away(r)
					}
					return respond(r, http.StatusAccepted, ""), nil
				})
				create, first, last := activity("Create", post, noon), edit(), edit()
				start(t, newWorker(db, w, c.Now))
				enqueue(t, db, create, noon, inboxA, "https://b.example/inbox")
				waitForTries(t, db, 2)
				enqueue(t, db, first, noon, inboxA, "https://b.example/inbox")
				waitForRow(t, db, "https://b.example/inbox", func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
				waitForTry(t, db, inboxA)
				enqueue(t, db, last, noon, inboxA, "https://b.example/inbox", "https://new.example/inbox")
				waitForTry(t, db, inboxA)
				tried := len(w.got("https://a."))
				catchUp(t, db, w, c, "a.example")
				if got := w.got("https://a.")[tried:]; !slices.Equal(got, []string{string(last.Joined)}) {
					t.Errorf("the inbox that was away got %q", got)
				}
				if got := w.got("https://b."); !slices.Equal(got, []string{string(create.Body), string(first.Body), string(last.Body)}) {
					t.Errorf("the inbox that was there got %q", got)
				}
				if got := w.got("https://new."); !slices.Equal(got, []string{string(last.Body)}) {
					t.Errorf("an inbox that never had a Create waiting got %q", got)
				}
				expectAgreement(t, db)
			})
		})
	}
}

// After a try that may have arrived, another Create with the same id would be taken for a copy.
func TestWhatMayHaveArrivedIsNotReplaced(t *testing.T) {
	for name, lost := range map[string]func(*http.Request) (*http.Response, error){
		"no answer":       func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
		"a broken server": always(http.StatusInternalServerError),
		"a proxy":         always(http.StatusGatewayTimeout),
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w, c := newWorld(), &clock{now: noon}
				w.answers(lost)
				create, update := activity("Create", post, noon), edit()
				enqueue(t, db, create, noon, inboxA)
				start(t, newWorker(db, w, c.Now))
				waitForTries(t, db, 1)
				waitForIdle(t, db)
				w.answers(always(http.StatusAccepted))
				enqueue(t, db, update, noon, inboxA)
				catchUp(t, db, w, c, "a.example")
				want := []string{string(create.Body), string(create.Body), string(update.Body)}
				if got := w.got("https://a."); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

// The second knock of a try has no answer; the first one's does not say that nothing arrived.
func TestADeleteIsSentWhereASecondKnockMayHaveArrived(t *testing.T) {
	for _, refusal := range []int{http.StatusUnauthorized, http.StatusBadRequest} {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			w, c := newWorld(), &clock{now: noon}
			w.answers(func(r *http.Request) (*http.Response, error) {
				if signature.SchemeOf(r) == signature.Cavage {
					return respond(r, refusal, ""), nil
				}
				return nil, errors.New("connection reset by peer")
			})
			create, gone := activity("Create", post, noon), activity("Delete", post, noon)
			enqueue(t, db, create, noon, inboxA)
			start(t, newWorker(db, w, c.Now))
			waitForTries(t, db, 1)
			waitForIdle(t, db)
			w.answers(always(http.StatusAccepted))
			enqueue(t, db, gone, noon, inboxA)
			catchUp(t, db, w, c, "a.example")
			if got := w.got("https://a."); !slices.Contains(got, string(gone.Body)) {
				t.Errorf("after %d: got %q", refusal, got)
			}
		})
	}
}

func TestADeleteIsNotSentWhereTheCreateNeverArrived(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Host {
			case "a.example":
				return unreachable(r)
			case "b.example":
				return nil, errors.New("connection reset by peer")
			}
			return respond(r, http.StatusAccepted, ""), nil
		})
		inboxes := []string{inboxA, "https://b.example/inbox", "https://c.example/inbox"}
		create := activity("Create", post, noon)
		start(t, newWorker(db, w, c.Now))
		enqueue(t, db, create, noon, inboxes...)
		waitForTries(t, db, 3)
		waitForIdle(t, db)
		enqueue(t, db, edit(), noon, inboxA)
		waitForTry(t, db, inboxA)
		deletion := activity("Delete", post, noon)
		enqueue(t, db, deletion, noon, inboxes...)
		tried := len(w.got("https://a."))
		catchUp(t, db, w, c, "b.example")
		if got := w.got("https://a.")[tried:]; len(got) != 0 {
			t.Errorf("where nothing arrived came %q", got)
		}
		for _, there := range inboxes[1:] {
			if got := w.got(there); !slices.Equal(got, []string{string(create.Body), string(deletion.Body)}) {
				t.Errorf("%s got %q", there, got)
			}
		}
		if d := row(t, db, inboxA); d.State != delivery.Cancelled || d.Explain(noon) != "cancelled: nothing to delete: its Create never left" {
			t.Errorf("the Delete stands as %q", d.Explain(noon))
		}
		expectAgreement(t, db)
	})
}

// A claimed Create is on its way, or was when its worker died: nobody knows whether it arrived.
func TestWhatACrashedWorkerHeldIsNotReplaced(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		create, update := activity("Create", post, noon), edit()
		enqueue(t, db, create, noon, inboxA)
		if _, err := db.Exec(t.Context(), `UPDATE deliveries SET lease_until = ?, next_attempt_at = ?, lease_token = 1`,
			database.Millis(noon.Add(time.Minute)), database.Millis(noon.Add(time.Minute))); err != nil {
			t.Fatal(err)
		}
		enqueue(t, db, update, noon, inboxA)
		c.advance(time.Hour)
		w.answers(always(http.StatusServiceUnavailable)) // says nothing about the try of the worker that crashed
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 1)
		waitForIdle(t, db)
		deletion := activity("Delete", post, noon)
		enqueue(t, db, deletion, c.Now(), inboxA)
		catchUp(t, db, w, c, "a.example")
		if got := w.got("https://a."); !slices.Equal(got, []string{string(create.Body), string(deletion.Body)}) {
			t.Errorf("got %q", got)
		}
	})
}

func TestAMillionthEditIsOneDelivery(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		var inboxes []string
		for i := range 700 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		var last delivery.Activity
		for range 5 {
			last = edit()
			enqueue(t, db, last, noon, inboxes...)
		}
		start(t, newBulkWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Delivered: 700, delivery.Cancelled: 3500})
		got := w.got("https://")
		slices.Sort(got)
		if len(got) != 700 || got[0] != string(last.Joined) || len(slices.Compact(got)) != 1 {
			t.Errorf("%d arrivals, the first %q", len(got), got[0])
		}
		expectAgreement(t, db)
	})
}

// waitForTry waits until the newest delivery to an inbox was tried, and that is written down.
func waitForTry(t *testing.T, db *database.DB, inbox string) {
	t.Helper()
	waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.Attempts > 0 })
	waitForIdle(t, db)
}

// waitForIdle waits until what was tried is written down, and nothing is on its way.
func waitForIdle(t *testing.T, db *database.DB) {
	t.Helper()
	expectRows(t, db, 0, "lease_until > 0")
}

func expectAgreement(t testing.TB, db *database.DB) {
	t.Helper()
	l, err := delivery.ReadLedger(t.Context(), db)
	if err != nil || !l.Agrees() {
		t.Errorf("the ledger has %+v, %v", l, err)
	}
}
