package cli

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/testenv"
)

const nobody = 65534

// newHome is the data of a server that has run, of nobody, in a folder that they can reach.
func newHome(t *testing.T) (data string) {
	t.Helper()
	if os.Getuid() != 0 {
		testenv.Missing(t, "nobody to be: a test that changes its user runs as root")
	}
	home, err := os.MkdirTemp("/tmp", "bloghorn-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	data = filepath.Join(home, "data")
	if code, said := asNobody(t, data, "blog", "list"); code == exit.OK {
		t.Fatalf("nobody can write to a folder of root: %s", said)
	}
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{data, makeDatabase(t, data)} {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// asNobody runs a command as a user who may do little.
func asNobody(t *testing.T, data string, words ...string) (code int, said string) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(binary) // its folder may be closed to them
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := exec.CommandContext(t.Context(), "/proc/self/fd/3", append(words, "--data-dir", data)...)
	c.ExtraFiles = []*os.File{file}
	c.Dir = "/"
	c.Env = append(os.Environ(), asProgram+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

func TestFileThatMayNotBeUsedIsNamed(t *testing.T) {
	data := newHome(t)
	file := filepath.Join(data, "bloghorn.db")
	for _, path := range []string{data, file, file + "-wal"} {
		before, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			before, err = os.Stat(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		code, said := asNobody(t, data, "blog", "list")
		if code != exit.Database || !strings.Contains(said, path) || !strings.Contains(said, "permission denied") ||
			!strings.Contains(said, database.AdviceDenied) || strings.Contains(said, "disk has room") {
			t.Errorf("%s: exit %d %s", path, code, said)
		}
		if err := os.Chmod(path, before.Mode()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullDiskIsToldOfOnceAndWithWhatToDo(t *testing.T) {
	folder, o := newDisk(t), newOperator(t)
	o.flags = append(o.flags, "--data-dir", folder)
	if code, said := o.types("blog", "add", o.feed.URL); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	fill(t, folder)
	code, said := o.types("block", "add", "full.example")
	if code != exit.Database || strings.Count(said, "full") != 2 || !strings.Contains(said, "Nothing was changed. Make room") {
		t.Errorf("exit %d %s", code, said)
	}
}

func TestDatabaseHeldByAnotherProgramIsSaidToBeLocked(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	other, err := sql.Open("sqlite", strings.TrimPrefix(c.App.Settings.Database.URL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	costtest.Until(t, "a readiness that names the lock", func() bool { // a busy machine may not answer in time at first
		err := c.App.Readiness.Check(t.Context())
		return err != nil && strings.Contains(err.Error(), "another program holds it locked")
	})
}
