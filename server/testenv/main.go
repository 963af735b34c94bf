package testenv

import (
	"os"
	"runtime/debug"
	"slices"
	"testing"
)

// atEnd is called by Main, the last first.
var atEnd []func()

// AtEnd has Main call f after the tests. It is for what the tests of a process share.
func AtEnd(f func()) {
	missing.Lock()
	defer missing.Unlock()
	atEnd = append(atEnd, f)
}

// Main runs the tests of a package with temporary folders in memory, ends what they shared, says
// what the machine lacked, and exits.
func Main(m *testing.M) {
	remove := InMemory()
	debug.SetGCPercent(400) // a twentieth of the time of the tests; costtest.PeakOf sets its own
	code := m.Run()
	for _, f := range slices.Backward(atEnd) {
		f()
	}
	remove()
	Report(os.Stderr)
	os.Exit(code)
}
