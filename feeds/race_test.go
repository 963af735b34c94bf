//go:build race

package feeds_test

// isRace says that the race detector is on: it makes everything some ten times slower, and needs a multiple of the memory.
const isRace = true
