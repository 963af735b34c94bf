package delivery_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// only is the one delivery to an inbox, as an operator finds it.
func only(t *testing.T, db *database.DB, host string) delivery.Delivery {
	t.Helper()
	list, err := delivery.List(t.Context(), db, delivery.Filter{Host: host, Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d deliveries to %s, %v", len(list), host, err)
	}
	found, err := delivery.Find(t.Context(), db, list[0].Ref())
	if err != nil || found != list[0] {
		t.Fatalf("%s finds %+v, %v", list[0].Ref(), found, err)
	}
	return found
}

func TestAnOperatorTriesAgainWhatWasRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(always(http.StatusBadRequest))
		a := activity("Create", post, noon)
		enqueue(t, db, a, noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Refused: 1})
		w.answers(always(http.StatusAccepted))
		if err := delivery.Retry(t.Context(), db, only(t, db, "a.example"), noon); err != nil {
			t.Fatal(err)
		}
		waitFor(t, db, map[string]int{delivery.Delivered: 1})
		if err := delivery.Retry(t.Context(), db, only(t, db, "a.example"), noon); err != nil {
			t.Error(err)
		}
		settleDown(t, db, w, c)
		if got := w.got("https://a."); !slices.Equal(got, []string{string(a.Body), string(a.Body)}) {
			t.Errorf("it got %q", got)
		}
		expectAgreement(t, db)
	})
}

func TestWhatADeleteOvertookIsNeverTriedAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(always(http.StatusBadRequest))
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Refused: 1})
		create := only(t, db, "a.example")
		w.answers(always(http.StatusAccepted))
		enqueue(t, db, activity("Delete", post, noon), noon, "https://b.example/inbox")
		waitFor(t, db, map[string]int{delivery.Refused: 1, delivery.Delivered: 1})
		if err := delivery.Retry(t.Context(), db, create, noon); !errors.Is(err, delivery.ErrOvertaken) {
			t.Errorf("%v", err)
		}
		if n, err := delivery.RetryHost(t.Context(), db, "a.example", noon); n != 0 || err != nil {
			t.Errorf("%d of the host are tried again, %v", n, err)
		}
	})
}

func TestAHostIsRetriedDroppedPausedAndResumed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		if err := delivery.Pause(t.Context(), db, "a.example", noon.Add(day), noon); err != nil {
			t.Fatal(err)
		}
		start(t, newWorker(db, w, c.Now))
		first, second := activity("Create", post, noon), activity("Create", post+"2", noon)
		enqueue(t, db, first, noon, inboxA, "https://b.example/inbox")
		settleDown(t, db, w, c)
		revive(t, db, "a.example") // its word is no reason to break the operator's
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://a.", 0)
		if n, err := delivery.DropHost(t.Context(), db, "a.example", noon); n != 1 || err != nil {
			t.Errorf("%d dropped, %v", n, err)
		}
		enqueue(t, db, second, noon, inboxA)
		settleDown(t, db, w, c)
		if paused, err := delivery.Resume(t.Context(), db, "a.example", noon); !paused || err != nil {
			t.Errorf("resumed %v, %v", paused, err)
		}
		if paused, err := delivery.Resume(t.Context(), db, "a.example", noon); paused || err != nil {
			t.Errorf("resumed twice, %v", err)
		}
		waitFor(t, db, map[string]int{delivery.Delivered: 5, delivery.Cancelled: 1})
		dropped, err := delivery.List(t.Context(), db, delivery.Filter{State: delivery.Cancelled, Limit: 5})
		if err != nil || len(dropped) != 1 || dropped[0].Explain(noon) != "cancelled: given up by hand" {
			t.Fatalf("%+v, %v", dropped, err)
		}
		if err := delivery.Retry(t.Context(), db, dropped[0], noon); err != nil {
			t.Fatal(err)
		}
		waitFor(t, db, map[string]int{delivery.Delivered: 6})
		expectAgreement(t, db)
	})
}

// TestWhatIsDroppedDuringATryKeepsItsReason fails a try after an operator gave the delivery up.
func TestWhatIsDroppedDuringATryKeepsItsReason(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			if tried, err := delivery.IsTried(t.Context(), db, "a.example"); !tried || err != nil {
				t.Errorf("tried: %v, %v", tried, err)
			}
			if n, err := delivery.DropHost(t.Context(), db, "a.example", noon); n != 1 || err != nil {
				t.Errorf("%d dropped, %v", n, err)
			}
			return nil, errors.New("connection refused")
		})
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		start(t, newWorker(db, w, c.Now))
		d := waitForRow(t, db, inboxA, func(d delivery.Delivery) bool { return d.Attempts == 1 })
		if got := d.Explain(noon); got != "cancelled: given up by hand" {
			t.Errorf("it says %q", got)
		}
		if tried, err := delivery.IsTried(t.Context(), db, "a.example"); tried || err != nil {
			t.Errorf("tried afterwards: %v, %v", tried, err)
		}
	})
}

func TestAPauseEndsByItself(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		enqueue(t, db, activity("Create", post, noon), noon, inboxA)
		if err := delivery.Pause(t.Context(), db, "a.example", noon.Add(20*day), noon); err != nil {
			t.Fatal(err)
		}
		start(t, newWorker(db, w, c.Now))
		settleDown(t, db, w, c)
		c.advance(20*day - time.Second)
		settleDown(t, db, w, c)
		expectArrivals(t, w, "https://a.", 0)
		c.advance(time.Second)
		waitFor(t, db, map[string]int{delivery.Delivered: 3})
	})
}

func TestTheLedgerNoticesWhatIsMissing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		a := activity("Create", post, noon)
		enqueue(t, db, a, noon, inboxA, "https://b.example/inbox")
		expectAgreement(t, db)
		if _, err := db.Exec(t.Context(), `DELETE FROM deliveries WHERE inbox_hash = ?`, database.Hash(inboxA)); err != nil {
			t.Fatal(err)
		}
		l, err := delivery.ReadLedger(t.Context(), db)
		if err != nil || l.Agrees() || l.Enqueued != 2 || l.Sum() != 1 || !slices.Equal(l.Wrong, []string{a.URI}) {
			t.Errorf("%+v, %v", l, err)
		}
	})
}

func TestWhatIsNoRefFindsNothing(t *testing.T) {
	db := databasetest.Open(t)
	for _, ref := range []string{"", "-", "x", "aaaaaaaaaaaaa-aaaaaaaaaaaaa", "dazvpiaq4ysaa", "dazvpiaq4ysaa-", "dazvpiaq4ysaa-" + "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		if _, err := delivery.Find(t.Context(), db, ref); !errors.Is(err, delivery.ErrBadRef) {
			t.Errorf("%q: %v", ref, err)
		}
	}
	if _, err := delivery.Find(t.Context(), db, "DAZVPIAQ4YSAA-aaaaaaaaaaaaa"); !errors.Is(err, database.ErrNotFound) {
		t.Error(err)
	}
}
