package database_test

import (
	"errors"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestProcessThatHasChangedRowsWakesTheOthers(t *testing.T) {
	insert := func(t *testing.T, q database.Querier) error {
		_, err := q.Exec(t.Context(), insertHost, "a.example")
		return err
	}
	failure := errors.New("no")
	for _, c := range []struct {
		name  string
		does  func(t *testing.T, db *database.DB) error
		wakes bool
	}{
		{"a statement", func(t *testing.T, db *database.DB) error { return insert(t, db) }, true},
		{"a transaction", func(t *testing.T, db *database.DB) error {
			return db.InTx(t.Context(), func(tx *database.Tx) error { return insert(t, tx) })
		}, true},
		{"nothing", func(*testing.T, *database.DB) error { return nil }, false},
		{"a read", func(t *testing.T, db *database.DB) error {
			var n int
			return db.QueryRow(t.Context(), "SELECT COUNT(*) FROM hosts").Scan(&n)
		}, false},
		{"a statement that meets no row", func(t *testing.T, db *database.DB) error {
			_, err := db.Exec(t.Context(), "DELETE FROM hosts WHERE host = 'a.example'")
			return err
		}, false},
		{"a transaction that fails", func(t *testing.T, db *database.DB) error {
			err := db.InTx(t.Context(), func(tx *database.Tx) error { return errors.Join(insert(t, tx), failure) })
			if errors.Is(err, failure) {
				return nil
			}
			return err
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			databasetest.EachURL(t, func(t *testing.T, url string) {
				serving, command := databasetest.OpenURL(t, url), databasetest.OpenURL(t, url)
				before, err := serving.Wakeups(t.Context())
				if err == nil {
					err = c.does(t, command)
				}
				if err == nil {
					err = command.WakeOthers(t.Context())
				}
				if err != nil {
					t.Fatal(err)
				}
				after, err := serving.Wakeups(t.Context())
				if err != nil || (after != before) != c.wakes {
					t.Errorf("the number went from %d to %d, %v", before, after, err)
				}
			})
		})
	}
}

func TestEarliestKnowsNothingFromZero(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		earliest := func() (unix int64, never bool) {
			t.Helper()
			at, err := database.Earliest(db.QueryRow(t.Context(), "SELECT MIN(paused_until) FROM hosts"))
			if err != nil {
				t.Fatal(err)
			}
			return at.UnixMilli(), at.IsZero()
		}
		if _, never := earliest(); !never {
			t.Error("without a row it is due")
		}
		if _, err := db.Exec(t.Context(), insertHost, "a.example"); err != nil {
			t.Fatal(err)
		}
		if at, never := earliest(); at != 0 || never {
			t.Errorf("a row at 0 is due at %d (never: %v)", at, never)
		}
	})
}
