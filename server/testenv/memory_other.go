//go:build !linux

package testenv

// InMemory does nothing outside Linux, and returns a function that does nothing.
func InMemory() (remove func()) { return func() {} }
