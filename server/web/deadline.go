package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// errLate is the cause for which the context of a request ends that was answered before its handler
// was done.
var errLate = errors.New("the request has had its time")

// Deadline answers 503 where the handler has written nothing after d, and ends the context that the
// handler works with. It does not wait for the handler: what hangs inside a driver or a system call
// hears of no context. What the handler writes later goes nowhere.
//
// The time begins when the whole request is there, however slowly that came. AsksOthers makes it
// longer.
func Deadline(d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancelCause(r.Context())
			defer cancel(nil)
			c := newClock(d)
			defer c.timer.Stop()
			a := &answer{to: w, header: w.Header().Clone()}
			inside := r.WithContext(context.WithValue(ctx, clockKey{}, c))
			if r.Body != nil && r.ContentLength != 0 {
				inside.Body = timedBody{r.Body, c}
			}
			done := make(chan any, 1)
			go func() {
				defer func() {
					done <- panicOf(recover())
					if a.state.Load() == late {
						tellLost(r, done)
					}
				}()
				next.ServeHTTP(a, inside)
			}()
			select {
			case p := <-done:
				a.finish(p)
			case <-c.expired:
				if !a.expire() {
					a.finish(<-done)
					return
				}
				cancel(errLate)
				Error(w, r, c.words())
				tellLost(r, done)
			}
		})
	}
}

// tellLost logs the panic of a handler whose request was answered without it. Whoever of the two
// comes last finds it.
func tellLost(r *http.Request, done <-chan any) {
	select {
	case p := <-done:
		if i := infoOf(r.Context()); p != nil && p != http.ErrAbortHandler {
			i.log.Error("request failed after its time", "request", i.id, "path", r.URL.Path, "err", p)
		}
	default:
	}
}

// AsksOthers is called before a request waits for the server of whoever sent it. From then on it
// has the time of bounds.AnswerAfterAsking in all, where that is more than it had.
func AsksOthers(ctx context.Context) {
	c, ok := ctx.Value(clockKey{}).(*clock)
	if ok && c.timer.Stop() {
		c.asks.Store(true)
		c.limit = max(c.limit, bounds.AnswerAfterAsking)
		c.timer.Reset(time.Until(c.began.Add(c.limit)))
	}
}

type clockKey struct{}

// clock is the time that a request has. But for expired and asks it belongs to the goroutine of the
// handler.
type clock struct {
	began   time.Time
	limit   time.Duration
	timer   *time.Timer
	expired chan struct{}
	asks    atomic.Bool
}

func newClock(d time.Duration) *clock {
	c := &clock{began: time.Now(), limit: d, expired: make(chan struct{})}
	c.timer = time.AfterFunc(d, func() { close(c.expired) })
	return c
}

func (c *clock) words() error {
	if c.asks.Load() {
		return fmt.Errorf("%w: the document of your key has not come in time, and is waited for; please send the same again", ErrElsewhere)
	}
	return fmt.Errorf("%w: not done in time, perhaps because the database does not answer", ErrBusy)
}

// timedBody is a request's body whose reading takes no time.
type timedBody struct {
	io.ReadCloser
	c *clock
}

func (b timedBody) Read(p []byte) (int, error) {
	if b.c.timer.Stop() {
		defer func() {
			b.c.began = time.Now()
			b.c.timer.Reset(b.c.limit)
		}()
	}
	return b.ReadCloser.Read(p)
}

// The states of an answer. It is either begun by the handler or late, never both.
const (
	unwritten = iota
	written
	late
)

// answer is what the handler writes to.
type answer struct {
	to     http.ResponseWriter
	header http.Header // a copy: the handler may still write to it when another goroutine answers for it
	state  atomic.Int32
	mu     sync.Mutex // held while it becomes late, and while a deadline is set
}

// expire makes the answer late, unless it is begun.
func (a *answer) expire() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state.CompareAndSwap(unwritten, late)
}

// SetReadDeadline is for http.ResponseController. A late handler sets none: the connection may
// serve the next request by now.
func (a *answer) SetReadDeadline(at time.Time) error {
	return a.set(at, (*http.ResponseController).SetReadDeadline)
}

// SetWriteDeadline is like SetReadDeadline.
func (a *answer) SetWriteDeadline(at time.Time) error {
	return a.set(at, (*http.ResponseController).SetWriteDeadline)
}

func (a *answer) set(at time.Time, deadline func(*http.ResponseController, time.Time) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state.Load() == late {
		return http.ErrHandlerTimeout
	}
	return deadline(http.NewResponseController(a.to), at)
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.begin() {
		a.to.WriteHeader(status)
	}
}

func (a *answer) Write(b []byte) (int, error) {
	if !a.begin() {
		return 0, http.ErrHandlerTimeout
	}
	return a.to.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.to }

// begin reports whether the answer is still the handler's to write.
func (a *answer) begin() bool {
	if a.state.CompareAndSwap(unwritten, written) {
		clear(a.to.Header())
		maps.Copy(a.to.Header(), a.header)
	}
	return a.state.Load() == written
}

// finish passes on what the handler has left: headers without a body, or a panic.
func (a *answer) finish(p any) {
	if p != nil {
		panic(p)
	}
	a.begin()
}

// panicOf keeps the stack of a panic, which another goroutine will throw again.
func panicOf(p any) any {
	if p == nil || p == http.ErrAbortHandler {
		return p
	}
	return fmt.Sprintf("%v\n%s", p, debug.Stack())
}
