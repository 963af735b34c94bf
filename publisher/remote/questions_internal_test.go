package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

// from is the context of a request from this address.
func from(t *testing.T, address string) (ctx context.Context) {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.RemoteAddr = address + ":1"
	web.Proxies{}.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).
		ServeHTTP(httptest.NewRecorder(), r)
	return ctx
}

// asked counts what is asked at once, by a name.
type asked struct {
	questions
	t    *testing.T
	all  sync.WaitGroup
	mu   sync.Mutex
	now  map[string]int
	most map[string]int
	late atomic.Int64
}

// ask asks for address from a network, which takes a second to answer, and counts it for all and as name.
func (a *asked) ask(network, name, address string) {
	ctx := a.t.Context()
	if network != "" {
		ctx = from(a.t, network)
	}
	a.all.Go(func() {
		_, err := a.questions.ask(ctx, address, address, false, func(context.Context) (any, error) {
			for _, name := range []string{name, "all"} {
				a.count(name, 1)
				defer a.count(name, -1)
			}
			time.Sleep(time.Second)
			return nil, nil
		})
		if errors.Is(err, errCrowded) {
			a.late.Add(1)
		} else if err != nil {
			a.t.Error(err)
		}
	})
}

func (a *asked) count(name string, by int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.now == nil {
		a.now, a.most = map[string]int{}, map[string]int{}
	}
	a.now[name] += by
	a.most[name] = max(a.most[name], a.now[name])
}

func (a *asked) nowOf(name string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now[name]
}

func (a *asked) mostOf(name string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.most[name]
}

func (a *asked) failed(address string, times int) {
	a.standing.start()
	for range times {
		a.standing.failures.Take(askerOf(from(a.t, address)).name)
	}
}

func bubble(t *testing.T, story func(t *testing.T, a *asked)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { story(t, &asked{t: t}) })
}

func TestFewQuestionsAreAskedAtOnce(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		network func(n int) string
		address func(n int) string
		most    int
	}{
		"of a host":     {func(n int) string { return fmt.Sprint("198.51.100.", n) }, func(n int) string { return fmt.Sprint("https://a.test/", n) }, bounds.LookupsPerHost},
		"of a site":     {func(n int) string { return fmt.Sprint("198.51.100.", n) }, func(n int) string { return fmt.Sprintf("https://h%d.a.test/", n) }, bounds.LookupsPerSite},
		"for a network": {func(int) string { return "198.51.100.1" }, func(n int) string { return fmt.Sprintf("https://a%d.test/", n) }, bounds.LookupsPerNetwork},
		"for all":       {func(n int) string { return fmt.Sprint("198.51.100.", n) }, func(n int) string { return fmt.Sprintf("https://a%d.test/", n) }, bounds.LookupsAtOnce},
		"for ourselves": {func(int) string { return "" }, func(n int) string { return fmt.Sprintf("https://a%d.test/", n) }, bounds.LookupsAtOnce},
		"for everybody": {func(int) string { return "10.0.0.1" }, func(n int) string { return fmt.Sprintf("https://a%d.test/", n) }, bounds.LookupsAtOnce * 3 / 4},
	} {
		t.Run(what, func(t *testing.T) {
			bubble(t, func(t *testing.T, a *asked) {
				for n := range 90 {
					a.ask(c.network(n), "", c.address(n))
				}
				a.all.Wait()
				if a.mostOf("all") != c.most {
					t.Errorf("%d at once, want %d", a.mostOf("all"), c.most)
				}
			})
		})
	}
}

func TestSameQuestionIsAskedOnceForAll(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		for n := range 90 {
			a.ask(fmt.Sprint("198.51.100.", n), "same", "https://a.test/")
		}
		a.all.Wait()
		if a.mostOf("same") != 1 || a.late.Load() > 0 {
			t.Errorf("%d at once, %d late", a.mostOf("same"), a.late.Load())
		}
	})
}

// TestWhatFailsWaitsBehind has twenty networks that have failed wait for a host, and then one that has not.
func TestWhatFailsWaitsBehind(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		for n := range 20 {
			network := fmt.Sprint("198.51.100.", n)
			a.failed(network, bounds.LookupFailures.Burst)
			a.ask(network, "failing", fmt.Sprint("https://a.test/", n))
		}
		synctest.Wait()
		began := time.Now()
		a.ask("203.0.113.1", "honest", "https://a.test/honest")
		synctest.Wait()
		if a.mostOf("honest") != 1 || time.Since(began) > 0 {
			t.Error("the honest question was not asked at once")
		}
		a.all.Wait()
		if a.mostOf("failing") != bounds.LookupsPerHost/2 {
			t.Errorf("%d of those who fail at once", a.mostOf("failing"))
		}
	})
}

// TestJoinedQuestionHasTheBestRightOfThoseWhoAsk: to ask first for what somebody else needs holds nobody up.
func TestJoinedQuestionHasTheBestRightOfThoseWhoAsk(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		a.failed("198.51.100.1", bounds.LookupFailures.Burst)
		for n := range 10 {
			a.ask("198.51.100.1", "failing", fmt.Sprint("https://a.test/", n))
			synctest.Wait() // so that they stand in this order
		}
		a.ask("203.0.113.1", "honest", "https://a.test/9")
		synctest.Wait()
		if a.nowOf("failing") != 1+bounds.LookupsPerHost/2 {
			t.Errorf("%d at once: the last question was not begun for who has a right to it", a.nowOf("failing"))
		}
		a.all.Wait()
	})
}

func TestTooManyWaitersAreTurnedAway(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		for n := range bounds.LookupsWaiting + 7 {
			a.ask("198.51.100.1", "", fmt.Sprint("https://a.test/", n))
		}
		synctest.Wait()
		if a.late.Load() != 7 {
			t.Errorf("%d of one network turned away at once", a.late.Load())
		}
		a.ask("203.0.113.1", "honest", "https://a.test/honest") // has its turn next
		a.all.Wait()
		if a.mostOf("honest") != 1 {
			t.Error("the honest question was not asked")
		}
	})
	bubble(t, func(t *testing.T, a *asked) {
		for n := range bounds.LookupsWaitingAll + 200 {
			a.ask(fmt.Sprintf("198.51.%d.%d", n/30, n%30), "", fmt.Sprint("https://a.test/", n))
		}
		synctest.Wait()
		if late := a.late.Load(); late < 190 || late > 200 {
			t.Errorf("%d turned away at once", late)
		}
		a.all.Wait()
	})
}

func TestSiteIsAskedAtAPaceUntilItSpeaks(t *testing.T) {
	t.Parallel()
	const more = 100
	took := func(network string, known bool) (d time.Duration) {
		bubble(t, func(t *testing.T, a *asked) {
			m := &Directory{}
			began := time.Now()
			for n := range bounds.LookupPace.Burst + more {
				if n == 0 && known {
					m.Verified(from(t, network), "https://a.test/key", "https://a.test/ada")
				}
				m.questions.ask(from(t, network), fmt.Sprint(n), "https://a.test/", false, func(context.Context) (any, error) { return nil, nil })
			}
			d = time.Since(began)
		})
		return d
	}
	paced := more * bounds.LookupPace.Every
	if d := took("198.51.100.1", false); d < paced-time.Second || d > paced+time.Second {
		t.Errorf("a stranger: %v", d)
	}
	if d := took("198.51.100.1", true); d > 0 {
		t.Errorf("the network of the site: %v", d)
	}
}

// TestManyNetworksOfOneCustomerAreOneThatFails: an IPv6 customer has thousands.
func TestManyNetworksOfOneCustomerAreOneThatFails(t *testing.T) {
	t.Parallel()
	m := &Directory{}
	for n := range 4 * bounds.LookupFailures.Burst {
		m.Unverified(from(t, fmt.Sprintf("[2a00:1:2:%x::1]", n)), signature.ErrMismatch)
	}
	for address, want := range map[string]rank{"[2a00:1:2:ffff::1]": failing, "[2a00:1:3::1]": unknown} {
		if got := m.questions.standing.rank(askerOf(from(t, address)), "a.test", nil); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestAPanicReachesThoseWhoAskAndNobodyElse(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		for n := range 3 {
			a.all.Go(func() {
				_, err := a.questions.ask(t.Context(), "same", "https://a.test/", false, func(context.Context) (any, error) { panic("oh") })
				if err == nil || !strings.Contains(err.Error(), "panic: oh") {
					t.Errorf("asker %d: %v", n, err)
				}
			})
		}
		a.all.Wait()
		a.ask("198.51.100.1", "next", "https://a.test/")
		a.all.Wait()
		if a.mostOf("next") != 1 {
			t.Error("nobody is asked afterwards")
		}
	})
}

// TestEachKnockCountsForThePace: a question that is asked twice, or that leads about on its own host, is as many requests there.
func TestEachKnockCountsForThePace(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, a *asked) {
		m, stranger := &Directory{}, from(t, "198.51.100.1")
		_, err := m.questions.ask(stranger, "key", "https://a.test/", false, func(ctx context.Context) (any, error) {
			hop := visitor{
				questions: &m.questions, who: askerOf(ctx), free: func(string) bool { return false }, home: "a.test", at: "a.test",
			}
			for n := range bounds.LookupPace.Burst {
				if err := hop.to(fmt.Sprint("https://a.test/", n)); err != nil {
					return nil, fmt.Errorf("knock %d: %w", n, err)
				}
			}
			if err := hop.to("https://a.test/more"); !errors.Is(err, errCrowded) || !hop.crowded {
				return nil, fmt.Errorf("a knock too many: %w", err)
			}
			return nil, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
