package costtest

import (
	"syscall"
	"time"
	"unsafe"
)

// threadTime returns the CPU time that the thread has used. The getrusage of package syscall would
// know it only as of the last tick of the scheduler, which is longer ago than small work takes.
func threadTime() time.Duration {
	const ofThisThread = 3 // CLOCK_THREAD_CPUTIME_ID
	var used syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, ofThisThread, uintptr(unsafe.Pointer(&used)), 0); failed != 0 {
		return 0
	}
	return time.Duration(used.Nano())
}
