package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	memory     = "/dev/shm"
	mostNeeded = 2 << 30 // bytes: a container gives 64 MB of memory by default, and that is not enough
)

// InMemory makes temporary folders of this process lie in memory, where a commit costs no wait
// for the disk, and returns what removes them. It does nothing where there is no such place, or
// too little of it.
func InMemory() (remove func()) {
	removeLeftBehind()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < mostNeeded {
		return func() {}
	}
	// A short name: the path of a socket has room for 107 bytes (unix(7)).
	folder, err := os.MkdirTemp(memory, fmt.Sprintf("bloghorn-%d-", os.Getpid()))
	if err != nil {
		return func() {}
	}
	os.Setenv("TMPDIR", folder)
	return func() { os.RemoveAll(folder) }
}

// removeLeftBehind removes what tests that were killed could not. It leaves alone what is new:
// where several containers share the memory, each sees processes of its own only.
func removeLeftBehind() {
	folders, _ := filepath.Glob(memory + "/bloghorn-*")
	for _, folder := range folders {
		info, err := os.Stat(folder)
		if err != nil || time.Since(info.ModTime()) < 2*time.Hour {
			continue
		}
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), "bloghorn-"), "-")
		if n, err := strconv.Atoi(pid); err == nil && syscall.Kill(n, 0) == syscall.ESRCH {
			os.RemoveAll(folder)
		}
	}
}
