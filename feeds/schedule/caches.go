package schedule

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

// FreshFor is how long an answer may be kept by a private cache (RFC 9111 §4.2): max-age, else
// Expires, less the time it has spent in caches on its way. s-maxage is for shared caches, and we
// are none.
func FreshFor(h http.Header, now time.Time) time.Duration {
	seconds, said := int64(0), false
	for directive := range strings.SplitSeq(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch strings.TrimSpace(name) {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			if n, err := strconv.ParseInt(strings.Trim(value, `" `), 10, 64); err == nil && !said {
				seconds, said = n, true
			}
		}
	}
	lifetime := time.Duration(min(max(seconds, 0), int64(parser.MaxTTL/time.Second))) * time.Second
	if !said {
		lifetime = untilExpiry(h, now)
	}
	if age, err := strconv.ParseInt(strings.TrimSpace(h.Get("Age")), 10, 64); err == nil && age > 0 {
		lifetime -= time.Duration(min(age, int64(parser.MaxTTL/time.Second))) * time.Second
	}
	return max(lifetime, 0)
}

// untilExpiry is Expires less Date: both are by the server's clock, which may be wrong.
func untilExpiry(h http.Header, now time.Time) time.Duration {
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0 // "0" and other nonsense mean that it has expired (RFC 9111 §5.3)
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return min(max(expires.Sub(now), 0), parser.MaxTTL)
}

// RetryAfter reads both forms of the header (RFC 9110 §10.2.3), up to a day.
func RetryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(MaxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), MaxRetryAfter)
	}
	return 0
}
