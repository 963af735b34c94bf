package databasetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
)

// Main runs the tests of a package and stops the MySQL server if one was started.
func Main(m *testing.M) {
	code := m.Run()
	server.stop()
	os.Exit(code)
}

// Each runs test once on SQLite and once on MySQL.
//
// Under the race detector it is MySQL alone: the detector would watch each access to memory of a SQLite that is a translated C program,
// which takes three times as long, while our own goroutines are the same on both.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	EachURL(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// EachURL is Each for tests that open the database themselves.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	if !costtest.Race {
		t.Run("sqlite", func(t *testing.T) { test(t, SQLiteURL(t)) })
	}
	t.Run("mysql", func(t *testing.T) { test(t, MySQLURL(t)) })
}

// Open gives a fresh SQLite database in a temporary file. It may be opened inside a synctest bubble.
func Open(t testing.TB) *database.DB {
	t.Helper()
	return open(t, SQLiteURL(t))
}

// OpenMySQL gives a fresh database on the MySQL server.
func OpenMySQL(t testing.TB) *database.DB {
	t.Helper()
	return open(t, MySQLURL(t))
}

func open(t testing.TB, url string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// SQLiteURL names a database that is not there yet, for tests that open it themselves.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// MySQLURL names a new empty database on the MySQL server, dropped when the test ends.
func MySQLURL(t testing.TB) string {
	t.Helper()
	at := server.start(t)
	name := "bloghorn_test_" + rand.Text()
	run(t, at, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, at, "DROP DATABASE "+name) })
	return at.url(name)
}

func run(t testing.TB, at address, statement string) {
	t.Helper()
	admin, err := sql.Open("mysql", at.dsn())
	if err != nil {
		t.Fatalf("reach the MySQL test server: %v", err)
	}
	defer admin.Close()
	if _, err := admin.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
