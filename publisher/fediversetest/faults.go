package fediversetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var errLost = errors.New("read: connection reset by peer")

// Fault is what goes wrong at a host. Its fields add up: a delay, then an error or a status.
type Fault struct {
	Delay      time.Duration // before anything else happens, unless the request's context ends first
	Err        error         // what the network says; the host never sees the request
	Status     int           // the host answers with this and does nothing
	RetryAfter time.Duration // goes with Status
	Lost       bool          // the host does what was asked, and its answer is lost on the way
	Path       string        // only requests for this path; "" for all
	Times      int           // only so many requests; 0 until Heal
}

// Fail makes every request to host go wrong from now on, in place of the host's earlier fault.
func (f *Fediverse) Fail(host string, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[host] = &fault
}

// Heal ends the fault of a host.
func (f *Fediverse) Heal(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.faults, host)
}

// fault is what happens to this request: the zero Fault if all is well.
func (f *Fediverse) fault(r *http.Request) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.faults[r.URL.Host]
	if fault == nil || (fault.Path != "" && fault.Path != r.URL.Path) {
		return Fault{}
	}
	if fault.Times == 1 {
		delete(f.faults, r.URL.Host)
	}
	struck := *fault
	fault.Times--
	return struck
}

// strike lets time pass, and is the error of the network.
func (fault Fault) strike(ctx context.Context) error {
	if fault.Delay > 0 {
		timer := time.NewTimer(fault.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fault.Err
}

func (fault Fault) answer(r *http.Request) *http.Response {
	response := &http.Response{
		StatusCode: fault.Status, Status: strconv.Itoa(fault.Status) + " " + http.StatusText(fault.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader("")),
	}
	if fault.RetryAfter > 0 {
		response.Header.Set("Retry-After", strconv.Itoa(int(fault.RetryAfter/time.Second)))
	}
	return response
}
