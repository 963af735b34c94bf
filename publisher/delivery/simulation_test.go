package delivery_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// simulatedHosts are few with the race detector, which makes everything ten times as slow.
var simulatedHosts = costtest.Pick(map[bool]int{false: 400, true: 200}[costtest.Race], 5000)

// TestTwoWeeksOfAFediverse lets two weeks pass over 400 hosts, 5,000 in the long form. Half of
// them are dead, one in twenty is slow, one in twenty says 429 to every first try, and one is away
// for 13 days. The fleet keeps its own log, which is what the end is judged by.
//
// Three things are made smaller so that it takes seconds: keys have 512 bits, failing hosts are
// left alone for three days and not for half an hour (2,500 dead hosts would otherwise cost 1.6
// million tries), and the worker looks every four minutes.
func TestTwoWeeksOfAFediverse(t *testing.T) {
	key := smallKey(t)
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{began: time.Now(), accepted: map[string][]arrival{}, asked: map[string]bool{}}
		db := databasetest.Open(t)
		worker := newWorker(db, f, nil)
		worker.Keys = func(context.Context, string) (signature.Key, error) { return key, nil }
		worker.Tick, worker.Pause, worker.Jitter = 4*time.Minute, 3*day, nil
		stop := startAlone(t, worker)
		s := &simulation{T: t, db: db, fleet: f, worker: worker}
		for i := range simulatedHosts {
			accepting(t, db, inboxOf(i))
		}

		s.send(0, "Create", 1) // before the host goes away
		s.send(day, "Create", 2)
		s.send(day, "Update", 2)
		s.send(day, "Update", 1)
		s.send(2*day, "Create", 3)
		s.send(day, "Delete", 3)
		s.send(day, "Create", 4)
		s.send(3*day, "Update", 2)
		s.send(2*day, "Create", 5)
		s.pass(day + 2*time.Hour)

		back := time.Now()
		s.checkLive()
		f.returned = true
		revive(t, db, hostOf(f.away()))
		worker.Wake()
		s.pass(10 * time.Minute)
		s.checkReturned(back)
		s.pass(day)
		stop()
		s.checkDead()
	})
}

func smallKey(t *testing.T) signature.Key {
	t.Setenv("GODEBUG", "rsa1024min=0")
	private, err := rsa.GenerateKey(rand.Reader, 512)
	if err != nil {
		t.Fatal(err)
	}
	return signature.Key{ID: actor + "#main-key", Private: private}
}

// fleet is the hosts and what they accepted, host by host.
type fleet struct {
	began    time.Time
	returned bool

	mu       sync.Mutex
	accepted map[string][]arrival
	asked    map[string]bool // requests that were answered 429 once
	tries    int
}

func hostOf(i int) string  { return fmt.Sprintf("h%d.example", i) }
func inboxOf(i int) string { return "https://" + hostOf(i) + "/inbox" }

func (f *fleet) away() int         { return 1 }
func isDeadHost(i int) bool        { return i%2 == 0 }
func isSlowHost(i int) bool        { return i%20 == 3 }
func isBusyHost(i int) bool        { return i%20 == 7 }
func (f *fleet) isAway() bool      { return time.Since(f.began) > time.Hour && !f.returned }
func (f *fleet) isLive(i int) bool { return !isDeadHost(i) && i != f.away() }

// RoundTrip answers as the host is.
func (f *fleet) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var i int
	fmt.Sscanf(r.URL.Host, "h%d.", &i)
	f.mu.Lock()
	f.tries++
	first := !f.asked[r.URL.Host+string(body)]
	f.asked[r.URL.Host+string(body)] = true
	f.mu.Unlock()
	switch {
	case isDeadHost(i), i == f.away() && f.isAway():
		return unreachable(r)
	case isBusyHost(i) && first:
		return respond(r, http.StatusTooManyRequests, "", "Retry-After", "90"), nil
	case isSlowHost(i):
		time.Sleep(10 * time.Second)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepted[r.URL.Host] = append(f.accepted[r.URL.Host], arrival{body: string(body), at: time.Now()})
	return respond(r, http.StatusAccepted, ""), nil
}

type simulation struct {
	*testing.T
	db     *database.DB
	fleet  *fleet
	worker *delivery.Worker
	sent   []delivery.Activity
}

// send lets time pass, and then something happens to a post.
func (s *simulation) send(after time.Duration, kind string, number int) {
	s.Helper()
	s.pass(after)
	a := activity(kind, fmt.Sprintf("https://blog.example/posts/%d", number), time.Now())
	a.Body = fmt.Appendf(nil, "%s %d of %s", kind, number, a.ID)
	if kind == "Update" {
		a.Joined = fmt.Appendf(nil, "Create %d of %s", number, a.ID)
	}
	inboxes := make([]string, simulatedHosts)
	for i := range inboxes {
		inboxes[i] = inboxOf(i)
	}
	enqueue(s, s.db, a, time.Now(), inboxes...)
	s.sent = append(s.sent, a)
	s.worker.Wake()
	s.pass(time.Hour)
}

// pass lets time pass; then the sums agree.
func (s *simulation) pass(d time.Duration) {
	s.Helper()
	time.Sleep(d)
	expectAgreement(s, s.db)
}

// checkLive: every live host has everything once, and of each post in order.
func (s *simulation) checkLive() {
	s.Helper()
	for i := range simulatedHosts {
		if !s.fleet.isLive(i) {
			continue
		}
		got := bodiesOf(s.fleet.accepted[hostOf(i)])
		want := make([]string, len(s.sent))
		for n, a := range s.sent {
			want[n] = string(a.Body)
		}
		if !slices.Equal(got, want) {
			s.Errorf("%s accepted %q, want %q", hostOf(i), got, want)
		}
	}
}

// checkReturned: what the host missed is there: posts once, as they are now; the one that was deleted meanwhile not at all.
func (s *simulation) checkReturned(back time.Time) {
	s.Helper()
	got := s.fleet.accepted[hostOf(s.fleet.away())]
	sent := s.sent
	want := []string{string(sent[0].Body), string(sent[3].Body), string(sent[6].Body), string(sent[7].Joined), string(sent[8].Body)}
	if !slices.Equal(bodiesOf(got), want) {
		s.Fatalf("after 13 days it got %q, want %q", bodiesOf(got), want)
	}
	s.Logf("back after %v: %d activities within %v", back.Sub(s.fleet.began), len(got)-1, got[len(got)-1].at.Sub(back))
}

// checkDead: nothing is lost: what did not arrive still waits, or something newer does in its place.
func (s *simulation) checkDead() {
	s.Helper()
	l, err := delivery.ReadLedger(s.Context(), s.db)
	if err != nil {
		s.Fatal(err)
	}
	s.Logf("%d hosts, %d enqueued, %d requests: %v", simulatedHosts, l.Enqueued, s.fleet.tries, l.States)
	live, dead := simulatedHosts/2-1, simulatedHosts/2
	if want := live*len(s.sent) + 5; l.States[delivery.Delivered] != want {
		s.Errorf("%d delivered, want %d", l.States[delivery.Delivered], want)
	}
	// For a dead host five were replaced by newer ones, and four still wait; for the one that was away, four were replaced.
	if l.Enqueued != simulatedHosts*len(s.sent) || l.States[delivery.Cancelled] != 5*dead+4 || l.States[delivery.Pending] != 4*dead {
		s.Errorf("the ledger has %+v", l)
	}
	for i := range simulatedHosts {
		if isDeadHost(i) && len(s.fleet.accepted[hostOf(i)]) > 0 {
			s.Errorf("%s is dead and accepted something", hostOf(i))
		}
	}
}

func bodiesOf(all []arrival) (bodies []string) {
	for _, a := range all {
		bodies = append(bodies, strings.Clone(a.body))
	}
	return bodies
}
