package delivery

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// The states of a delivery. All but Pending are final.
const (
	Pending   = "pending"   // waits for its next try, or is being tried
	Delivered = "delivered" // the inbox answered 2xx
	Refused   = "refused"   // the inbox answered that it will never take this
	Gone      = "gone"      // the inbox answered 404 or 410; whether its actor is gone too is for others to find out
	Expired   = "expired"   // two weeks of tries failed
	Cancelled = "cancelled" // a Delete overtook it, or its follower left
)

// hostStatus is what an answer tells about the whole host.
type hostStatus int

const (
	unknown hostStatus = iota // nothing: the trouble was ours
	well                      // it answers, whatever it thinks of this activity
	ailing                    // it does not answer, or says that it cannot work now
)

// verdict is what an answer, or the lack of one, means. state is Pending where another try makes sense.
type verdict struct {
	state string
	host  hostStatus
}

// judge reads the status of an answer. Statuses that are not named follow their class: a 4xx speaks of the request and would be the same
// tomorrow, a 5xx of the server.
func judge(host string, status int) verdict {
	switch {
	case status >= 200 && status <= 299:
		return verdict{Delivered, well}
	case status == http.StatusNotFound && isThreads(host):
		return verdict{Pending, well}
	case status == http.StatusNotFound, status == http.StatusGone:
		return verdict{Gone, well}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return verdict{Pending, well} // caches of keys expire, and clocks are put right
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return verdict{Pending, ailing}
	case status == http.StatusNotImplemented:
		return verdict{Refused, well}
	case status >= 300 && status <= 499:
		return verdict{Refused, well}
	}
	return verdict{Pending, ailing}
}

// judgeError reads why there was no answer. Wrong DNS, private addresses, bad certificates are all things that somebody repairs; only an
// address that may not be asked at all, and a redirect that may not be followed, will be the same tomorrow.
func judgeError(err error) verdict {
	switch {
	case errors.Is(err, safehttp.ErrScheme):
		return verdict{Refused, unknown}
	case errors.Is(err, safehttp.ErrRedirect):
		return verdict{Refused, well}
	}
	return verdict{Pending, ailing}
}

// turnedAway: the inbox said itself that it took nothing. Other errors of a server may come after it has done the work, or from a proxy
// that lost patience.
func turnedAway(status int) bool {
	return status >= 300 && status <= 499 || status == http.StatusNotImplemented || status == http.StatusServiceUnavailable
}

// neverLeft: there was no connection that the request could have travelled on.
func neverLeft(err error) bool {
	var dial *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, safehttp.ErrScheme), errors.Is(err, safehttp.ErrAddress):
		return true
	case errors.As(err, &dial) && dial.Op == "dial", errors.As(err, &dns), errors.As(err, &certificate):
		return true
	}
	return false
}

// isThreads: Threads answers 404 to signatures it dislikes, so there it means what 401 means elsewhere.
func isThreads(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	name = "." + name
	return strings.HasSuffix(name, ".threads.net") || strings.HasSuffix(name, ".threads.com")
}
