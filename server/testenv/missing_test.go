package testenv

import (
	"strings"
	"testing"
)

// watched hears what would have become of a test.
type watched struct {
	testing.TB
	skipped, failed bool
}

func (w *watched) Helper()      {}
func (w *watched) SkipNow()     { w.skipped = true }
func (w *watched) Fatal(...any) { w.failed = true }

func TestWhatIsMissingIsSaidOnce(t *testing.T) {
	t.Setenv("CI", "")
	clear(missing.tests)
	defer clear(missing.tests)
	w := &watched{TB: t}
	for range 3 {
		Missing(w, "no database")
	}
	NotRun(w, "no browser")
	if !w.skipped {
		t.Error("the test is not skipped")
	}
	if w.failed {
		t.Error("the test fails")
	}
	var said strings.Builder
	Report(&said)
	want := "NOT RUN: 1 tests or halves of tests: no browser\nNOT RUN: 3 tests or halves of tests: no database\n"
	if said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}

func TestTheGateFailsForWhatIsMissing(t *testing.T) {
	t.Setenv("CI", "true")
	defer clear(missing.tests)
	w := &watched{TB: t}
	Missing(w, "no database")
	if !w.failed {
		t.Error("CI=true lets a missing database pass")
	}
}
