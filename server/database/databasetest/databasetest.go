package databasetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/testenv"
)

// Main is testenv.Main, and stops the MySQL server if one was started.
func Main(m *testing.M) {
	testenv.AtEnd(server.stop)
	testenv.Main(m)
}

// Each runs test once on SQLite and once on MySQL. It is for tests whose SQL, locks or collations
// can differ; others use Open.
//
// Under the race detector it is MySQL alone: the detector would watch each access to memory of a
// SQLite that is a translated C program, which takes three times as long, while our own goroutines
// are the same on both.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	EachURL(t, func(t *testing.T, url string) { test(t, OpenURL(t, url)) })
}

// EachURL is Each for tests that open the database themselves.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	each(t, SQLiteURL, MySQLURL, test)
}

// EachEmptyURL is EachURL with databases that have no tables yet, for tests of the migrations.
func EachEmptyURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	each(t, emptySQLiteURL, emptyMySQLURL, test)
}

// EmptyURL names one more such database, on the engine of another.
func EmptyURL(t testing.TB, other string) string {
	t.Helper()
	if strings.HasPrefix(other, "sqlite:") {
		return emptySQLiteURL(t)
	}
	return emptyMySQLURL(t)
}

func each(t *testing.T, sqlite, mysql func(testing.TB) string, test func(t *testing.T, url string)) {
	t.Helper()
	lacking := server.lacking()
	if !costtest.Race || lacking {
		t.Run("sqlite", func(t *testing.T) { test(t, sqlite(t)) })
	}
	if lacking {
		testenv.NotRun(t, howToGetOne)
		return
	}
	t.Run("mysql", func(t *testing.T) { test(t, mysql(t)) })
}

// Open gives a fresh SQLite database in a temporary file. It may be opened inside a synctest
// bubble.
func Open(t testing.TB) *database.DB {
	t.Helper()
	return OpenURL(t, SQLiteURL(t))
}

// OpenMySQL gives a fresh database on the MySQL server.
func OpenMySQL(t testing.TB) *database.DB {
	t.Helper()
	return OpenURL(t, MySQLURL(t))
}

// OpenStrictest gives a fresh database on the engine that refuses most: MySQL, which bounds the
// length of texts and checks their characters, and SQLite only where there is no MySQL. It is for
// tests that send very many inputs.
func OpenStrictest(t testing.TB) *database.DB {
	t.Helper()
	if server.lacking() {
		testenv.NotRun(t, howToGetOne)
		return Open(t)
	}
	return OpenMySQL(t)
}

// OpenURL opens a database until the test ends. It is for tests that open one several times, as
// several processes do.
func OpenURL(t testing.TB, url string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// template is a migrated SQLite database, as bytes: a copy costs a hundredth of the migrations.
var template = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "bloghorn-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "template.db")
	db, err := database.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // the last connection moves the write-ahead log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLiteURL names a migrated SQLite database without content, for tests that open it themselves.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	content, err := template()
	if err != nil {
		t.Fatalf("make the template of the test databases: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// emptySQLiteURL names a database that is not there yet.
func emptySQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}
