package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestStatementsAreKeptAndStayRight runs texts again in the ways in which a kept statement could
// give the answer of another time.
func TestStatementsAreKeptAndStayRight(t *testing.T) {
	const insert, read = insertHost, `SELECT host FROM hosts ORDER BY host`
	db := databasetest.Open(t)
	ctx := t.Context()
	hosts := func(q database.Querier) (names []string) {
		t.Helper()
		names, err := database.Collect(func(row database.Scanner) (name string, err error) {
			return name, row.Scan(&name)
		})(q.Query(ctx, read))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	want := func(q database.Querier, n int) {
		t.Helper()
		if got := hosts(q); len(got) != n {
			t.Errorf("hosts are %v, want %d", got, n)
		}
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := db.Exec(ctx, insert, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(ctx, insert, "a"); !errors.Is(err, database.ErrDuplicate) {
		t.Errorf("inserted twice: %v", err)
	}
	want(db, 3)

	err := db.InTx(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, read)
		if err != nil {
			return err
		}
		defer rows.Close()
		for n := 0; rows.Next(); n++ { // the same text runs while its rows are open
			want(tx, 3+n)
			if _, err := tx.Exec(ctx, insert, fmt.Sprint("0", n)); err != nil {
				return err
			}
			if n == 2 {
				break
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	want(db, 6)

	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.Exec(ended, insert, "late"); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	want(db, 6)

	if _, err := db.Exec(ctx, `ALTER TABLE hosts ADD COLUMN extra TEXT NOT NULL DEFAULT 'x'`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ctx, insert, "d"); err != nil {
		t.Errorf("after the table was altered: %v", err)
	}
	want(db, 7)

	for n := range 1000 { // more than are kept
		var got int
		if err := db.QueryRow(ctx, fmt.Sprintf(`SELECT %d`, n)).Scan(&got); err != nil || got != n {
			t.Fatalf("SELECT %d gave %d, %v", n, got, err)
		}
	}
	want(db, 7)
}
