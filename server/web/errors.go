package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
)

// The kinds of error. A package wraps one and adds the words for the person who asked.
var (
	ErrInvalid  = errors.New("not understood")             // 400
	ErrUnsigned = errors.New("not signed as needed")       // 401
	ErrRefused  = errors.New("refused")                    // 403
	ErrNotFound = errors.New("not found")                  // 404
	ErrGone     = errors.New("gone")                       // 410
	ErrSlow     = errors.New("too slow")                   // 408
	ErrTooLarge = errors.New("too large")                  // 413
	ErrType     = errors.New("content type not accepted")  // 415
	ErrUnusable = errors.New("not usable")                 // 422: a form that has to be filled in again
	ErrTooMany  = errors.New("too many requests")          // 429
	ErrBusy     = errors.New("not possible at the moment") // 503: our own trouble, so that senders try again

	// ErrElsewhere is 503 too, because senders try that again, but the trouble is not ours: the
	// server of whoever asks, or its name service. So the words are told, and nobody here is woken.
	ErrElsewhere = errors.New("another server did not answer")
)

// retryAfter is what we ask of senders when we are in trouble, in seconds. Mastodon retries for two
// days, so a 503 costs nothing.
const retryAfter = "60"

var statuses = []struct {
	kind   error
	status int
}{
	{ErrInvalid, http.StatusBadRequest},
	{ErrUnsigned, http.StatusUnauthorized},
	{ErrRefused, http.StatusForbidden},
	{ErrGone, http.StatusGone},
	{ErrSlow, http.StatusRequestTimeout},
	{ErrTooLarge, http.StatusRequestEntityTooLarge},
	{ErrType, http.StatusUnsupportedMediaType},
	{ErrUnusable, http.StatusUnprocessableEntity},
	{ErrTooMany, http.StatusTooManyRequests},
	{ErrBusy, http.StatusServiceUnavailable},
	{ErrElsewhere, http.StatusServiceUnavailable},
	{database.ErrConflict, http.StatusServiceUnavailable},
	{database.ErrFull, http.StatusServiceUnavailable},
	{database.ErrLost, http.StatusServiceUnavailable},
	{database.ErrUnavailable, http.StatusServiceUnavailable},
	{ErrNotFound, http.StatusNotFound},
	{database.ErrNotFound, http.StatusNotFound},
}

// Status is the HTTP status that stands for the kind of err: 500 for one without a kind, 200 for
// nil.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	for _, s := range statuses {
		if errors.Is(err, s.kind) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// Error answers with the status of err and its words: JSON where the client asks for JSON, plain
// text otherwise.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	status := Status(err)
	words := err.Error()
	if status >= http.StatusInternalServerError && !errors.Is(err, ErrElsewhere) {
		i := infoOf(r.Context())
		i.log.Log(r.Context(), trouble(r), "request failed", "request", i.id, "path", r.URL.Path, "err", err)
		words = "Something broke on our side; please try again later. The log names it under request " + i.id + "."
	}
	h := w.Header()
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		h.Set("Retry-After", retryAfter)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Del("ETag")
	body, contentType := []byte(words+"\n"), "text/plain; charset=utf-8"
	if strings.Contains(r.Header.Get("Accept"), "json") {
		body, _ = json.Marshal(map[string]string{"error": words}) // a map of strings always marshals
		contentType = "application/json"
	}
	h.Set("Content-Type", contentType)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// trouble is the level at which a request that failed is logged. A client that left is nobody's
// trouble, and one that was answered in the meantime was logged then.
func trouble(r *http.Request) slog.Level {
	if r.Context().Err() != nil {
		return slog.LevelDebug
	}
	return slog.LevelError
}
