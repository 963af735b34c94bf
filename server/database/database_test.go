package database_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

const insertHost = `INSERT INTO hosts (host, failures, paused_until, failing_since, succeeded_at, last_error, updated_at)
VALUES (?, 0, 0, 0, 0, '', 0)`

func TestExecRecognisesADuplicateAndTheTransactionGoesOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		err := db.InTx(ctx, func(tx *database.Tx) error {
			if _, err := tx.Exec(ctx, insertHost, "a.example"); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, insertHost, "a.example"); !errors.Is(err, database.ErrDuplicate) {
				t.Errorf("second insert: %v, want ErrDuplicate", err)
			}
			_, err := tx.Exec(ctx, insertHost, "b.example")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM hosts"); n != 2 {
			t.Errorf("%d hosts, want 2", n)
		}
	})
}

func TestKeysAreCaseSensitiveAndMindTrailingBlanks(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, host := range []string{"a", "A"} {
			if _, err := db.Exec(t.Context(), insertHost, host); err != nil {
				t.Errorf("%q: %v", host, err)
			}
		}
	})
}

func TestExecCountsMatchedRowsSoThatCompareAndSetCanTell(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.Exec(t.Context(), insertHost, "a"); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second changes nothing, and still matches
			n, err := db.Exec(t.Context(), "UPDATE hosts SET failures = 3 WHERE host = ?", "a")
			if n != 1 || err != nil {
				t.Errorf("%d rows, %v; want 1", n, err)
			}
		}
	})
}

func TestScanOfNothingIsNotFound(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var n int
		err := db.QueryRow(t.Context(), "SELECT failures FROM hosts WHERE host = ?", "nobody").Scan(&n)
		if !errors.Is(err, database.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
	})
}

func TestFailedTransactionLeavesNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, stop := t.Context(), errors.New("stop")
		err := db.InTx(ctx, func(tx *database.Tx) error {
			if _, err := tx.Exec(ctx, insertHost, "a"); err != nil {
				return err
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatalf("%v, want the error of the function", err)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM hosts"); n != 0 {
			t.Errorf("%d hosts left behind", n)
		}
	})
}

// Two rows taken in opposite order by many transactions at once deadlock on MySQL and collide on SQLite.
func TestCrossingTransactionsAllCommit(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		for _, host := range []string{"a", "b"} {
			if _, err := db.Exec(ctx, insertHost, host); err != nil {
				t.Fatal(err)
			}
		}
		const workers, rounds = 8, 10
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() {
				first, second := "a", "b"
				if w%2 == 1 {
					first, second = second, first
				}
				for range rounds {
					if err := addOneToBoth(ctx, db, first, second); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := count(t, db, "SELECT SUM(failures) FROM hosts"); n != 2*workers*rounds {
			t.Errorf("sum is %d, want %d", n, 2*workers*rounds)
		}
	})
}

func addOneToBoth(ctx context.Context, db *database.DB, first, second string) error {
	return db.InTx(ctx, func(tx *database.Tx) error {
		for _, host := range []string{first, second} {
			if _, err := tx.Exec(ctx, "UPDATE hosts SET failures = failures + 1 WHERE host = ?", host); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestCollisionThatTheCallerSeesIsTriedAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, collisions := range []int{0, 2, 100} {
			runs := 0
			err := db.InTx(t.Context(), func(tx *database.Tx) error {
				if _, err := tx.Exec(t.Context(), insertHost, fmt.Sprint(collisions)); err != nil {
					return err // the row of the run before is not there
				}
				if runs++; runs <= collisions {
					return fmt.Errorf("somebody was faster: %w", database.ErrConflict)
				}
				return nil
			})
			if gaveUp := errors.Is(err, database.ErrConflict); gaveUp != (collisions == 100) || runs != min(collisions+1, 8) {
				t.Errorf("%d collisions: %d runs, %v", collisions, runs, err)
			}
		}
		if n := count(t, db, "SELECT COUNT(*) FROM hosts"); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestTwoProcessesMayMigrateAtOnce(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				db, err := database.Open(t.Context(), url)
				if err != nil {
					t.Error(err)
					return
				}
				db.Close()
			})
		}
		all.Wait()
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if _, err := db.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Exec(context.Background(), "DELETE FROM goose_db_version WHERE version_id = 99999") })
		if err := database.Migrate(db, t.Context()); !errors.Is(err, database.ErrNewerSchema) {
			t.Errorf("%v, want ErrNewerSchema", err)
		}
	})
}

func TestOpenSaysWhatIsWrongAndHidesThePassword(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"postgres://x":                        "sqlite:PATH",
		"sqlite:":                             "names no file",
		"mysql://u:geheim@/x":                 "host or database name is missing",
		"mysql://u:gehe im%@h/x":              "percent-encode",
		"mysql://u:geheim@127.0.0.1:1/x":      "reach the database",
		"sqlite:" + folder + "/below/file.db": "folder of the database",
	} {
		_, err := database.Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "gehe") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %q in one line and no password", url, err, want)
		}
	}
}

func TestSQLitePathMayHoldAnyCharacter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%41.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the database is elsewhere: %v", err)
	}
}

func TestDigestAndTimeSurviveTheDatabase(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		digest, now := database.Hash("https://a.example/Ä"), time.Date(2026, 11, 24, 1, 2, 3, 4_000_000, time.UTC)
		_, err := db.Exec(t.Context(), "INSERT INTO tombstones (key_hash, created_at, keep) VALUES (?, ?, ?)", digest, database.Millis(now), true)
		if err != nil {
			t.Fatal(err)
		}
		var back database.Digest
		var at int64
		var keep bool
		row := db.QueryRow(t.Context(), "SELECT key_hash, created_at, keep FROM tombstones WHERE key_hash = ?", digest)
		if err := row.Scan(&back, &at, &keep); err != nil {
			t.Fatal(err)
		}
		if back != digest || !database.Time(at).Equal(now) || !keep {
			t.Errorf("got %v %v %v", back, database.Time(at), keep)
		}
	})
}

func TestUniqueKeyOverNullLeavesRowsOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for i := range 2 {
			_, err := db.Exec(t.Context(), `INSERT INTO received (id, dedupe, uri, type, actor_uri, blog_id, state, verdict, attempts, next_attempt_at, lease_until, received_at)
VALUES (?, ?, '', '', '', 0, '', '', 0, 0, 0, 0)`, i+1, database.Digest{}.OrNull())
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestCollectReadsEveryRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, host := range []string{"a", "b", "c"} {
			if _, err := db.Exec(t.Context(), insertHost, host); err != nil {
				t.Fatal(err)
			}
		}
		hosts, err := database.Collect(func(row database.Scanner) (host string, err error) {
			return host, row.Scan(&host)
		})(db.Query(t.Context(), "SELECT host FROM hosts WHERE host IN ("+database.Marks(2)+") ORDER BY host", "a", "c"))
		if err != nil || strings.Join(hosts, " ") != "a c" {
			t.Errorf("%v, %v", hosts, err)
		}
	})
}

func count(t *testing.T, db *database.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
