package costtest

import (
	"runtime"
	"testing"
	"time"
)

const (
	part   = 32                     // the small input is one part of so many
	excess = 8                      // for each byte, the large one may cost so many times more: caches, the collector
	tries  = 4                      // neighbours on the machine can make work dearer, never cheaper
	least  = 100 * time.Microsecond // a small input that costs less is measured as this

	mostPerByte = 10 * time.Microsecond // of CPU, whatever a smaller input costs: a hundred times what a feed's byte costs
)

// cost is what a piece of work has used.
type cost struct {
	cpu   time.Duration // of the thread; 0 where the system does not say
	bytes uint64        // allocated by the process
}

// Linear fails the test if an input of n bytes costs eight times more for each of its bytes than
// one of n/32: what grows with the square of its input costs 32 times more. It also fails above 10
// µs of CPU for each of the n bytes, so that an input whose size is not its cost, such as a bomb,
// is bounded too. Under the race detector the small input runs once, and nothing is judged. prepare
// makes an input of about n bytes and returns the work with it, which must stay in the goroutine
// that calls it and may be repeated. No other test may run at the same time.
func Linear(t testing.TB, what string, n int, prepare func(n int) (work func())) {
	t.Helper()
	if Race {
		prepare(n / part)()
		return
	}
	work := prepare(n / part)
	small := costOf(work)
	for range tries - 1 {
		small = small.min(costOf(work))
	}
	work = prepare(n)
	large := costOf(work)
	for try := 1; try < tries && !large.isLinearTo(small, n); try++ {
		large = large.min(costOf(work))
	}
	t.Logf("%s: %v of CPU and %d kB for %d kB; of %d kB that is %.1f and %.1f times as much", what, large.cpu.Round(time.Microsecond),
		large.bytes>>10, n>>10, n/part>>10, float64(large.cpu)/float64(small.cpu), float64(large.bytes)/float64(small.bytes))
	if !large.isLinearTo(small, n) {
		t.Errorf("%s costs %+v for %d bytes, which is too much for each, or more than linear: an input of a %dth part costs %+v",
			what, large, n, part, small)
	}
}

func (c cost) min(other cost) cost { return cost{min(c.cpu, other.cpu), min(c.bytes, other.bytes)} }

func (c cost) isLinearTo(small cost, n int) bool {
	return c.cpu <= time.Duration(n)*mostPerByte && c.cpu <= part*excess*max(small.cpu, least) && c.bytes <= part*excess*max(small.bytes, 4<<10)
}

func costOf(work func()) (c cost) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC() // so that nobody pays for what others left
	began := threadTime()
	c.bytes = Allocated(func() {
		work()
		c.cpu = threadTime() - began
	})
	return c
}

// Allocated returns how many bytes the process allocated while f ran.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
