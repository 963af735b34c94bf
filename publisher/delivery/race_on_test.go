//go:build race

package delivery_test

// simulatedHosts is a tenth of what runs without the race detector, which makes everything ten times as slow.
const simulatedHosts = 500
