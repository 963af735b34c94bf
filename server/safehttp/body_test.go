package safehttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

func TestBodiesAreCountedInflated(t *testing.T) {
	bomb := packed(strings.Repeat("0", 64<<20))
	endlessMembers := bytes.Repeat(packed(""), 200_000)
	tests := []struct {
		name     string
		encoding []string
		body     []byte
		want     string
		err      error
	}{
		{name: "plain", body: []byte("tea"), want: "tea"},
		{name: "identity", encoding: []string{"identity"}, body: []byte("tea"), want: "tea"},
		{name: "gzip", encoding: []string{"gzip"}, body: packed("tea"), want: "tea"},
		{name: "x-gzip in capitals", encoding: []string{"X-GZIP"}, body: packed("tea"), want: "tea"},
		{name: "two members", encoding: []string{"gzip"}, body: append(packed("green "), packed("tea")...), want: "green tea"},
		{name: "gzip, but empty", encoding: []string{"gzip"}, want: ""},
		{name: "exactly the cap", body: bytes.Repeat([]byte("a"), 1000), want: strings.Repeat("a", 1000)},
		{name: "one more", body: bytes.Repeat([]byte("a"), 1001), err: safehttp.ErrTooLarge},
		{name: "one more, packed", encoding: []string{"gzip"}, body: packed(strings.Repeat("a", 1001)), err: safehttp.ErrTooLarge},
		{name: "bomb", encoding: []string{"gzip"}, body: bomb, err: safehttp.ErrTooLarge},
		{name: "bomb of empty members", encoding: []string{"gzip"}, body: endlessMembers, err: safehttp.ErrTooLarge},
		{name: "not gzip", encoding: []string{"gzip"}, body: []byte("tea and cake"), err: gzip.ErrHeader},
		{name: "cut short", encoding: []string{"gzip"}, body: packed("tea")[:12], err: io.ErrUnexpectedEOF},
		{name: "packed twice", encoding: []string{"gzip", "gzip"}, body: packed(string(packed("tea"))), err: errAny},
		{name: "an encoding nobody asked for", encoding: []string{"br"}, body: []byte("tea"), err: errAny},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Encoding"] = test.encoding
				w.Write(test.body)
			})
			answer, err := client.Do(t.Context(), safehttp.Request{URL: url, MaxBytes: 1000})
			if test.err != nil {
				if err == nil || test.err != errAny && !errors.Is(err, test.err) {
					t.Fatalf("got %v, want %v", err, test.err)
				}
				return
			}
			if err != nil || string(answer.Body) != test.want {
				t.Errorf("got %.20q, %v; want %.20q", answer.Body, err, test.want)
			}
		})
	}
}

func TestAnswersWithoutBody(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"1"`)
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	for method, status := range map[string]int{http.MethodHead: http.StatusOK, http.MethodGet: http.StatusNotModified} {
		answer, err := client.Do(t.Context(), safehttp.Request{Method: method, URL: url})
		if err != nil || answer.Status != status || len(answer.Body) != 0 || answer.Header.Get("ETag") != `"1"` {
			t.Errorf("%s: %+v, %v", method, answer, err)
		}
	}
}

func TestEndlessBodyIsCutOff(t *testing.T) {
	for _, pack := range []bool{false, true} {
		client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			out := io.Writer(w)
			if pack {
				w.Header().Set("Content-Encoding", "gzip")
				out = gzip.NewWriter(w)
			}
			line := bytes.Repeat([]byte("endless "), 1000)
			for r.Context().Err() == nil {
				if _, err := out.Write(line); err != nil {
					return
				}
			}
		})
		_, err := client.Do(t.Context(), safehttp.Request{URL: url, Timeout: time.Minute})
		if !errors.Is(err, safehttp.ErrTooLarge) {
			t.Errorf("packed %v: got %v, want ErrTooLarge", pack, err)
		}
	}
}

// A delivery's status is what counts; its body is only shown to the operator.
func TestTruncatedBodyIsNeverAnError(t *testing.T) {
	handlers := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"short": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(202); io.WriteString(w, "ok") }, "ok"},
		"long":  {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(202); w.Write(make([]byte, 1<<20)) }, strings.Repeat("\x00", 8)},
		"unknown encoding": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			w.WriteHeader(202)
		}, ""},
		"breaks off": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(202)
			io.WriteString(w, "hal")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "hal"},
	}
	for name, test := range handlers {
		t.Run(name, func(t *testing.T) {
			client, url := serve(t, test.handler)
			answer, err := client.Do(t.Context(), safehttp.Request{
				Method: http.MethodPost, URL: url, MaxBytes: 8, Truncate: true, Timeout: time.Minute,
			})
			if err != nil || answer.Status != 202 || string(answer.Body) != test.want {
				t.Errorf("got %+v, %v", answer, err)
			}
		})
	}
}

func TestTruncatedBodyThatNeverEndsIsNoErrorEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := safehttp.New(safehttp.Options{Transport: endless{}})
		answer, err := client.Do(t.Context(), safehttp.Request{
			Method: http.MethodPost, URL: "https://pasture.example/inbox", MaxBytes: 8, Truncate: true, Timeout: time.Second,
		})
		if err != nil || answer.Status != 202 || len(answer.Body) != 0 || time.Since(began) != time.Second {
			t.Errorf("got %+v, %v after %v", answer, err, time.Since(began))
		}
	})
}

// endless answers with a body that never comes.
type endless struct{}

func (endless) RoundTrip(r *http.Request) (*http.Response, error) {
	body, never := io.Pipe()
	context.AfterFunc(r.Context(), func() { never.CloseWithError(r.Context().Err()) })
	return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{}, Body: body, Request: r}, nil
}

var errAny = errors.New("any error")

// serve starts a server and gives a client that may reach it.
func serve(t *testing.T, handler http.HandlerFunc) (*safehttp.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return safehttp.New(safehttp.Options{Allow: allow(server)}), server.URL
}

func packed(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}

func writeGzip(w http.ResponseWriter, s string) {
	w.Header().Set("Content-Encoding", "gzip")
	w.Write(packed(s))
}
