package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// ErrLost is returned where the file of a SQLite database is not in its place any more. The program
// still holds it, and what it writes there is lost when it ends.
var ErrLost = errors.New("the file of the database was moved, deleted or replaced while it was in use")

// file is the file of a SQLite database as it was when it was opened.
type file struct {
	path string
	info fs.FileInfo
	lost atomic.Bool // it was not in its place when somebody looked last
}

// inPlace returns ErrLost if another file, or none, is now where this one was. It is asked after
// each commit: only then is what was written there for the next start. Where the disk does not
// tell, it is as it was: what was committed must not be reported as failed because of a look.
func (f *file) inPlace() error {
	if f == nil || f.info == nil {
		return nil // not SQLite, or not open yet
	}
	now, err := os.Stat(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a stale handle, or a disk that does not read now
		now, err = os.Stat(f.path)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		f.lost.Store(err != nil || !os.SameFile(now, f.info))
	}
	if f.lost.Load() {
		return fmt.Errorf("%w: put it back, or restore a backup, and start Bloghorn again", ErrLost)
	}
	return nil
}

// found returns ErrLost while a file that was lost is not back. It is asked before each statement:
// what was written in vain must not be taken for a duplicate when it comes again.
func (f *file) found() error {
	if f == nil || !f.lost.Load() {
		return nil
	}
	return f.inPlace()
}

// prepareFile makes the file of a database that is not there yet, in a folder that is, and keeps
// others from reading it and what SQLite keeps beside it: it gives those files the mode of the
// first. Whoever does not own them leaves them as they are.
func prepareFile(path string) error {
	if _, err := os.Stat(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: the folder of the database, %s, is not there: make it, or correct the path", ErrURL, filepath.Dir(path))
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := makeFile(path); err != nil && !errors.Is(err, fs.ErrExist) { // another process may be faster
			return fmt.Errorf("make the file of the database: %w", err)
		}
	}
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if info, err := os.Stat(path + end); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			_ = os.Chmod(path+end, info.Mode().Perm()&^0o077)
		}
	}
	return nil
}

// makeFile makes an empty file under another name first: to close the file itself would take the
// locks from others in this process who have it open (sqlite.org/howtocorrupt.html §2.2). Where the
// system has no links, it is made in place all the same.
func makeFile(path string) error {
	empty, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(empty.Name())
	if err := empty.Close(); err != nil {
		return err
	}
	if err := os.Link(empty.Name(), path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
