package safehttp_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// hostile are hosts that strangers write to reach the machine next door. Every name resolves to 127.0.0.1 here.
var hostile = []string{
	"127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
	"0", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "169.254.0.1", "169.254.169.254",
	"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1",
	"192.168.0.1", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
	"240.0.0.1", "255.255.255.255", "168.63.129.16",
	"[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:0:127.0.0.1]",
	"[::127.0.0.1]", "[::8.8.8.8]", "[64:ff9b::7f00:1]", "[64:ff9b::8.8.8.8]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]",
	"[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:20::1]", "[2001:db8::1]", "[2002:7f00:1::]", "[2002:808:808::1]",
	"[2620:4f:8000::1]", "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]",
	"localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "127.0.0.1.nip.example", "metadata.google.internal",
	"１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1", "user@127.0.0.1", "user:pass@127.0.0.1", "example.org\\@127.0.0.1", "",
}

func TestNoHostileAddressIsDialled(t *testing.T) {
	port := listen(t)
	client, log := safehttp.NewWatched(safehttp.Options{}, resolve(t, []string{"127.0.0.1"}))
	for _, host := range hostile {
		for _, url := range []string{"http://" + host + ":" + port + "/", "https://" + host + "/"} {
			_, err := client.Do(t.Context(), safehttp.Request{URL: url})
			if !isRefused(err) {
				t.Errorf("%s: got %v, want a refusal", url, err)
			}
		}
	}
	if passed := log.Passed(); len(passed) > 0 {
		t.Errorf("dialled %v", passed)
	}
}

func TestNoRedirectReachesAHostileAddress(t *testing.T) {
	port := listen(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	client, log := safehttp.NewWatched(safehttp.Options{Allow: allow(server)}, resolve(t, []string{"127.0.0.1"}))
	for _, host := range hostile {
		from := server.URL + "/?to=" + escape("http://"+host+":"+port+"/")
		_, err := client.Do(t.Context(), safehttp.Request{URL: from})
		if !isRefused(err) {
			t.Errorf("redirect to %q: got %v, want a refusal", host, err)
		}
	}
	if passed := log.Passed(); len(passed) > 0 {
		t.Errorf("dialled %v", passed)
	}
}

func TestPublicAddressesAreDialled(t *testing.T) {
	client, log := safehttp.NewWatched(safehttp.Options{}, resolve(t, []string{"93.184.216.34"}))
	want := []string{"8.8.8.8:80", "9.9.9.9:8443", "93.184.216.34:443", "[2606:4700:4700::1111]:443", "8.8.4.4:80"}
	urls := []string{"http://8.8.8.8/", "https://9.9.9.9:8443/", "https://blog.example/", "https://[2606:4700:4700::1111]/", "http://[::ffff:8.8.4.4]/"}
	for _, url := range urls {
		if _, err := client.Do(t.Context(), safehttp.Request{URL: url}); errors.Is(err, safehttp.ErrAddress) {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, address := range want {
		if passed := log.Passed(); !slices.Contains(passed, address) && !hasNoIPv6(address) {
			t.Errorf("%s was not dialled, only %v", address, passed)
		}
	}
}

// A name whose answer changes between two questions, and one that has a private address among public ones.
func TestNameThatTurnsPrivateIsRefused(t *testing.T) {
	public, private := "93.184.216.34", "127.0.0.1"
	t.Run("later", func(t *testing.T) {
		client, log := safehttp.NewWatched(safehttp.Options{}, resolve(t, []string{public}, []string{private}))
		request := safehttp.Request{URL: "http://rebind.example:8080/"}
		if _, err := client.Do(t.Context(), request); !errors.Is(err, safehttp.ErrWouldConnect) {
			t.Fatalf("first: got %v, want the public address let through", err)
		}
		if _, err := client.Do(t.Context(), request); !errors.Is(err, safehttp.ErrAddress) {
			t.Errorf("second: got %v, want ErrAddress", err)
		}
		if got := log.Passed(); !slices.Equal(got, []string{public + ":8080"}) {
			t.Errorf("let through %v", got)
		}
	})
	t.Run("at once", func(t *testing.T) {
		client, log := safehttp.NewWatched(safehttp.Options{}, resolve(t, []string{public, private, "10.0.0.1"}))
		client.Do(t.Context(), safehttp.Request{URL: "http://both.example:8080/"})
		if got := log.Passed(); !slices.Equal(got, []string{public + ":8080"}) {
			t.Errorf("let through %v", got)
		}
	})
}

func TestAllowOpensOneSpellingOnOnePort(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	port := portOf(server)
	other := listen(t)
	options := safehttp.Options{OnlyHTTPS: true, Allow: []string{"Blog.Example:" + port, "noport.example", "bücher.example:" + port}}
	client, log := safehttp.NewWatched(options, resolve(t, []string{"127.0.0.1"}))
	tests := []struct {
		url  string
		want error
	}{
		{"http://blog.example:" + port + "/", nil},
		{"http://BLOG.example:" + port + "/", nil},
		{"http://bücher.example:" + port + "/", nil},
		{"http://xn--bcher-kva.example:" + port + "/", nil},
		{"http://blog.example:" + other + "/", safehttp.ErrScheme},
		{"https://blog.example:" + other + "/", safehttp.ErrAddress},
		{"https://blog.example/", safehttp.ErrAddress},
		{"https://blog.example.:" + port + "/", safehttp.ErrAddress},
		{"https://127.0.0.1:" + port + "/", safehttp.ErrAddress},
		{"https://localhost:" + port + "/", safehttp.ErrAddress},
		{"https://sub.blog.example:" + port + "/", safehttp.ErrAddress},
		{"https://noport.example/", safehttp.ErrAddress},
		{"http://noport.example/", safehttp.ErrScheme},
		{"http://user@blog.example:" + port + "/", safehttp.ErrScheme},
	}
	for _, test := range tests {
		if _, err := client.Do(t.Context(), safehttp.Request{URL: test.url}); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.url, err, test.want)
		}
	}
	if passed := log.Passed(); len(passed) > 0 {
		t.Errorf("dialled %v", passed)
	}
}

func TestAllowKnowsDefaultPorts(t *testing.T) {
	client := safehttp.New(safehttp.Options{OnlyHTTPS: true, Allow: []string{"blog.example:80", "[::1]:8080"}})
	for url, allowed := range map[string]bool{
		"http://blog.example/": true, "http://blog.example:80/": true, "http://blog.example:/": true, "http://blog.example:8080/": false,
		"http://[::1]:8080/": true, "http://[0:0::1]:8080/": false, "http://[::1]/": false,
	} {
		if err := client.Check(url); (err == nil) != allowed {
			t.Errorf("%s: %v, want allowed %v", url, err, allowed)
		}
	}
}

// net/http reads these variables once in a process, so they are set before all tests.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		os.Setenv(name, "http://proxy.example:3128")
	}
	m.Run()
}

func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	hostPort := "blog.example:" + portOf(server)
	client, _ := safehttp.NewWatched(safehttp.Options{Allow: []string{hostPort}}, resolve(t, []string{"127.0.0.1"}))
	if _, err := client.Do(t.Context(), safehttp.Request{URL: "http://" + hostPort + "/"}); err != nil {
		t.Error(err)
	}
}

// isRefused: by us, or by Go's resolver, which takes a number for no name where C's takes it for an address.
func isRefused(err error) bool {
	var lookup *net.DNSError
	return errors.Is(err, safehttp.ErrAddress) || errors.Is(err, safehttp.ErrScheme) || errors.As(err, &lookup) && lookup.IsNotFound
}

// listen opens a port that nobody may connect to.
func listen(t *testing.T) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		if conn, err := listener.Accept(); err == nil {
			conn.Close()
			t.Errorf("somebody connected to %s", listener.Addr())
		}
	}()
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

// hasNoIPv6 reports that the address cannot be tried here: without IPv6 there is no socket to check.
func hasNoIPv6(address string) bool {
	if !strings.HasPrefix(address, "[") {
		return false
	}
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return true
	}
	listener.Close()
	return false
}
