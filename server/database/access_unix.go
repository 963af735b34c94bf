//go:build unix

package database

import "golang.org/x/sys/unix"

// mayUse says why this process may not read and write a file or folder. It does not open it: to
// close a file takes the locks on it from others in this process (sqlite.org/howtocorrupt.html
// §2.2).
func mayUse(path string) error {
	return unix.Access(path, unix.R_OK|unix.W_OK)
}
