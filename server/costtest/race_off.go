//go:build !race

package costtest

// Race reports whether the race detector is on. It makes everything some ten times slower and needs
// a multiple of the memory, so tests that measure do not judge, and those that simulate do less.
const Race = false
