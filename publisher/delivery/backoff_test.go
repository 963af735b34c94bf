package delivery_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
)

func TestBackoffDoublesFromAMinuteToTwelveHours(t *testing.T) {
	for n, longest := range map[int]time.Duration{
		1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 10: 512 * time.Minute,
		11: 12 * time.Hour, 40: 12 * time.Hour, 1 << 30: 12 * time.Hour,
	} {
		if got := delivery.Backoff(n, 1); got != longest {
			t.Errorf("retry %d comes after at most %v, want %v", n, got, longest)
		}
		if got := delivery.Backoff(n, 0); got != longest/2 {
			t.Errorf("retry %d comes after at least %v, want %v", n, got, longest/2)
		}
	}
}

func TestTwoWeeksHoldAtLeast24Tries(t *testing.T) {
	for _, draw := range []float64{0, 0.5, 1} {
		tries := 1
		for at := time.Duration(0); at < 14*24*time.Hour; tries++ {
			at += delivery.Backoff(tries, draw)
		}
		if tries < 24 || tries > 80 {
			t.Errorf("draw %v: %d tries", draw, tries)
		}
	}
}

func TestRetryAfterInBothSpellings(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                        0,
		"120":                     2 * time.Minute,
		" 120 ":                   2 * time.Minute,
		"0":                       0,
		"-5":                      0,
		"1.5":                     0,
		"86400":                   24 * time.Hour,
		"315360000":               24 * time.Hour,
		"99999999999999999999999": 24 * time.Hour,
		"soon":                    0,
		noon.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		noon.Add(-time.Hour).Format(http.TimeFormat):       0,
		noon.AddDate(10, 0, 0).Format(http.TimeFormat):     24 * time.Hour,
		noon.Add(time.Minute).Format(time.RFC850):          time.Minute,
		noon.Add(time.Minute).Format(time.ANSIC):           time.Minute,
		"Sun, 99 Mar 2026 12:00:00 GMT":                    0,
		"\x00\xff":                                         0,
	} {
		if got := delivery.RetryAfter(value, noon); got != want {
			t.Errorf("Retry-After %q is %v, want %v", value, got, want)
		}
	}
}
