// Package costtest judges what tests cost, and how long they wait, without a look at the clock on
// the wall: a test that can fail because a machine is slow or busy is a defect of the test.
//
//   - Linear judges hostile input: CPU time (on Linux only) and allocations, of a large input against a small one in the same run.
//   - PeakOf is how much memory was in use at most, Allocated how much was made.
//   - Until waits for a condition, and gives up after five minutes. A story that promises a time runs in a bubble of testing/synctest instead, whose clock is exact.
//   - Long reports whether the long form of the tests was asked for, Pick chooses a size by it, Race whether the race detector is on.
package costtest
