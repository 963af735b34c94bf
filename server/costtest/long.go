package costtest

import "os"

// Long reports whether the long form of the tests was asked for, with BLOGHORN_TEST_LONG=1: hostile
// files of full size, months of 60 blogs, all of the bad input. The short form proves the same on
// the smallest input that shows it.
func Long() bool { return os.Getenv("BLOGHORN_TEST_LONG") == "1" }

// Pick returns the size for the short or for the long form of a test.
func Pick[T any](short, long T) T {
	if Long() {
		return long
	}
	return short
}
