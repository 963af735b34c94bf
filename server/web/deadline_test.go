package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/web"
)

// slowly is a body that comes one byte a second.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) {
	time.Sleep(time.Second)
	return s.Reader.Read(p)
}

func TestEachRequestIsAnsweredInItsTime(t *testing.T) {
	const hour = time.Hour
	hang := func(http.ResponseWriter, *http.Request) error { time.Sleep(hour); return nil } // and hears of no context
	for name, c := range map[string]struct {
		handler web.HandlerFunc
		body    string
		status  int
		after   time.Duration
	}{
		"quick": {handler: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("X-Some", "thing")
			w.Write([]byte("fine"))
			return nil
		}, status: 200},
		"it hangs":                {handler: hang, status: 503, after: bounds.AnswerIn},
		"it hangs after the body": {handler: func(w http.ResponseWriter, r *http.Request) error { io.ReadAll(r.Body); return hang(w, r) }, body: strings.Repeat("x", 20), status: 503, after: 21*time.Second + bounds.AnswerIn},
		"a body that comes slowly": {handler: func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(r.Body)
			w.Write([]byte("fine"))
			return err
		}, body: strings.Repeat("x", 20), status: 200, after: 21 * time.Second},
		"it asks the sender's server": {handler: func(w http.ResponseWriter, r *http.Request) error { web.AsksOthers(r.Context()); return hang(w, r) }, status: 503, after: bounds.AnswerAfterAsking},
		"and has an answer": {handler: func(w http.ResponseWriter, r *http.Request) error {
			web.AsksOthers(r.Context())
			time.Sleep(bounds.AnswerAfterAsking - time.Second)
			w.Write([]byte("fine"))
			return nil
		}, status: 200, after: bounds.AnswerAfterAsking - time.Second},
		"it began in time": {handler: func(w http.ResponseWriter, r *http.Request) error {
			w.Write([]byte("be"))
			time.Sleep(time.Minute)
			w.Write([]byte("gun"))
			return nil
		}, status: 200, after: time.Minute},
		"it heeds its context": {handler: func(w http.ResponseWriter, r *http.Request) error { <-r.Context().Done(); return r.Context().Err() }, status: 503, after: bounds.AnswerIn},
		"headers alone":        {handler: func(w http.ResponseWriter, r *http.Request) error { w.Header().Set("X-Some", "thing"); return nil }, status: 200},
		"panic":                {handler: func(http.ResponseWriter, *http.Request) error { panic("no") }, status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := web.Middleware(slog.New(slog.DiscardHandler))(web.Deadline(bounds.AnswerIn)(c.handler))
				w, began := httptest.NewRecorder(), time.Now()
				r := httptest.NewRequest("POST", "/x", slowly{iotest.OneByteReader(strings.NewReader(c.body))})
				h.ServeHTTP(w, r)
				if took := time.Since(began); w.Code != c.status || took != c.after {
					t.Errorf("%d after %v, want %d after %v", w.Code, took, c.status, c.after)
				}
				before := w.Body.String()
				time.Sleep(2 * hour) // what hangs goes on, and writes
				if after := w.Body.String(); after != before {
					t.Errorf("%q became %q", before, after)
				}
				if w.Code == 503 && w.Header().Get("Retry-After") == "" {
					t.Error("nothing says when to come again")
				}
			})
		})
	}
}

func TestWhatComesTooLateGoesNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var late error
		h := web.Middleware(slog.New(slog.NewTextHandler(&log, nil)))(web.Deadline(bounds.AnswerIn)(web.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) error {
				<-r.Context().Done()
				time.Sleep(time.Second)
				w.Header().Set("X-Late", "1")
				_, late = w.Write([]byte("late"))
				return r.Context().Err()
			})))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		time.Sleep(time.Minute)
		synctest.Wait()
		if late == nil || w.Header().Get("X-Late") != "" || strings.Contains(w.Body.String(), "late\n") {
			t.Errorf("%v, %v, %q", late, w.Header(), w.Body)
		}
		if n := strings.Count(log.String(), "request failed"); n != 1 {
			t.Errorf("logged %d times:\n%s", n, log.String())
		}
	})
}

// TestTroubleElsewhereIsNotOurs: the operator is not woken because a stranger's name service is down, and the stranger is told that it is.
func TestTroubleElsewhereIsNotOurs(t *testing.T) {
	for err, ours := range map[error]bool{web.ErrElsewhere: false, web.ErrBusy: true, errors.New("disk on fire"): true} {
		var log bytes.Buffer
		h := web.Middleware(slog.New(slog.NewTextHandler(&log, nil)))(web.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("%w: the document of your key", err)
		}))
		w := serve(h, "GET", "", "")
		if status := w.Code; status < 500 || strings.Contains(w.Body.String(), "our side") != ours || strings.Contains(w.Body.String(), "your key") == ours {
			t.Errorf("%v: %d %s", err, status, w.Body)
		}
		if logged := strings.Contains(log.String(), "level=ERROR"); logged != ours {
			t.Errorf("%v: log %q", err, log.String())
		}
		if w.Code == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("%v: nothing says when to come again", err)
		}
	}
}

// TestClientThatLeavesIsNoError: browsers leave whenever their reader does.
func TestClientThatLeavesIsNoError(t *testing.T) {
	var log bytes.Buffer
	ctx, leave := context.WithCancel(t.Context())
	h := web.Middleware(slog.New(slog.NewTextHandler(&log, nil)))(web.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		leave()
		return fmt.Errorf("read the thread: %w", r.Context().Err())
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/x", nil))
	if log.Len() != 0 {
		t.Errorf("log %q", log.String())
	}
}

func TestPanicAfterTheTimeIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		h := web.Middleware(slog.New(slog.NewTextHandler(&log, nil)))(web.Deadline(bounds.AnswerIn)(web.HandlerFunc(
			func(_ http.ResponseWriter, r *http.Request) error {
				<-r.Context().Done()
				time.Sleep(time.Second)
				panic("afterwards")
			})))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := strings.Count(log.String(), "afterwards"); n != 1 || w.Code != http.StatusServiceUnavailable {
			t.Errorf("answered %d, and the panic is logged %d times:\n%s", w.Code, n, log.String())
		}
	})
}

// connection counts the deadlines that are set on it.
type connection struct {
	*httptest.ResponseRecorder
	deadlines int
}

func (c *connection) SetReadDeadline(time.Time) error {
	c.deadlines++
	return nil
}

// TestLateHandlersSetNoDeadlines: the connection may serve the next request.
func TestLateHandlersSetNoDeadlines(t *testing.T) {
	for name, c := range map[string]struct {
		before time.Duration
		set    bool
	}{"in time": {0, true}, "too late": {time.Minute, false}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := web.Middleware(slog.New(slog.DiscardHandler))(web.Deadline(bounds.AnswerIn)(web.HandlerFunc(
					func(w http.ResponseWriter, r *http.Request) error {
						time.Sleep(c.before)
						_, err := web.ReadBody(w, r, 100)
						return err
					})))
				w := &connection{ResponseRecorder: httptest.NewRecorder()}
				h.ServeHTTP(w, httptest.NewRequest("POST", "/x", strings.NewReader("tea")))
				time.Sleep(time.Hour)
				synctest.Wait()
				if set := w.deadlines > 0; set != c.set {
					t.Errorf("%d deadlines", w.deadlines)
				}
			})
		})
	}
}
