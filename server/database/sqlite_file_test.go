package database_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestFilesOfTheDatabaseAreForTheirOwnerAlone(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "test.db")
	db := databasetest.OpenURL(t, "sqlite:"+path)
	if _, err := db.Exec(t.Context(), insertHost, "a"); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %o", name, info.Mode().Perm(), err, mode)
		}
	}
	others, err := filepath.Glob(filepath.Join(folder, "*.new*"))
	if err != nil || len(others) > 0 {
		t.Errorf("left behind: %v, %v", others, err)
	}

	// As an older program made them, and left them when it was killed.
	files := []string{path, path + "-wal", path + "-shm"}
	for _, name := range files {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again := databasetest.OpenURL(t, "sqlite:"+path)
	if n := count(t, again, "SELECT COUNT(*) FROM hosts"); n != 1 {
		t.Errorf("%d hosts", n)
	}
	for _, name := range files {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode().Perm(), err)
		}
	}
}

// On Linux SQLite goes on with a file that was moved or deleted, and what it commits is lost in the end.
func TestCommitToAFileThatIsNotInItsPlaceIsNoSuccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := databasetest.OpenURL(t, "sqlite:"+path)
	writes := map[string]func() error{
		"a statement": func() error {
			_, err := db.Exec(context.Background(), "UPDATE wakeups SET version = version WHERE id = 1")
			return err
		},
		"a transaction": func() error {
			return db.InTx(context.Background(), func(tx *database.Tx) error {
				_, err := tx.Exec(context.Background(), "UPDATE wakeups SET version = version WHERE id = 1")
				return err
			})
		},
		"ping": func() error { return db.Ping(context.Background()) },
	}
	writes["z: a read after that"] = func() error {
		var n int
		return db.QueryRow(context.Background(), "SELECT COUNT(*) FROM wakeups").Scan(&n)
	}
	expect := func(when string, lost bool) {
		for _, name := range slices.Sorted(maps.Keys(writes)) {
			if err := writes[name](); errors.Is(err, database.ErrLost) != lost || !lost && err != nil {
				t.Errorf("%s, %s: %v", name, when, err)
			}
		}
	}
	expect("in its place", false)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	expect("moved", true)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("replaced", true)
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	expect("put back", false)
}

// Somebody who is told that a commit failed does it again.
func TestCommitIsASuccessWhereTheDiskDoesNotTellWhereTheFileIs(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	db := databasetest.OpenURL(t, "sqlite:"+filepath.Join(folder, "test.db"))
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, folder); err != nil { // a link to itself stands for a disk with an error
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "UPDATE wakeups SET version = version WHERE id = 1"); err != nil {
		t.Error(err)
	}
}

func TestOpenExistingMakesNothing(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		filepath.Join(folder, "not-there.db"): "there is no database at ", filepath.Join(folder, "nor", "there.db"): "there is no database at ",
		empty: "the file of the database is empty: ",
	} {
		if _, err := database.OpenExisting(t.Context(), "sqlite:"+path); !errors.Is(err, database.ErrEmpty) || err.Error() != says+path {
			t.Errorf("%s: %v", path, err)
		}
	}
	if made, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(made) != 1 {
		t.Errorf("it made %v, %v", made, err)
	}
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		if _, err := database.OpenExisting(t.Context(), url); !errors.Is(err, database.ErrEmpty) {
			t.Errorf("empty: %v", err)
		}
		databasetest.OpenURL(t, url)
		db, err := database.OpenExisting(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	})
}
