package feeds

import (
	"net/http"
	"strconv"
	"time"
)

// maxBackoff is the longest wait after failures, unless the interval itself is longer: a blog that comes back after a bad week shall not
// wait a day for its first post.
const maxBackoff = 6 * time.Hour

// maxRetryAfter bounds how long a server may ask to be left alone.
const maxRetryAfter = 24 * time.Hour

// nextPoll is when a feed is polled again. After failures in a row the interval doubles with each; asked is how long the server wants to
// be left alone, 0 if it did not say. jitter, from 0 to 1, spreads the feeds of one host by a tenth of the wait.
func nextPoll(now time.Time, interval time.Duration, failures int, asked time.Duration, jitter float64) time.Time {
	wait := interval
	longest := max(interval, maxBackoff)
	for range max(failures-1, 0) {
		if wait *= 2; wait >= longest {
			wait = longest
			break
		}
	}
	wait += time.Duration((jitter - 0.5) * 0.1 * float64(wait))
	return now.Add(max(wait, asked))
}

// retryAfter reads both forms of the header (RFC 9110 §10.2.3), up to a day.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
