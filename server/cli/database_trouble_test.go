package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/exit"
)

func TestDamagedDatabaseSaysToRestoreTheBackup(t *testing.T) {
	for name, damage := range map[string]func([]byte){
		"not a database": func(b []byte) { copy(b, "something else entirely") },
		"malformed":      func(b []byte) { copy(b[100:4096], bytes.Repeat([]byte{0xff}, 3996)) },
	} {
		o := newOperator(t)
		if code, said := o.types("blog", "add", o.feed.URL); code != exit.OK {
			t.Fatalf("blog add: exit %d %s", code, said)
		}
		path := filepath.Join(o.flags[5], "bloghorn.db")
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		damage(file)
		os.Remove(path + "-wal")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		code, said := o.types("blog", "list")
		if code != exit.Database || !strings.Contains(said, "damaged") || !strings.Contains(said, "restore your backup") ||
			strings.Contains(said, "disk has room") {
			t.Errorf("%s: exit %d %s", name, code, said)
		}
	}
}

func TestDatabaseURLIsReadBeforeItsFileIsSought(t *testing.T) {
	o := newOperator(t)
	if err := os.WriteFile(filepath.Join(o.flags[5], "secret.key"), []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"sqlite:x.db?mode=ro": "no parameters", "sqlite:": "names no file", "sqlite::memory:": "lose everything",
		"mariadb://u@h/x": "\"mysql:\" is meant", "MYSQL://u@h/x": "\"mysql:\" is meant",
	} {
		if code, said := o.types("blog", "list", "--database-url", url); code != exit.Config || !strings.Contains(said, want) {
			t.Errorf("%s: exit %d %s", url, code, said)
		}
	}
}

func TestOnlyTheDataFolderIsMade(t *testing.T) {
	o := newOperator(t)
	folder := filepath.Join(t.TempDir(), "nodir")
	code, said := o.types("blog", "add", o.feed.URL, "--database-url", "sqlite:"+filepath.Join(folder, "x.db"))
	if _, err := os.Stat(folder); code != exit.Config || !strings.Contains(said, "is not there") || err == nil {
		t.Errorf("exit %d %s", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--data-dir", folder); code != exit.OK {
		t.Errorf("data_dir: exit %d %s", code, said)
	}
}
