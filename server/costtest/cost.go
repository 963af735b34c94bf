package costtest

import (
	"testing"
	"time"
)

const tries = 4 // the machine may have had something else to do

// Within runs f and fails the test if it takes longer than most, also when it is run again: what costs too much does so each time, so f
// is something that may be repeated. Under the race detector f runs once, and nothing is judged. The answer is the shortest time.
func Within(t testing.TB, most time.Duration, what string, f func()) time.Duration {
	t.Helper()
	return Measured(t, most, what, func() time.Duration {
		began := time.Now()
		f()
		return time.Since(began)
	})
}

// Measured is Within for an f that says itself how long it took, without what it had to prepare.
func Measured(t testing.TB, most time.Duration, what string, f func() time.Duration) time.Duration {
	t.Helper()
	took := f()
	for n := 1; n < tries && took > most && !Race; n++ {
		took = min(took, f())
	}
	if took > most && !Race {
		t.Errorf("%s takes %v, want at most %v", what, took, most)
	}
	return took
}
