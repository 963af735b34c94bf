package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

func serve(h http.Handler, method, accept, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/x?secret=1", strings.NewReader(body))
	r.Header.Set("Accept", accept)
	h.ServeHTTP(w, r)
	return w
}

func TestEachKindHasOneStatus(t *testing.T) {
	for kind, want := range map[error]int{
		web.ErrInvalid: 400, web.ErrUnsigned: 401, web.ErrRefused: 403, web.ErrNotFound: 404, database.ErrNotFound: 404, web.ErrGone: 410,
		web.ErrTooLarge: 413, web.ErrType: 415, web.ErrUnusable: 422, web.ErrTooMany: 429, web.ErrBusy: 503, web.ErrElsewhere: 503, database.ErrConflict: 503,
		database.ErrFull: 503, database.ErrUnavailable: 503, errors.New("disk on fire"): 500,
	} {
		wrapped := fmt.Errorf("read the post: %w", fmt.Errorf("%w: in detail", kind))
		if got := web.Status(wrapped); got != want {
			t.Errorf("%v: %d, want %d", kind, got, want)
		}
	}
}

func TestOurOwnTroubleIsLoggedAndNotTold(t *testing.T) {
	var log bytes.Buffer
	broken := web.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return errors.New("password geheim refused") })
	w := serve(web.Middleware(slog.New(slog.NewTextHandler(&log, nil)))(broken), "GET", "text/html", "")
	id := w.Header().Get("X-Request-Id")
	if w.Code != 500 || strings.Contains(w.Body.String(), "geheim") || !strings.Contains(w.Body.String(), id) {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "geheim") || !strings.Contains(log.String(), id) || strings.Contains(log.String(), "secret") {
		t.Errorf("log %q", log.String())
	}
}

func TestErrorSpeaksTheClientsLanguageAndForbidsEverything(t *testing.T) {
	refuse := web.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return fmt.Errorf("%w: <script>alert(1)</script>", web.ErrRefused)
	})
	for accept, want := range map[string]string{"application/activity+json": "application/json", "text/html": "text/plain; charset=utf-8"} {
		w := serve(refuse, "GET", accept, "")
		if w.Code != 403 || w.Header().Get("Content-Type") != want || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", accept, w.Code, w.Header())
		}
	}
	if w := serve(refuse, "HEAD", "", ""); w.Body.Len() != 0 {
		t.Errorf("HEAD has a body: %q", w.Body)
	}
}

func TestPanicBecomesAnAnswer(t *testing.T) {
	w := serve(web.Middleware(slog.New(slog.DiscardHandler))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no") })), "GET", "", "")
	if w.Code != 500 {
		t.Errorf("%d", w.Code)
	}
}

func TestKnownETagIsAnswered304(t *testing.T) {
	page := web.Page{Type: "text/html", Body: []byte("hello"), ETag: `"7"`, Public: true}
	for tag, want := range map[string]int{"": 200, `"6"`: 200, `"7"`: 304, `W/"7"`: 304, `"5", "7"`: 304, "*": 304} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		web.Write(w, r, page)
		if w.Code != want || (want == 304) != (w.Body.Len() == 0) || w.Header().Get("ETag") != `"7"` {
			t.Errorf("%q: %d %q", tag, w.Code, w.Body)
		}
	}
	if w := serve(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error { web.Write(w, r, page); return nil }), "HEAD", "", ""); w.Body.Len() != 0 || w.Header().Get("Content-Length") != "5" {
		t.Errorf("HEAD: %q %v", w.Body, w.Header())
	}
}

func TestBodyIsBounded(t *testing.T) {
	read := web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		body, err := web.ReadBody(w, r, 4)
		if err == nil {
			web.Write(w, r, web.Page{Type: "text/plain", Body: body})
		}
		return err
	})
	if w := serve(read, "POST", "", "four"); w.Code != 200 || w.Body.String() != "four" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := serve(read, "POST", "", "five!"); w.Code != 413 {
		t.Errorf("%d", w.Code)
	}
}
