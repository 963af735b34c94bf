package cli

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
)

// forgery is many requests from many networks that are said to be signed by people of one server.
type forgery struct {
	networks  []string
	each      int                // requests of a network
	every     time.Duration      // between two of them
	keyID     func(n int) string // of the n-th
	newcomers int                // honest people of the same server
	from      string             // and their network
}

// outcome is what became of the newcomers.
type newcomersOutcome struct {
	late    int           // 429
	met     int           // 202
	longest time.Duration // that one of them waited for the answer
	most    int           // questions to the server at once
}

const crowded = "mastodon.test"

// againstNewcomers lets forgers send, and then newcomers of the same server, while more is forged.
func againstNewcomers(t *testing.T, a forgery, changes ...func(*config.Settings)) (o newcomersOutcome) {
	t.Helper()
	c := newChecked(t, append(changes, func(s *config.Settings) { s.TrustedProxies = []string{"192.0.2.1"} })...)
	liar := c.person(fediversetest.OwnKey)
	people := make([]*fediversetest.Person, a.newcomers)
	for n := range people {
		people[n] = c.f.Person(fmt.Sprint("new", n), crowded)
	}
	c.f.Fail(crowded, fediversetest.Fault{Delay: 100 * time.Millisecond})
	var all sync.WaitGroup
	for i, network := range a.networks {
		all.Go(func() {
			for n := range a.each {
				all.Go(func() {
					liar.Like(c.post, fediversetest.WithKeyID(a.keyID(i*a.each+n)), fediversetest.Header("X-Forwarded-For", network))
				})
				time.Sleep(a.every)
			}
		})
	}
	time.Sleep(time.Duration(a.each) * a.every / 2)
	var late, met, longest atomic.Int64
	for _, eve := range people {
		time.Sleep(50 * time.Millisecond)
		all.Go(func() {
			began := time.Now()
			switch status := eve.Like(c.post, fediversetest.Header("X-Forwarded-For", a.from)).Status; status {
			case http.StatusTooManyRequests:
				late.Add(1)
			case http.StatusAccepted:
				met.Add(1)
			default:
				t.Errorf("a newcomer got %d", status)
			}
			for took := int64(time.Since(began)); took > longest.Load(); {
				longest.Store(took)
			}
		})
	}
	all.Wait()
	return newcomersOutcome{int(late.Load()), int(met.Load()), time.Duration(longest.Load()), c.f.MostAtOnce(crowded)}
}

func networks(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("198.51.%d.%d", i/250, 1+i%250))
	}
	return all
}

// TestForgersDoNotKeepTheNewcomersOfAServerOut has people of other networks name a server, each in
// one of the ways that make us ask it, while its own people come here for the first time.
func TestForgersDoNotKeepTheNewcomersOfAServerOut(t *testing.T) {
	t.Parallel()
	for what, keyID := range map[string]func(n int) string{
		"people who are not there": func(n int) string { return fmt.Sprintf("https://%s/users/nobody%d#main-key", crowded, n) },
		"keys of one document":     func(n int) string { return fmt.Sprintf("https://%s/users/nobody#key-%d", crowded, n) },
		"people who are there":     func(n int) string { return fmt.Sprintf("https://%s/users/new%d#main-key", crowded, n%20) },
		"hosts below the domain":   func(n int) string { return fmt.Sprintf("https://h%d.%s/users/nobody#main-key", n, crowded) },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := againstNewcomers(t, forgery{
					networks: networks(costtest.Pick(3, 100)), each: costtest.Pick(30, 30), every: costtest.Pick(20*time.Millisecond, time.Second),
					keyID: keyID, newcomers: costtest.Pick(20, 84), from: "203.0.113.7",
				})
				t.Logf("%+v", o)
				want(t, "newcomers who were told to come later", o.late, 0)
				want(t, fmt.Sprintf("questions at once: %d", o.most), o.most <= bounds.LookupsPerHost, true)
				want(t, fmt.Sprint("the longest wait: ", o.longest), o.longest <= 5*time.Second, true)
			})
		})
	}
}

// TestReadersWhoForgeAreHeldBack: what makes us ask for keys is counted wherever it comes in.
func TestReadersWhoForgeAreHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, func(s *config.Settings) {
			s.Federation.AuthorizedFetch = true
			s.TrustedProxies = []string{"192.0.2.1"}
		})
		most := shortened(t, c.Gate.UnknownKeyLimit, bounds.UnverifiedRequests)
		liar := c.person(fediversetest.OwnKey)
		held := 0
		for n := range most + 20 {
			asked := liar.Ask(c.post, fediversetest.WithKeyID(fmt.Sprintf("https://%s/users/nobody%d#main-key", crowded, n)),
				fediversetest.Header("X-Forwarded-For", "198.51.100.1"))
			if asked.Status == http.StatusTooManyRequests {
				held++
			}
		}
		want(t, fmt.Sprint("held back: ", held), held > 0, true)
		honest := c.person().Ask(c.post, fediversetest.Header("X-Forwarded-For", "203.0.113.7"))
		want(t, "somebody elsewhere", honest.Status, http.StatusOK)
	})
}
