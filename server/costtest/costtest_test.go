//go:build !race

package costtest_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
)

// failing hears whether a test would have failed.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Helper()               {}
func (f *failing) Logf(string, ...any)   {}
func (f *failing) Errorf(string, ...any) { f.failed = true }

var kept []byte // what is kept here costs

func TestOnlyWhatIsMoreThanLinearFails(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("only allocations are judged here")
	}
	look := func(in []byte, times int) {
		for range times {
			for _, b := range in {
				if b == 'y' {
					kept = in
				}
			}
		}
	}
	for name, c := range map[string]struct {
		work  func(in []byte)
		fails bool
	}{
		"nothing":         {work: func([]byte) {}},
		"a copy":          {work: func(in []byte) { kept = bytes.Clone(in) }},
		"a look":          {work: func(in []byte) { look(in, 100) }},
		"a look for each": {work: func(in []byte) { look(in, len(in)/32) }, fails: runtime.GOOS == "linux"},
		"a copy for each 100": {work: func(in []byte) {
			for range len(in) / 100 {
				kept = bytes.Clone(in)
			}
		}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			judge := &failing{TB: t}
			costtest.Linear(judge, name, 128<<10, func(n int) func() {
				in := bytes.Repeat([]byte("x"), n)
				return func() { c.work(in) }
			})
			if judge.failed != c.fails {
				t.Errorf("failed: %v, want %v", judge.failed, c.fails)
			}
		})
	}
}

func TestPeakIsWhatWasInUseAndNotWhatWasMade(t *testing.T) {
	const size = 1 << 20
	rest := costtest.PeakOf(func() {
		for range 100 {
			kept = make([]byte, size)
		}
	})
	var all [][]byte
	whole := costtest.PeakOf(func() {
		for range 100 {
			all = append(all, make([]byte, size))
		}
	})
	runtime.KeepAlive(all)
	if rest > 40*size || whole < 60*size || whole > 120*size {
		t.Errorf("one at a time: %d MiB, all: %d MiB", rest/size, whole/size)
	}
}
