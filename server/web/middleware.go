package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

type infoKey struct{}

// info is what travels with a request: its id, and the log that Error writes to.
type info struct {
	id  string
	log *slog.Logger
}

func infoOf(ctx context.Context) info {
	i, ok := ctx.Value(infoKey{}).(info)
	if !ok {
		return info{log: slog.Default()}
	}
	return i
}

// RequestID is the id that the log knows this request by; "" outside Middleware.
func RequestID(ctx context.Context) string { return infoOf(ctx).id }

// Middleware gives each request an id, answers a panic with 500 instead of a cut connection, and
// writes one debug line: method, route and status, never an address or a body. It goes around the
// router itself, because mux runs its own middleware on matched routes only.
func Middleware(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			id := rand.Text()[:10]
			r = r.WithContext(context.WithValue(r.Context(), infoKey{}, info{id, log}))
			w.Header().Set("X-Request-Id", id)
			w.Header().Set("Referrer-Policy", "no-referrer")
			seen := &recorder{ResponseWriter: w}
			defer func() {
				if p := recover(); p != nil {
					rescue(seen, r, p)
				}
				log.Debug("request", "request", id, "method", r.Method, "path", r.URL.Path, "status", seen.status, "took", time.Since(began))
			}()
			next.ServeHTTP(seen, r)
		})
	}
}

// rescue turns a panic into a 500 where nothing was written yet, and cuts the connection where
// something was.
func rescue(w *recorder, r *http.Request, p any) {
	if p == http.ErrAbortHandler || w.status != 0 {
		panic(p)
	}
	Error(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
