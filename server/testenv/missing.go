package testenv

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

// missing counts, for each sentence of how to get something, the tests that lacked it.
var missing = struct {
	sync.Mutex
	tests map[string]int
}{tests: map[string]int{}}

// Missing skips the test because the machine lacks something, and how says how to get it. With
// CI=true it fails the test.
func Missing(t testing.TB, how string) {
	t.Helper()
	NotRun(t, how)
	t.SkipNow()
}

// NotRun is Missing for a part of a test: it counts the part, and the test goes on. With CI=true
// it fails the test.
func NotRun(t testing.TB, how string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(how)
	}
	missing.Lock()
	defer missing.Unlock()
	missing.tests[how]++
}

// Report writes one line for each thing that tests of this process lacked.
func Report(w io.Writer) {
	missing.Lock()
	defer missing.Unlock()
	for _, how := range slices.Sorted(maps.Keys(missing.tests)) {
		fmt.Fprintf(w, "NOT RUN: %d tests or halves of tests: %s\n", missing.tests[how], how)
	}
}
