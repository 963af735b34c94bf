package testenv

import (
	"os"
	"testing"
)

// Main runs the tests of a package with temporary folders in memory, calls end, says what the
// machine lacked, and exits.
func Main(m *testing.M, end ...func()) {
	remove := InMemory()
	code := m.Run()
	for _, f := range end {
		f()
	}
	remove()
	Report(os.Stderr)
	os.Exit(code)
}
