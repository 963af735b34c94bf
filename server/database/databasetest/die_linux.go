package databasetest

import (
	"os/exec"
	"syscall"
)

// dieWithParent ends the server with the test process, also when that is killed before Main can
// stop it.
func dieWithParent(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}
