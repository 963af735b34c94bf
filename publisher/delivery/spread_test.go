package delivery_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestFirstTriesOfManyHostsAreSpread(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, test := range []struct {
			hosts  int
			spread time.Duration
			last   time.Duration // the last host begins so long after the first
		}{
			{1, time.Minute, 0}, {50, time.Minute, 0},
			{51, time.Minute, 50 * 60 * time.Millisecond},
			{500, time.Minute, 499 * 60 * time.Millisecond},
			{1000, time.Minute, 999 * 60 * time.Millisecond},
			{2000, time.Minute, 1999 * 30 * time.Millisecond},
			{2000, 0, 0},
		} {
			a := activity("Create", fmt.Sprint(post, test), noon)
			a.Spread = test.spread
			var inboxes []string
			for i := range test.hosts {
				host := fmt.Sprintf("https://h%d.example", i)
				inboxes = append(inboxes, host+"/inbox", host+"/users/ada/inbox")
			}
			enqueue(t, db, a, noon, inboxes...)
			var first, last, hosts, times int64
			err := db.QueryRow(t.Context(), `
				SELECT MIN(next_attempt_at), MAX(next_attempt_at), COUNT(DISTINCT host), COUNT(DISTINCT next_attempt_at)
				FROM deliveries
				WHERE activity_id = ?`, a.ID).Scan(&first, &last, &hosts, &times)
			if err != nil {
				t.Fatal(err)
			}
			wantTimes := int64(1)
			if test.last > 0 {
				wantTimes = int64(test.hosts) // each host one time for all its inboxes
			}
			if first != database.Millis(noon) || last != database.Millis(noon.Add(test.last)) || times != wantTimes {
				t.Errorf("%d hosts over %v: from %v to %v at %d times", test.hosts, test.spread,
					database.Time(first).Sub(noon), database.Time(last).Sub(noon), times)
			}
		}
	})
}

func TestTheFirstOfASpreadActivityLeavesAtOnceAndTheRestFollow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		a := activity("Create", post, noon)
		a.Spread = time.Minute
		var inboxes []string
		for i := range 100 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/inbox", i))
		}
		enqueue(t, db, a, noon, inboxes...)
		start(t, newWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Delivered: 1, delivery.Pending: 99})
		c.advance(50 * 60 * time.Millisecond)
		waitFor(t, db, map[string]int{delivery.Delivered: 51, delivery.Pending: 49})
		c.advance(time.Minute)
		waitFor(t, db, map[string]int{delivery.Delivered: 100})
	})
}
