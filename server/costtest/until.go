package costtest

import (
	"testing"
	"time"
)

// Patience is longer than any wait on a machine that does anything at all, and shorter than the ten
// minutes of go test.
const Patience = 5 * time.Minute

// Until returns as soon as the condition is true. A condition that never is fails the test after
// Patience, with what was hoped for.
func Until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for began := time.Now(); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > Patience {
			t.Fatalf("waited %v for: %s", Patience, what)
		}
	}
}
