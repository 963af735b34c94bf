package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestTheLedgerSaysWhatFailsAndWhy(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Host {
			case "pasture.example":
				return respond(r, 503, "under repair", "Retry-After", "240"), nil
			case "barn.example":
				return respond(r, 422, "<b>no</b>\n"), nil
			case "gone.example":
				return respond(r, 410, ""), nil
			case "dark.example":
				return nil, errors.New("no such host")
			}
			return respond(r, 202, "thanks"), nil
		})
		a := activity("Create", post, noon)
		enqueue(t, db, a, noon, "https://pasture.example/inbox", "https://barn.example/inbox", "https://gone.example/inbox",
			"https://dark.example/inbox", "https://fine.example/inbox")
		start(t, newWorker(db, w, c.Now))
		waitForTries(t, db, 5)
		failing, err := delivery.Failing(t.Context(), db, 10)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, d := range failing {
			lines = append(lines, d.Explain(noon))
			if d.ActivityURI != a.URI || d.Kind != "Create" || d.BlogID != 7 || !d.CreatedAt.Equal(noon) {
				t.Errorf("row %+v", d)
			}
		}
		want := []string{
			"pasture.example answered 503, next try in 4 min",
			"dark.example was not reached (POST https://dark.example/inbox: no such host), next try in 1 min",
			"barn.example answered 422, not tried again",
			"gone.example answered 410: no such inbox, not tried again",
		}
		if strings.Join(lines, "\n") != strings.Join(want, "\n") {
			t.Errorf("it says\n%s", strings.Join(lines, "\n"))
		}
		if some, err := delivery.Failing(t.Context(), db, 3); err != nil || len(some) != 3 || some[2].LastAnswer != "<b>no</b>" {
			t.Errorf("at most 3: %+v, %v", some, err)
		}
	})
}

func TestRowsStayAndAreCountedForEver(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		w.answers(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "barn.example" {
				return respond(r, 422, "no"), nil
			}
			return respond(r, 202, ""), nil
		})
		var inboxes []string
		for i := range 1100 {
			inboxes = append(inboxes, fmt.Sprintf("https://h%d.example/inbox", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, append(inboxes, "https://barn.example/inbox")...)
		start(t, newBulkWorker(db, w, c.Now))
		counts := map[string]int{delivery.Delivered: 1100, delivery.Refused: 1}
		waitFor(t, db, counts)
		c.advance(89 * 24 * time.Hour)
		settleDown(t, db, w, c)
		expectRows(t, db, 1102, "1 = 1")
		c.advance(2 * 24 * time.Hour)
		expectRows(t, db, 2, "1 = 1") // those that failed, and the newest
		waitFor(t, db, map[string]int{delivery.Delivered: 1101, delivery.Refused: 1})
	})
}

func expectRows(t *testing.T, db *database.DB, want int, where string) {
	t.Helper()
	costtest.Until(t, fmt.Sprintf("%d rows where %s", want, where), func() bool {
		var n int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM deliveries WHERE `+where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == want
	})
}

func TestOurOwnTroubleIsNoFailureOfTheHost(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w, c := newWorld(), &clock{now: noon}
		var inboxes []string
		for i := range 20 {
			inboxes = append(inboxes, fmt.Sprintf("https://a.example/%d", i))
		}
		enqueue(t, db, activity("Create", post, noon), noon, inboxes...)
		worker := newWorker(db, w, c.Now)
		worker.Keys = func(context.Context, string) (signature.Key, error) {
			return signature.Key{}, errors.New("the secret key file is missing")
		}
		stop := start(t, worker)
		waitForTries(t, db, 20)
		stop()
		const want = "a.example was not reached (our own trouble: the secret key file is missing), next try in 1 min"
		if got := row(t, db, inboxes[3]).Explain(noon); got != want {
			t.Error(got)
		}
		c.advance(time.Minute)
		start(t, newWorker(db, w, c.Now))
		waitFor(t, db, map[string]int{delivery.Delivered: 20})
	})
}
