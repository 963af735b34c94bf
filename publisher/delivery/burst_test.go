package delivery_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
)

// A server without a shared inbox gets a post once for each follower there, so its trouble shows
// many times in one moment. How long it then waits follows from how long its trouble lasts.
func TestKindsOfTroubleThatPass(t *testing.T) {
	refuse := func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }
	silence := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	const host = "gts.example"
	for _, test := range []struct {
		what      string
		followers int
		trouble   time.Duration
		answer    func(*http.Request) (*http.Response, error)
		known     string // what of the host was known: it "took" something, "spoke", or nothing
		within    time.Duration
		least     time.Duration
		failures  int // at the end of the first second
	}{
		{"a restart", 5, 124 * time.Millisecond, refuse, "took", time.Minute, 0, 1},
		{"a proxy without its server", 12, 10 * time.Second, always(502), "took", time.Minute, 0, 1},
		{"a locked database", 40, 25 * time.Second, always(500), "took", time.Minute, 0, 1},
		{"few followers", 3, 5 * time.Second, always(504), "took", time.Minute + 5*time.Second, 0, 1},
		{"an update of ten minutes", 30, 10 * time.Minute, refuse, "took", 17 * time.Minute, 10 * time.Minute, 1},
		{"no answer", 6, 20 * time.Second, silence, "took", 2 * time.Minute, 0, 0},
		{"new people, whose Follows came from there", 8, 9 * time.Second, always(503), "spoke", time.Minute, 0, 1},
		{"a host that strangers call an inbox", 8, 9 * time.Second, refuse, "", time.Hour, 30 * time.Minute, 1},
	} {
		t.Run(test.what, func(t *testing.T) {
			trial(t, func(t *testing.T, db *database.DB, w *world, worker *delivery.Worker) {
				began := time.Now()
				if test.known != "" {
					accepting(t, db, "https://"+host+"/inbox")
				}
				if test.known == "spoke" {
					if _, err := db.Exec(t.Context(), `UPDATE hosts SET succeeded_at = 0, spoke_at = 1`); err != nil {
						t.Fatal(err)
					}
				}
				w.answers(func(r *http.Request) (*http.Response, error) {
					if time.Since(began) < test.trouble {
						return test.answer(r)
					}
					return always(http.StatusAccepted)(r)
				})
				var inboxes []string
				for i := range test.followers {
					inboxes = append(inboxes, fmt.Sprintf("https://%s/users/%d/inbox", host, i))
				}
				enqueue(t, db, activity("Create", post, began), began, inboxes...)
				worker.Wake()
				time.Sleep(time.Second)
				var failures int
				err := db.QueryRow(t.Context(), `SELECT COALESCE(MAX(failures), 0) FROM hosts WHERE host = ?`, host).Scan(&failures)
				if err != nil || failures != test.failures {
					t.Errorf("%d failures, want %d; %v", failures, test.failures, err)
				}
				for {
					counts, err := delivery.Counts(t.Context(), db)
					if err != nil {
						t.Fatal(err)
					}
					if counts[delivery.Delivered] == test.followers {
						break
					}
					if time.Since(began) > 2*time.Hour {
						t.Fatalf("after two hours: %v", counts)
					}
					time.Sleep(time.Second)
				}
				took := time.Since(began)
				t.Logf("delivered after %v, with %d requests", took, w.requests(host))
				if took > test.within || took < test.least {
					t.Errorf("delivered after %v, want %v to %v", took, test.least, test.within)
				}
				if n := w.requests(host) - test.followers; n > 16 {
					t.Errorf("%d requests in vain", n)
				}
			})
		})
	}
}
