package databasetest

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// pool holds the migrated databases on the MySQL server that no test uses at the moment. To empty
// one takes a few milliseconds; to migrate a new one takes many times that.
type pool struct {
	sync.Mutex
	free  []string
	shape string // of the tables of each
}

// MySQLURL names a migrated database without content on the MySQL server, for tests that open it
// themselves.
func MySQLURL(t testing.TB) string {
	t.Helper()
	at := server.start(t)
	name := server.pool.take()
	if name == "" {
		name = create(t, at)
		db, err := database.Open(t.Context(), at.url(name))
		if err != nil {
			t.Fatalf("migrate a test database: %v", err)
		}
		db.Close()
		if err := server.pool.learnShape(at, name); err != nil {
			t.Fatalf("read the tables of a test database: %v", err)
		}
	}
	t.Cleanup(func() {
		again, err := server.pool.empty(at, name)
		if err != nil {
			t.Logf("the test's database is not used again: %v", err)
		}
		if !again {
			if err := drop(at, name); err != nil {
				t.Error(err)
			}
			return
		}
		server.pool.give(name)
	})
	return at.url(name)
}

// emptyMySQLURL names a new database without tables on the MySQL server, dropped when the test
// ends.
func emptyMySQLURL(t testing.TB) string {
	t.Helper()
	at := server.start(t)
	name := create(t, at)
	t.Cleanup(func() {
		if err := drop(at, name); err != nil {
			t.Error(err)
		}
	})
	return at.url(name)
}

func (p *pool) take() (name string) {
	p.Lock()
	defer p.Unlock()
	if last := len(p.free) - 1; last >= 0 {
		name, p.free = p.free[last], p.free[:last]
	}
	return name
}

func (p *pool) give(name string) {
	p.Lock()
	defer p.Unlock()
	p.free = append(p.free, name)
}

func create(t testing.TB, at address) (name string) {
	t.Helper()
	name = "bloghorn_test_" + rand.Text()
	if err := run(at, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return name
}

// learnShape remembers which tables and columns a database has that was just migrated.
func (p *pool) learnShape(at address, name string) error {
	admin, err := sql.Open("mysql", at.dsn(name))
	if err != nil {
		return err
	}
	defer admin.Close()
	p.Lock()
	defer p.Unlock()
	p.shape, err = shape(admin, name)
	return err
}

func shape(admin *sql.DB, name string) (s string, err error) {
	err = admin.QueryRow(`SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT(table_name, '.', column_name, column_type))), ' ', (SELECT COUNT(*) FROM `+name+`.goose_db_version))
FROM information_schema.columns WHERE table_schema = ?`, name).Scan(&s)
	return s, err
}

// empty deletes every row of a database but those that say which migrations ran, and reports
// whether it can serve again: a test may have changed its tables.
func (p *pool) empty(at address, name string) (again bool, err error) {
	admin, err := sql.Open("mysql", at.dsn(name)+"?multiStatements=true")
	if err != nil {
		return false, err
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1)
	if err := waitUntilAlone(admin, name); err != nil {
		return false, err
	}
	p.Lock()
	want := p.shape
	p.Unlock()
	if s, err := shape(admin, name); err != nil || s != want {
		return false, err
	}
	err = deleteRows(admin, name)
	return err == nil, err
}

func deleteRows(admin *sql.DB, name string) error {
	rows, err := admin.Query(`SELECT table_name FROM information_schema.tables
WHERE table_schema = ? AND table_name NOT LIKE 'goose%'`, name)
	if err != nil {
		return err
	}
	defer rows.Close()
	statements := []string{"SET SESSION innodb_lock_wait_timeout = 5"}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return err
		}
		statements = append(statements, "DELETE FROM "+table)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = admin.Exec(strings.Join(statements, "; "))
	return err
}

// waitUntilAlone waits a while for the server to see that the test's connections are closed. It is
// an error if one stays open: what that writes later would reach another test.
func waitUntilAlone(admin *sql.DB, name string) error {
	for try := 0; ; try++ {
		var others int
		err := admin.QueryRow(`SELECT COUNT(*) FROM information_schema.processlist
WHERE db = ? AND id <> CONNECTION_ID()`, name).Scan(&others)
		switch {
		case err != nil:
			return err
		case others == 0:
			return nil
		case try == 100:
			return fmt.Errorf("%d connections are still open", others)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func drop(at address, name string) error { return run(at, "DROP DATABASE "+name) }

func run(at address, statement string) error {
	admin, err := sql.Open("mysql", at.dsn(""))
	if err != nil {
		return fmt.Errorf("reach the MySQL test server: %w", err)
	}
	defer admin.Close()
	if _, err := admin.Exec(statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
