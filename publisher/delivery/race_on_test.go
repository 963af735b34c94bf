//go:build race

package delivery_test

// simulatedHosts is few, since the race detector makes everything ten times as slow.
const simulatedHosts = 200
