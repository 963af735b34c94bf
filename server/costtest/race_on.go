//go:build race

package costtest

// Race says that the race detector is on: it makes everything some ten times slower and needs a multiple of the memory, so tests that
// measure do not judge, and those that simulate do less.
const Race = true
