package delivery

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The schedule: about 45 tries, most of them in the first day and one each nine hours afterwards, over two weeks, so that the server of
// somebody on holiday misses nothing.
const (
	firstWait     = time.Minute
	longestWait   = 12 * time.Hour
	tryFor        = 14 * 24 * time.Hour
	tryStrangers  = 3 * 24 * time.Hour // a host that has never taken anything
	maxRetryAfter = 24 * time.Hour
)

// Backoff is how long after a failed try the n-th retry follows, n from 1: somewhere between half of d and d, where d is a minute, doubled
// each time up to 12 hours. draw, from 0 to 1, says where; a random one keeps those that failed together from coming back together.
func Backoff(n int, draw float64) time.Duration {
	d := firstWait
	for ; n > 1 && d < longestWait; n-- {
		d *= 2
	}
	d = min(d, longestWait)
	return d/2 + time.Duration(draw*float64(d/2))
}

// RetryAfter is how long the header of that name asks us to wait, in either spelling (RFC 9110 §10.2.3), at most 24 hours.
// It is 0 where the header says nothing that can be followed: absent, unreadable, negative or past.
func RetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// plan is when a delivery is tried again after a failed try.
type plan struct {
	nextAt    time.Time
	expiresAt time.Time // the first failure at or after it is the last
	expired   bool
}

// nextTry plans on after a try that failed now; attempts were made before it. The two weeks begin with the first try, and the last try
// is at their end. At a host that has never taken anything it is three days: long enough for a key
// to be fetched, a clock to be put right and a weekend to pass, and no burden for a host that has
// nothing to do with us.
func nextTry(attempts int, expiresAt, now time.Time, retryAfter time.Duration, draw float64, isTrial bool) plan {
	if attempts == 0 {
		expiresAt = now.Add(tryFor)
	}
	if attempts == 0 && isTrial {
		expiresAt = now.Add(tryStrangers)
	}
	if !now.Before(expiresAt) {
		return plan{nextAt: now, expiresAt: expiresAt, expired: true}
	}
	wait := retryAfter
	if wait <= 0 {
		wait = Backoff(attempts+1, draw)
	}
	at := now.Add(wait)
	if at.After(expiresAt) {
		at = expiresAt
	}
	return plan{nextAt: at, expiresAt: expiresAt}
}
