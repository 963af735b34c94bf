//go:build !linux

package databasetest

import "os/exec"

// dieWithParent has no counterpart outside Linux: there Main stops the server, and a killed test
// leaves it.
func dieWithParent(*exec.Cmd) {}
