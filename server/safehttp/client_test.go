package safehttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

func TestRequestIsSentAsTheSignerSawIt(t *testing.T) {
	var got http.Header
	var host, body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, host, body = r.Header, r.Host, string(b)
	}))
	defer server.Close()
	client := safehttp.New(safehttp.Options{UserAgent: "Bloghorn test", Allow: allow(server)})
	answer, err := client.Do(t.Context(), safehttp.Request{
		Method: http.MethodPost, URL: server.URL + "/inbox?a=%2F#fragment", Body: []byte("{}"),
		Header: http.Header{"content-type": {"application/activity+json"}},
		Sign: func(r *http.Request) error {
			r.Header.Set("Signature", r.Method+" "+r.Host+" "+r.URL.RequestURI()+" "+r.Header.Get("Content-Type"))
			return nil
		},
	})
	if err != nil || answer.Status != http.StatusOK || answer.URL.String() != server.URL+"/inbox?a=%2F" {
		t.Fatalf("answer %+v, %v", answer, err)
	}
	if want := "POST " + host + " /inbox?a=%2F application/activity+json"; got.Get("Signature") != want || body != "{}" {
		t.Errorf("signed %q, want %q; body %q", got.Get("Signature"), want, body)
	}
	if got.Get("User-Agent") != "Bloghorn test" || got.Get("Accept-Encoding") != "gzip" {
		t.Errorf("sent %v", got)
	}
}

func TestSignerMayRefuse(t *testing.T) {
	refusal := errors.New("no key")
	client := safehttp.New(safehttp.Options{Transport: answers{}})
	_, err := client.Do(t.Context(), safehttp.Request{URL: "https://a.example/", Sign: func(*http.Request) error { return refusal }})
	if !errors.Is(err, refusal) {
		t.Errorf("got %v, want the signer's error", err)
	}
}

func TestHostHasOneSpelling(t *testing.T) {
	for spelled, want := range map[string]string{
		"HTTPS://Blog.Example:443/A": "blog.example", "https://BÜCHER.example/": "xn--bcher-kva.example", "http://b.example:80/": "b.example",
		"http://b.example:443/": "b.example:443", "https://b.example:/": "b.example", "https://[2606:4700::AB]:8443/": "[2606:4700::ab]:8443",
	} {
		var host string
		client := safehttp.New(safehttp.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			host = r.Host
			return answer(http.StatusOK, ""), nil
		})})
		if _, err := client.Do(t.Context(), safehttp.Request{URL: spelled}); err != nil || host != want {
			t.Errorf("%s: Host %q, want %q (%v)", spelled, host, want, err)
		}
	}
}

func TestURLsThatAreNeverAsked(t *testing.T) {
	client := safehttp.New(safehttp.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("asked %s", r.URL)
		return answer(http.StatusOK, ""), nil
	})})
	for _, raw := range []string{
		"", "/", "//blog.example/", "blog.example", "ftp://blog.example/", "file:///etc/passwd", "gopher://blog.example/", "data:text/plain,x",
		"javascript:alert(1)", "http:blog.example", "http:///path", "http://", "http://:80/", "http://user@blog.example/",
		"https://user:secret@blog.example/", "http://blog.example:port/", "http://blog .example/", "http://[::1/", "http://[fe80::1%25eth0]/",
		"http://%31%32%37.0.0.1/", "http://a\nb/", "http://blog.example/\x00", "http://xn--ü.example/", "https://blog.example/" + strings.Repeat("a", 8000),
	} {
		_, err := client.Do(t.Context(), safehttp.Request{URL: raw})
		if !errors.Is(err, safehttp.ErrScheme) {
			t.Errorf("%q: got %v, want ErrScheme", raw, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestErrorsDoNotShowTheQuery(t *testing.T) {
	client := safehttp.New(safehttp.Options{Transport: answers{}})
	_, err := client.Do(t.Context(), safehttp.Request{URL: "https://blog.example/feed?token=secret"})
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "https://blog.example/feed") {
		t.Errorf("got %v", err)
	}
}

func TestOneDeadlineForEverything(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"headers that never come": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a byte now and then":     drip,
		"redirects without hurry": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", r.URL.Path+"x")
			w.WriteHeader(http.StatusFound)
			drip(w, r)
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			client := safehttp.New(safehttp.Options{Allow: allow(server)})
			_, err := client.Do(t.Context(), safehttp.Request{URL: server.URL, Timeout: 200 * time.Millisecond})
			if !errors.Is(err, context.DeadlineExceeded) { // nothing else ends it
				t.Errorf("got %v, want DeadlineExceeded", err)
			}
		})
	}
}

func TestCallerMayGiveUp(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := safehttp.New(safehttp.Options{Allow: allow(server)}).Do(ctx, safehttp.Request{URL: server.URL})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

func TestHeaderFloodIsCutOff(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 200 {
			w.Header().Add("X-Flood", fmt.Sprint(i, strings.Repeat("a", 1000)))
		}
	}))
	defer server.Close()
	if answer, err := safehttp.New(safehttp.Options{Allow: allow(server)}).Do(t.Context(), safehttp.Request{URL: server.URL}); err == nil {
		t.Errorf("took %d header lines", len(answer.Header["X-Flood"]))
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var opened atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, r *http.Request) { writeGzip(w, "ok") })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/plain", http.StatusFound) })
	mux.HandleFunc("/accepted", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) })
	server := httptest.NewUnstartedServer(mux)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := safehttp.New(safehttp.Options{Allow: allow(server)})
	for i := range 40 {
		path := []string{"/plain", "/gzip", "/moved", "/accepted"}[i%4]
		if _, err := client.Do(t.Context(), safehttp.Request{URL: server.URL + path}); err != nil {
			t.Fatal(err)
		}
	}
	if got := opened.Load(); got != 1 {
		t.Errorf("%d connections for 40 requests one after the other, want 1", got)
	}
}

// drip answers a byte at a time until the client has gone.
func drip(w http.ResponseWriter, r *http.Request) {
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-r.Context().Done():
			tick.Stop()
			return
		case <-tick.C:
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
		}
	}
}

func allow(server *httptest.Server) []string { return []string{server.Listener.Addr().String()} }

func portOf(server *httptest.Server) string {
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	return port
}

func escape(s string) string { return url.QueryEscape(s) }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answers are redirects by URL: "301 https://…"; "200" is the end, an unknown URL an error.
type answers map[string]string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	line, ok := a[r.URL.String()]
	if !ok {
		return nil, errors.New("test: nothing here")
	}
	var status int
	var location string
	fmt.Sscan(line, &status, &location)
	return answer(status, location), nil
}

func answer(status int, location string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("body"))}
	if location != "" {
		res.Header.Set("Location", location)
	}
	return res
}
