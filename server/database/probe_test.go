package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestProbeOfADatabaseThatIsWell(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, address string) {
		db := open(t, address)
		for range 3 {
			if err := db.Probe(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if n := count(t, db, "SELECT COUNT(*) FROM probes"); n != 0 {
			t.Errorf("%d rows are left behind", n)
		}
	})
}

func TestProbeMissesATable(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, address string) {
		db := open(t, address)
		for _, table := range []string{"received", "actor_keys", "sessions", "probes"} {
			rename := func(from, to string) {
				if _, err := db.Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
					t.Fatal(err)
				}
			}
			rename(table, table+"_away")
			wantProbe(t, db, table)
			rename(table+"_away", table)
			wantProbe(t, db, "")
		}
	})
}

func TestProbeSeesThatAFileIsNotWhatItWas(t *testing.T) {
	t.Parallel() // SQLite finds an emptied file locked, by our own connection, and waits five seconds
	for name, spoil := range map[string]func(path string) error{
		"deleted": func(path string) error { return os.Remove(path) },
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"garbage": func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("garbage ", 50_000)), 0o600) },
		"pages": func(path string) error {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for i := 8192; i < len(text); i++ {
				text[i] ^= 0x55
			}
			return os.WriteFile(path, text, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := databasetest.SQLiteURL(t)
			db := open(t, address)
			wantProbe(t, db, "")
			if err := spoil(strings.TrimPrefix(address, "sqlite:")); err != nil {
				t.Fatal(err)
			}
			if err := db.Probe(t.Context()); err == nil {
				t.Error("it is well")
			} else {
				t.Log(err)
			}
		})
	}
}

func TestProbeSeesThatAnotherProcessHoldsTheFile(t *testing.T) {
	address := databasetest.SQLiteURL(t)
	db := open(t, address)
	wantProbe(t, db, "")
	other, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := db.Probe(ctx); err == nil {
		t.Error("it is well")
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	wantProbe(t, db, "")
}

// TestProbeOfALesserUser is about rights: the user of the test server has all of them, and may write what is read-only.
func TestProbeOfALesserUser(t *testing.T) {
	address := databasetest.MySQLURL(t)
	root := open(t, address)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Trim(u.Path, "/")
	user := fmt.Sprintf("probe%d", time.Now().UnixNano())
	do := func(format string, args ...any) {
		t.Helper()
		if _, err := root.Exec(t.Context(), fmt.Sprintf(format, args...)); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE USER %s@'%%' IDENTIFIED BY 'pass'", user)
	t.Cleanup(func() { root.Exec(context.Background(), "DROP USER "+user) })
	do("GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO %s", name, user)
	u.User = url.UserPassword(user, "pass")
	db := open(t, u.String())
	wantProbe(t, db, "")
	for _, right := range []string{"SELECT", "INSERT", "DELETE"} {
		do("REVOKE %s ON %s.* FROM %s", right, name, user)
		wantProbe(t, db, "denied")
		do("GRANT %s ON %s.* TO %s", right, name, user)
		wantProbe(t, db, "")
	}
	do("SET GLOBAL read_only = 1")
	t.Cleanup(func() { root.Exec(context.Background(), "SET GLOBAL read_only = 0") })
	wantProbe(t, db, "read-only")
	do("SET GLOBAL read_only = 0")
	wantProbe(t, db, "")
}

func open(t *testing.T, address string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// wantProbe wants the probe to say these words, or nothing.
func wantProbe(t *testing.T, db *database.DB, words string) {
	t.Helper()
	err := db.Probe(t.Context())
	if (err == nil) != (words == "") || err != nil && !strings.Contains(err.Error(), words) {
		t.Errorf("it says %v, want %q", err, words)
	}
}
