package delivery_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const day = 24 * time.Hour

// makeDead lets a host fail for two weeks, with one post to deliver.
func makeDead(t *testing.T, db *database.DB, w *world, c *clock, host string) {
	t.Helper()
	w.answers(refusing(host))
	for i := range 5 {
		enqueue(t, db, activity("Create", fmt.Sprint(post, "/early/", i), c.Now()), c.Now(), "https://"+host+"/inbox")
		expectFailures(t, db, host, i+1)
		c.advance(10 * time.Second)
	}
	c.advance(14 * day)
	expectFailures(t, db, host, 6)
}

func expectFailures(t *testing.T, db *database.DB, host string, want int) {
	t.Helper()
	costtest.Until(t, fmt.Sprintf("%d failures of %s", want, host), func() bool {
		got := 0
		if err := db.QueryRow(t.Context(), `SELECT COALESCE(MAX(failures), 0) FROM hosts WHERE host = ?`, host).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got == want
	})
}

func TestADeadHostIsAskedOnceADayWithTheNewestOnly(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		start(t, newBulkWorker(db, w, c.Now))
		makeDead(t, db, w, c, "dead.example")
		var newest delivery.Activity
		for i := range 10 {
			newest = activity("Create", fmt.Sprint(post, "/", i), c.Now())
			enqueue(t, db, newest, c.Now(), "https://dead.example/inbox", "https://live.example/inbox")
		}
		settleDown(t, db, w, c)
		tried := len(w.got("https://dead."))
		for n := range 3 {
			c.advance(day - time.Second)
			settleDown(t, db, w, c)
			if got := w.got("https://dead."); len(got) != tried+n {
				t.Fatalf("%d requests before day %d is over", len(got)-tried, n+1)
			}
			c.advance(time.Second)
			expectFailures(t, db, "dead.example", 7+n)
			settleDown(t, db, w, c)
			if got := w.got("https://dead.")[tried:]; len(got) != n+1 || got[n] != string(newest.Body) {
				t.Fatalf("after day %d it was asked with %q, the newest is %q", n+1, got, newest.Body)
			}
		}
		expectAgreement(t, db)
	})
}

func TestADeadHostThatSpeaksGetsWhatItMissed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		start(t, newWorker(db, w, c.Now))
		makeDead(t, db, w, c, "dead.example")
		var want []string
		for i := range 8 {
			a := activity("Create", fmt.Sprint(post, "/", i), c.Now())
			enqueue(t, db, a, c.Now(), "https://dead.example/inbox")
			want = append(want, string(a.Body))
		}
		settleDown(t, db, w, c)
		tried := len(w.got("https://dead."))
		w.answers(always(http.StatusAccepted))
		revive(t, db, "dead.example")
		expectRows(t, db, 0, "state = 'pending'")
		got := w.got("https://dead.")[tried:]
		for _, body := range want {
			if !slices.Contains(got, body) {
				t.Errorf("it never got %q", body)
			}
		}
		expectAgreement(t, db)
	})
}

// What counts is the time without any sign of life, so a word of the host begins the count anew.
func TestAWordOfAHostPutsOffItsDeath(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		start(t, newWorker(db, w, c.Now))
		makeDead(t, db, w, c, "mute.example")
		enqueue(t, db, activity("Create", post, c.Now()), c.Now(), "https://mute.example/inbox")
		settleDown(t, db, w, c)
		c.advance(10 * time.Second)
		revive(t, db, "mute.example")
		expectFailures(t, db, "mute.example", 7) // it still cannot listen
		c.advance(30 * time.Minute)              // but is not dead any more
		expectFailures(t, db, "mute.example", 8)
	})
}

func TestFollowersOfADeadHostAreGivenUpAfter90DaysOnTwoDays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		worker := newWorker(db, w, c.Now)
		asked := make(chan string, 10)
		worker.HostDead = func(ctx context.Context, tx database.Querier, host string) (int, error) {
			asked <- host
			_, err := delivery.Cancel(ctx, tx, 7, []string{"https://dead.example/inbox"})
			return 3, err
		}
		start(t, worker)
		makeDead(t, db, w, c, "dead.example")
		fail := func(failures int) {
			enqueue(t, db, activity("Create", fmt.Sprint(post, "/", failures), c.Now()), c.Now(), "https://dead.example/inbox")
			expectFailures(t, db, "dead.example", failures)
			settleDown(t, db, w, c)
		}
		c.advance(75 * day)
		fail(7)
		c.advance(2 * day)
		fail(8) // 91 days; after a long silence one failure proves nothing
		if len(asked) != 0 {
			t.Fatal("followers are given up after one failure")
		}
		c.advance(day)
		fail(9)
		if len(asked) != 1 {
			t.Fatalf("asked %d times to give followers up", len(asked))
		}
		var purged int
		if err := db.QueryRow(t.Context(), `SELECT purged FROM hosts WHERE host = ? AND purged_at > 0`, "dead.example").Scan(&purged); err != nil || purged != 3 {
			t.Errorf("the row says %d, %v", purged, err)
		}
		expectRows(t, db, 0, "state = 'pending'")
		expectAgreement(t, db)
	})
}
