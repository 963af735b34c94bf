package delivery_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestEachDistinctInboxGetsTheExactBytesOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var inboxes []string
		for i := range 1201 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/inbox", i))
		}
		a := activity("Create", post, noon)
		a.Body = []byte("{\"name\":\"\u00e9\u2028 \x00\"}\n")
		enqueue(t, db, a, noon, append(inboxes, inboxes[:700]...)...)
		w := newWorld()
		start(t, newBulkWorker(db, w, (&clock{now: noon}).Now))
		waitFor(t, db, map[string]int{delivery.Delivered: len(inboxes)})
		got := w.got("https://")
		if len(got) != len(inboxes) || len(slices.Compact(got)) != 1 || got[0] != string(a.Body) {
			t.Errorf("%d arrivals for %d inboxes, the first %q", len(got), len(inboxes), got[0])
		}
	})
}

func TestAnActivityIsEnqueuedOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		a := activity("Create", post, noon)
		enqueue(t, db, a, noon, "https://a.example/inbox")
		again := a
		again.ID = database.NewID(noon)
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			return delivery.Enqueue(t.Context(), tx, again, 7, []string{"https://b.example/inbox"}, noon)
		})
		if !errors.Is(err, database.ErrDuplicate) {
			t.Errorf("the second time: %v", err)
		}
		waitFor(t, db, map[string]int{delivery.Pending: 1})

		other := activity("Create", post+"2", noon)
		other.ID = a.ID // minted twice
		err = delivery.Enqueue(t.Context(), db, other, 7, []string{"https://b.example/inbox"}, noon)
		if err == nil || errors.Is(err, database.ErrDuplicate) {
			t.Errorf("another activity with the same number: %v", err)
		}
	})
}

func TestNothingIsEnqueuedWhereTheCallersTransactionFails(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		broken := errors.New("the post was not saved")
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			if err := delivery.Enqueue(t.Context(), tx, activity("Create", post, noon), 7, []string{"https://a.example/inbox"}, noon); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		waitFor(t, db, map[string]int{})
	})
}

func TestAnInboxThatIsNoAddressIsRefusedAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		enqueue(t, db, activity("Create", post, noon), noon,
			"", "inbox", "ftp://a.example/inbox", "https://user:pw@a.example/", "https://a.example/\x00",
			"https://"+strings.Repeat("a.", 200)+"example/inbox", "https://a.example/"+strings.Repeat("\u00e9", 3000), "https://good.example/inbox")
		w := newWorld()
		start(t, newWorker(db, w, (&clock{now: noon}).Now))
		waitFor(t, db, map[string]int{delivery.Refused: 7, delivery.Delivered: 1})
		failing, err := delivery.Failing(t.Context(), db, 100)
		if err != nil || len(failing) != 7 {
			t.Fatalf("%d failing, %v", len(failing), err)
		}
		if got := failing[0].Explain(noon); got != "the inbox is not an address, not tried again" {
			t.Error(got)
		}
	})
}

func TestADeleteOvertakesWhatWaits(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(always(http.StatusInternalServerError))
		enqueue(t, db, activity("Create", post, noon), noon, "https://a.example/inbox")
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 1)
		enqueue(t, db, activity("Update", post, noon), noon, "https://a.example/inbox")
		other := activity("Create", "https://blog.example/posts/2", noon)
		enqueue(t, db, other, noon, "https://b.example/inbox")
		deletion := activity("Delete", post, noon)
		w.answers(always(http.StatusOK))
		enqueue(t, db, deletion, noon, "https://a.example/inbox")
		waitFor(t, db, map[string]int{delivery.Cancelled: 2, delivery.Delivered: 2})
		c.advance(waitLongest)
		settleDown(t, db, w, c)
		if got := w.got("https://a."); len(got) != 2 || got[1] != string(deletion.Body) {
			t.Errorf("after the failed Create came %q", got[1:])
		}
	})
}

func TestACancelledFollowerGetsNothingMore(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		a, b := "https://a.example/inbox", "https://a.example/other"
		enqueue(t, db, activity("Create", post, noon), noon, a, b)
		enqueueFor(t, db, 8, activity("Create", post+"8", noon), a, b)
		cancel := func(blog database.ID, inboxes ...string) int64 {
			n, err := delivery.Cancel(t.Context(), db, blog, inboxes)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := cancel(7, a, a, "https://nobody.example/inbox", "no address"); n != 1 {
			t.Errorf("cancelled %d for one blog", n)
		}
		if n := cancel(0, b); n != 2 {
			t.Errorf("cancelled %d for all blogs", n)
		}
		if n := cancel(0); n != 0 {
			t.Errorf("cancelled %d for nobody", n)
		}
		w := newWorld()
		start(t, newWorker(db, w, (&clock{now: noon}).Now))
		waitFor(t, db, map[string]int{delivery.Cancelled: 3, delivery.Delivered: 1})
		if got := w.got("https://"); len(got) != 1 {
			t.Errorf("arrived: %q", got)
		}
	})
}
