//go:build !race

package delivery_test

const simulatedHosts = 5000
