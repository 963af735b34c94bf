package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestWhoAsksIsWhatTrustedProxiesSay(t *testing.T) {
	const proxy, other = "10.0.0.7:4711", "203.0.113.9:4711"
	for _, c := range []struct {
		name, peer    string
		trusted, hops []string
		want          string
	}{
		{"nobody in between", other, nil, nil, "203.0.113.9"},
		{"a header that nobody vouches for", other, []string{"10.0.0.0/8"}, []string{"198.51.100.1"}, "203.0.113.9"},
		{"a trusted proxy", proxy, []string{"10.0.0.0/8"}, []string{"198.51.100.1"}, "198.51.100.1"},
		{"by its address", proxy, []string{"10.0.0.7"}, []string{"198.51.100.1"}, "198.51.100.1"},
		{"what the client wrote before it", proxy, []string{"10.0.0.0/8"}, []string{"192.0.2.1, 198.51.100.1"}, "198.51.100.1"},
		{"the same in two headers", proxy, []string{"10.0.0.0/8"}, []string{"192.0.2.1", "198.51.100.1"}, "198.51.100.1"},
		{"two proxies", proxy, []string{"10.0.0.0/8"}, []string{"198.51.100.1, 10.1.1.1"}, "198.51.100.1"},
		{"nonsense", proxy, []string{"10.0.0.0/8"}, []string{"198.51.100.1, unknown"}, ""},
		{"an untold proxy stands for all the world", proxy, nil, []string{"198.51.100.1"}, ""},
		{"a proxy on this computer", "127.0.0.1:80", nil, []string{"192.0.2.1, 198.51.100.1"}, "198.51.100.1"},
		{"and one behind it that nobody named", "[::1]:80", nil, []string{"198.51.100.1, 10.1.1.1"}, ""},
		{"this computer", "127.0.0.1:80", nil, nil, ""},
		{"a mapped address", "[::ffff:203.0.113.9]:80", nil, nil, "203.0.113.9"},
		{"IPv6 by its network", "[2001:db8:1:2:3:4:5:6]:80", nil, nil, "2001:db8:1:2::/64"},
		{"IPv6 proxy", "[::1]:80", []string{"::1"}, []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"no address at all", "@", nil, nil, ""},
	} {
		proxies, err := web.ParseProxies(c.trusted)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.hops
		proxies.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := web.Client(r); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

func TestForwardedHostsCountFromTrustedProxiesOnly(t *testing.T) {
	proxies, err := web.ParseProxies([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	for peer, want := range map[string][]string{"127.0.0.1:80": {"blog.example", "inner"}, "127.0.0.2:80": nil, "203.0.113.9:80": nil} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Forwarded-Host"] = []string{"blog.example, inner"}
		proxies.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if got := web.ForwardedHosts(r); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", peer, got, want)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

func TestProxyThatNobodyNamedIsToldOfOnce(t *testing.T) {
	proxies, err := web.ParseProxies([]string{"10.0.0.7"})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	handler := proxies.WarnOfUnnamed(slog.New(slog.NewTextHandler(&log, nil)), http.NotFoundHandler())
	send := func(peer string, hops ...string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = peer, hops
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	for _, peer := range []string{"127.0.0.1:80", "10.0.0.7:80", "203.0.113.9:80"} {
		send(peer, "198.51.100.1")
	}
	send("172.18.0.1:80")
	if log.Len() > 0 {
		t.Errorf("logged %s", log.String())
	}
	for range 3 {
		send("172.18.0.1:80", "198.51.100.1")
	}
	if got := log.String(); strings.Count(got, "trusted_proxies") != 1 || !strings.Contains(got, "172.18.0.1") {
		t.Errorf("logged %q", got)
	}
}

func TestProxiesAreAddressesOrRanges(t *testing.T) {
	for _, wrong := range []string{"localhost", "10.0.0.0/33", "10.0.0.1:80", ""} {
		if _, err := web.ParseProxies([]string{wrong}); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

func TestLimiterLetsABurstThroughAndThenARate(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := &web.Limiter{Rate: bounds.Rate{Burst: 3, Every: time.Second}, Now: func() time.Time { return now }}
	take := func(name string, n int) (taken int) {
		for range n {
			if l.Take(name) {
				taken++
			}
		}
		return taken
	}
	if got := take("a", 5); got != 3 || l.Has("a") || !l.Has("b") {
		t.Errorf("%d at once, want 3", got)
	}
	now = now.Add(2 * time.Second)
	if got := take("a", 5); got != 2 {
		t.Errorf("%d after two seconds, want 2", got)
	}
	now = now.Add(2 * time.Second) // the names are turned over meanwhile; "a" must not get a new burst by that
	if got := take("a", 5); got != 2 {
		t.Errorf("%d after two more seconds, want 2", got)
	}
	for n := range 50_000 { // who only asks pushes nobody out
		l.Has(fmt.Sprint(n))
	}
	if l.Has("a") {
		t.Error("others asked, and what somebody took is forgotten")
	}
	if got := take("", 10); got != 10 {
		t.Errorf("%d of nobody, want 10", got)
	}
	var none *web.Limiter
	if !none.Take("a") || !none.Has("a") {
		t.Error("no limiter limits")
	}
}
