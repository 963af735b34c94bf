package delivery_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const (
	actor = "https://blog.example/blogs/tea"
	post  = "https://blog.example/posts/1"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is all inboxes there are. answer says what one answers; it may be changed at any time.
type world struct {
	mu     sync.Mutex
	answer func(r *http.Request) (*http.Response, error)
	log    []arrival
}

// arrival is a request that reached an inbox, whatever came of it.
type arrival struct {
	inbox  string
	body   string
	at     time.Time
	scheme signature.Scheme
}

func newWorld() *world { return &world{answer: always(http.StatusAccepted)} }

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.log = append(w.log, arrival{r.URL.String(), string(body), time.Now(), signature.SchemeOf(r)})
	answer := w.answer
	w.mu.Unlock()
	return answer(r)
}

func (w *world) answers(f func(r *http.Request) (*http.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = f
}

// got lists what reached inboxes that begin with prefix, once for each try: the second knock of one is left out.
func (w *world) got(prefix string) (bodies []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.log {
		if strings.HasPrefix(a.inbox, prefix) && a.scheme == signature.Cavage {
			bodies = append(bodies, a.body)
		}
	}
	return bodies
}

func always(status int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) { return respond(r, status, ""), nil }
}

func respond(r *http.Request, status int, body string, headers ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	for i := 0; i+1 < len(headers); i += 2 {
		res.Header.Set(headers[i], headers[i+1])
	}
	return res
}

// shortKey signs six times as fast as key. It is for worlds in which nobody verifies the very many
// requests that they get.
var (
	key      = sync.OnceValue(func() signature.Key { return keyOf(2048) })
	shortKey = sync.OnceValue(func() signature.Key { return keyOf(1024) })
)

func keyOf(bits int) signature.Key {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return signature.Key{ID: actor + "#main-key", Private: private}
}

func keys(context.Context, string) (signature.Key, error) { return key(), nil }

// newBulkWorker is newWorker with the short key.
func newBulkWorker(db *database.DB, w http.RoundTripper, now func() time.Time) *delivery.Worker {
	worker := newWorker(db, w, now)
	worker.Keys = func(context.Context, string) (signature.Key, error) { return shortKey(), nil }
	return worker
}

// newWorker retries at the late end of each interval.
func newWorker(db *database.DB, w http.RoundTripper, now func() time.Time) *delivery.Worker {
	worker := &delivery.Worker{
		DB:     db,
		Client: safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: w}),
		Keys:   keys,
		Log:    slog.New(slog.DiscardHandler),
		Now:    now,
		Jitter: func() float64 { return 1 },
	}
	if now != nil {
		worker.Timeout, worker.Lease = testLease/2, testLease
	}
	return worker
}

// testLease is for workers with a clock that the test moves. The deadlines of their requests still
// go by the real one, and must not end what a test holds up on a slow machine.
const testLease = 20 * time.Minute

// start runs a worker until the test or the returned function ends it. It is woken all the time, for what moves a test's clock and changes
// its tables tells no worker.
func start(t testing.TB, w *delivery.Worker) (stop func()) {
	t.Helper()
	stop = startAlone(t, w)
	hints := time.NewTicker(5 * time.Millisecond)
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case <-hints.C:
				w.Wake()
			case <-ended:
				return
			}
		}
	}()
	t.Cleanup(func() {
		hints.Stop()
		close(ended)
	})
	return stop
}

// startAlone runs a worker that nobody wakes.
func startAlone(t testing.TB, w *delivery.Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

// activity makes one of the given kind about the post; its body is its id.
func activity(kind, object string, now time.Time) delivery.Activity {
	id := database.NewID(now)
	uri := fmt.Sprintf("https://blog.example/activities/%s-%s", strings.ToLower(kind), id)
	return delivery.Activity{ID: id, URI: uri, Sender: actor, Kind: kind, ObjectURI: object, Body: []byte(uri)}
}

func enqueue(t testing.TB, db *database.DB, a delivery.Activity, now time.Time, inboxes ...string) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *database.Tx) error {
		return delivery.Enqueue(t.Context(), tx, a, 7, inboxes, now)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waitFor waits until the counts of the ledger are these.
func waitFor(t testing.TB, db *database.DB, want map[string]int) {
	t.Helper()
	costtest.Until(t, fmt.Sprintf("a ledger of %v", want), func() bool {
		got, err := delivery.Counts(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got) == fmt.Sprint(want)
	})
}

// accepting makes hosts ones that have taken something before.
func accepting(t testing.TB, db *database.DB, inboxes ...string) {
	t.Helper()
	for _, inbox := range inboxes {
		host, _, _ := strings.Cut(strings.TrimPrefix(inbox, "https://"), "/")
		if _, err := db.Exec(t.Context(), `
			INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, last_error, updated_at)
			VALUES (?, 0, 0, 0, 1, '', 1)`, host); err != nil {
			t.Fatal(err)
		}
	}
}

// silent takes everything and remembers nothing.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// waitLongest is longer than any wait before a retry, and shorter than what makes a delivery expire.
const waitLongest = 13 * time.Hour

func enqueueFor(t testing.TB, db *database.DB, blog database.ID, a delivery.Activity, inboxes ...string) {
	t.Helper()
	if err := delivery.Enqueue(t.Context(), db, a, blog, inboxes, noon); err != nil {
		t.Fatal(err)
	}
}

func revive(t testing.TB, db *database.DB, host string) {
	t.Helper()
	if _, err := delivery.Revive(t.Context(), db, host); err != nil {
		t.Fatal(err)
	}
}

// row reads a delivery by its inbox.
func row(t testing.TB, db *database.DB, inbox string) (d delivery.Delivery) {
	t.Helper()
	var next int64
	err := db.QueryRow(t.Context(), `
		SELECT state, attempts, last_status, last_answer, next_attempt_at, host
		FROM deliveries
		WHERE inbox_hash = ?
		ORDER BY activity_id DESC
		LIMIT 1`, database.Hash(inbox)).Scan(&d.State, &d.Attempts, &d.LastStatus, &d.LastAnswer, &next, &d.Host)
	if err != nil {
		t.Fatal(err)
	}
	d.NextAttemptAt = database.Time(next)
	return d
}

func waitForRow(t testing.TB, db *database.DB, inbox string, ready func(delivery.Delivery) bool) delivery.Delivery {
	t.Helper()
	var d delivery.Delivery
	costtest.Until(t, "the delivery to "+inbox, func() bool {
		d = row(t, db, inbox)
		return ready(d)
	})
	return d
}

// waitForTries waits until the deliveries were tried so often, all together.
func waitForTries(t testing.TB, db *database.DB, want int) {
	t.Helper()
	costtest.Until(t, fmt.Sprintf("%d tries", want), func() bool {
		var got int
		if err := db.QueryRow(t.Context(), `SELECT COALESCE(SUM(attempts), 0) FROM deliveries`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got == want
	})
}

// settleDown shows that a running worker has nothing else to send: a delivery enqueued last arrives, by when anything due would have too.
func settleDown(t testing.TB, db *database.DB, w *world, c *clock) {
	t.Helper()
	last := activity("Accept", "", c.Now())
	inbox := "https://last.example/" + last.ID.String()
	enqueue(t, db, last, c.Now(), inbox)
	waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
}
