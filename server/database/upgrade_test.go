package database_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Today version 1 is also the newest, and an upgrade changes nothing. The test becomes useful with
// migration 2: it needs no change then, unless that migration means to change or drop what it finds.
func TestUpgradeFromVersion1KeepsEveryRow(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		rows := filledAt(t, url, 1)
		upgraded(t, url, rows)
	})
}

// On MySQL a process may be killed after a migration has changed tables and before goose has written
// down that it has. The next one runs every statement of the file again. SQLite does both in one
// transaction; its first file can run again all the same.
func TestMigrationThatWasInterruptedRunsAgainAndKeepsEveryRow(t *testing.T) {
	for version := int64(1); version <= database.Newest(); version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
				if version > 1 && strings.HasPrefix(url, "sqlite:") {
					return
				}
				rows := filledAt(t, url, version, fmt.Sprint("DELETE FROM goose_db_version WHERE version_id = ", version))
				upgraded(t, url, rows)
			})
		})
	}
}

// filledAt makes a database of a schema version with a row in each table, runs the statements, and
// returns for each table the query that reads the columns of that version, with its result.
func filledAt(t *testing.T, url string, version int64, statements ...string) map[string]string {
	t.Helper()
	db, err := database.OpenAt(t.Context(), url, version)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := map[string]string{}
	for _, table := range tables(t, db) {
		columns := fill(t, db, table)
		query := "SELECT " + strings.Join(columns, ", ") + " FROM " + table
		rows[query] = text(t, db, query)
	}
	for _, s := range statements {
		if n, err := db.Exec(t.Context(), s); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", s, n, err)
		}
	}
	return rows
}

// upgraded opens the database, which migrates it to the newest version, and expects the same rows.
func upgraded(t *testing.T, url string, rows map[string]string) {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range rows {
		if got := text(t, db, query); got != want {
			t.Errorf("%s:\n got %s\nwant %s", query, got, want)
		}
	}
}

// tables lists the tables that are not the bookkeeping of goose or SQLite.
func tables(t *testing.T, db *database.DB) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if db.Engine() == database.MySQL {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	all, err := database.Collect(func(row database.Scanner) (name string, err error) {
		return name, row.Scan(&name)
	})(db.Query(t.Context(), query))
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, name := range all {
		if !strings.HasPrefix(name, "goose_") && !strings.HasPrefix(name, "sqlite_") {
			ours = append(ours, name)
		}
	}
	if len(ours) == 0 {
		t.Fatal("no tables")
	}
	return ours
}

// fill inserts a row whose values differ from column to column, and returns the columns.
func fill(t *testing.T, db *database.DB, table string) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	types, err := rows.ColumnTypes()
	rows.Close()
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	var values []any
	for i, column := range types {
		columns = append(columns, column.Name())
		switch kind := column.DatabaseTypeName(); kind {
		case "INTEGER", "BIGINT", "INT", "TINYINT":
			values = append(values, i+1)
		case "TEXT", "MEDIUMTEXT", "VARCHAR", "CHAR":
			values = append(values, fmt.Sprint("text ", i+1))
		case "BLOB", "MEDIUMBLOB", "BINARY":
			values = append(values, database.Hash(table, column.Name()))
		default:
			t.Fatalf("%s.%s is a %s, for which this test has no value", table, column.Name(), kind)
		}
	}
	_, err = db.Exec(t.Context(), "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+
		database.Marks(len(values))+")", values...)
	if err != nil {
		t.Fatalf("fill %s: %v", table, err)
	}
	return columns
}

// text is what a query finds, a line for each row.
func text(t *testing.T, db *database.DB, query string) string {
	t.Helper()
	rows, err := db.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	all, err := database.Collect(func(row database.Scanner) (string, error) {
		cells, into := make([][]byte, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		err := row.Scan(into...)
		return fmt.Sprintf("%q", cells), err
	})(rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}
