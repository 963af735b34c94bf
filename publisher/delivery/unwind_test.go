package delivery_test

import (
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func unwind(t *testing.T, db *database.DB, now time.Time, want int64) {
	t.Helper()
	if n, err := delivery.Unwind(t.Context(), db, now); err != nil || n != want {
		t.Errorf("%d rows are moved, want %d; %v", n, want, err)
	}
}

func TestWhatAnOperatorHoldsBackIsNoSignOfAFastClock(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		enqueue(t, db, activity("Create", post, noon), noon, inboxA, "https://b.example/inbox")
		until := noon.Add(100 * 365 * day)
		if err := delivery.Pause(t.Context(), db, "a.example", until, noon); err != nil {
			t.Fatal(err)
		}
		unwind(t, db, noon, 0)
		if d := row(t, db, inboxA); !d.NextAttemptAt.Equal(until) {
			t.Errorf("it is tried at %v, want %v", d.NextAttemptAt, until)
		}
		if _, err := db.Exec(t.Context(), `UPDATE deliveries SET next_attempt_at = ?`, database.Millis(until)); err != nil {
			t.Fatal(err)
		}
		unwind(t, db, noon, 1)
		if d := row(t, db, "https://b.example/inbox"); !d.NextAttemptAt.Equal(noon) {
			t.Errorf("what nobody holds is tried at %v, want %v", d.NextAttemptAt, noon)
		}
		unwind(t, db, noon, 0)
	})
}

func TestADeadHostIsNoSignOfAFastClock(t *testing.T) {
	w, c, db := newWorld(), &clock{now: noon}, databasetest.Open(t)
	stop := start(t, newBulkWorker(db, w, c.Now))
	makeDead(t, db, w, c, "dead.example")
	for range 3 {
		enqueue(t, db, activity("Create", post+"/"+c.Now().String(), c.Now()), c.Now(), "https://dead.example/inbox")
	}
	settleDown(t, db, w, c)
	stop()
	unwind(t, db, c.Now(), 0)

	// A pause that the clock has made too long ends, and what waits for it is due.
	far := database.Millis(c.Now().Add(365 * day))
	for _, sql := range []string{`UPDATE hosts SET paused_until = ?`, `UPDATE deliveries SET next_attempt_at = ? WHERE state = 'pending'`} {
		if _, err := db.Exec(t.Context(), sql, far); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := delivery.Unwind(t.Context(), db, c.Now()); err != nil || n < 2 {
		t.Errorf("%d rows are moved after a year ahead; %v", n, err)
	}
	unwind(t, db, c.Now(), 0)
}
