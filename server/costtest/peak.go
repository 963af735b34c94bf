package costtest

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// PeakOf returns by how many bytes the memory in use grew at most while f ran. It asks each
// collection what it found alive, and lets one happen at each quarter of growth: garbage that a
// busy machine is late to collect does not count.
func PeakOf(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	before := alive()
	var peak atomic.Uint64
	peak.Store(before)
	stop := afterEachCollection(func() { peak.Store(max(peak.Load(), alive())) })
	f()
	peak.Store(max(peak.Load(), alive())) // of the last collection, which nobody may have been told of yet
	stop()
	return peak.Load() - before
}

// afterEachCollection calls f from one goroutine until it is stopped.
func afterEachCollection(f func()) (stop func()) {
	var stopped atomic.Bool
	type sentinel struct{ _ [16]byte }
	var finalize func(*sentinel)
	finalize = func(*sentinel) {
		if !stopped.Load() {
			f()
			runtime.SetFinalizer(&sentinel{}, finalize)
		}
	}
	runtime.SetFinalizer(&sentinel{}, finalize)
	return func() { stopped.Store(true) }
}

func alive() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
