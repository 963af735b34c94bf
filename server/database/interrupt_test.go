package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestMigrationKilledAtEachStatementGoesOn(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		if err := goesOnAfterEachKill(t, url, database.Migrations); err != nil {
			t.Error(err)
		}
	})
}

// The recipe of migrate.go, as a migration to come might use it.
func TestMigrationThatAltersTablesGoesOnWhereverItIsKilled(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		err := goesOnAfterEachKill(t, url, withSecond(t, sqliteSecond,
			altering(`columns`, `column_name = 'note'`, `ALTER TABLE hosts ADD COLUMN note VARCHAR(20) NULL`)+
				altering(`statistics`, `index_name = 'hosts_note'`, `CREATE INDEX hosts_note ON hosts (note)`)+
				`UPDATE hosts SET note = 'old' WHERE note IS NULL;`))
		if err != nil {
			t.Error(err)
		}
	})
}

// On SQLite nothing of it needs care: it is one transaction.
const sqliteSecond = `ALTER TABLE hosts ADD COLUMN note TEXT NULL;
CREATE INDEX hosts_note ON hosts (note);
UPDATE hosts SET failures = failures + 1;`

// MySQL commits the UPDATE with the ALTER that follows.
func TestMigrationThatChangesRowsTwiceIsFoundByKillingIt(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return
		}
		err := goesOnAfterEachKill(t, url, withSecond(t, "SELECT 1;", "UPDATE hosts SET failures = failures + 1;\n"+
			altering(`columns`, `column_name = 'note'`, `ALTER TABLE hosts ADD COLUMN note VARCHAR(20) NULL`)))
		if err == nil || !strings.Contains(err.Error(), "rows of hosts") {
			t.Errorf("%v; want that the rows differ", err)
		}
	})
}

// What a migration without the recipe comes to where it was killed, and what the operator then reads.
func TestMigrationThatCannotRunAgainSaysWhatToDo(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return // one transaction
		}
		const alter = "ALTER TABLE hosts ADD COLUMN note VARCHAR(20) NULL"
		db := databasetest.OpenURL(t, url)
		if _, err := db.Exec(t.Context(), alter); err != nil {
			t.Fatal(err)
		}
		_, err := database.OpenWith(t.Context(), url, withSecond(t, "SELECT 1;", alter+";"), sql.OpenDB)
		if err == nil || !strings.Contains(err.Error(), "Duplicate column") || !strings.Contains(err.Error(), "mend the cause and start again") {
			t.Errorf("%v, want the statement that cannot run twice, and what to do", err)
		}
	})
}

// goesOnAfterEachKill kills the migrations before each of their statements, with a row in each table from version 1 on.
// It is an error if the tables or rows then differ from those that nobody interrupts.
func goesOnAfterEachKill(t *testing.T, url string, migrations fs.FS) error {
	t.Helper()
	if err := killedAtEachStatement(t, url, migrations); err != nil {
		return err
	}
	clean := databasetest.EmptyURL(t, url)
	first, err := database.OpenAt(t.Context(), clean, 1)
	if err != nil {
		t.Fatal(err)
	}
	fillAll(t, first)
	first.Close()
	second, err := database.OpenWith(t.Context(), clean, migrations, sql.OpenDB)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	killed := unmigrated(t, url)
	defer killed.Close()
	if got, want := tableShapes(t, killed), tableShapes(t, second); got != want {
		return fmt.Errorf("the tables are\n%s\nwant\n%s", got, want)
	}
	for _, table := range tables(t, second) {
		query := "SELECT * FROM " + table
		if got, want := text(t, killed, query), text(t, second, query); got != want {
			return fmt.Errorf("the rows of %s are\n%s\nwant\n%s", table, got, want)
		}
	}
	return nil
}

func fillAll(t *testing.T, db *database.DB) {
	t.Helper()
	for _, table := range tables(t, db) {
		fill(t, db, table)
	}
}

// killedAtEachStatement opens a database again and again, and returns what becomes of the first time that
// is not killed. Each run is killed one statement later than the one before. What is done does nothing when
// it is done again, so each finds what a run leaves behind that begins with the version and is killed there.
func killedAtEachStatement(t *testing.T, url string, migrations fs.FS) error {
	t.Helper()
	version, kills := versionOf(t, url), 0
	for n := 1; n < 1000; n++ {
		k := &killer{left: n, dead: make(chan struct{})}
		opened := make(chan error, 1)
		go func() {
			db, err := database.OpenWith(t.Context(), url, migrations, k.open)
			if err == nil {
				err = db.Close()
			}
			opened <- err
		}()
		select {
		case err := <-opened:
			if err == nil {
				t.Logf("killed %d times", kills)
			}
			return err
		case <-k.dead:
			kills++
			hangUp(t, url, k)
			leaseEnds(t, url)
			now := versionOf(t, url)
			if now != version {
				n = 0
			}
			if now == 1 && version < 1 {
				db := unmigrated(t, url)
				fillAll(t, db)
				db.Close()
			}
			version = now
		}
	}
	return errors.New("it has not come to an end")
}

func versionOf(t *testing.T, url string) (version int) {
	t.Helper()
	db := unmigrated(t, url)
	defer db.Close()
	if db.QueryRow(t.Context(), "SELECT MAX(version_id) FROM goose_db_version").Scan(&version) != nil {
		return -1
	}
	return version
}

// hangUp cuts the connections of a process that is dead, as its system does.
func hangUp(t *testing.T, url string, k *killer) {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		k.hangUp()
		return
	}
	db := unmigrated(t, url)
	defer db.Close()
	connections, err := database.Collect(func(row database.Scanner) (id int64, err error) {
		return id, row.Scan(&id)
	})(db.Query(t.Context(), "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"))
	if err != nil {
		t.Error(err)
	}
	for _, id := range connections {
		_, _ = db.Exec(t.Context(), fmt.Sprint("KILL ", id)) // it may have ended
	}
}

// leaseEnds lets the time pass after which others know that the process which migrates is dead.
func leaseEnds(t *testing.T, url string) {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		return
	}
	db := unmigrated(t, url)
	defer db.Close()
	_, err := db.Exec(t.Context(), "UPDATE goose_lock SET lease_expires_at = NOW(6) - INTERVAL 1 SECOND WHERE locked")
	if err != nil && !strings.Contains(err.Error(), "doesn't exist") {
		t.Fatal(err)
	}
}

// Ctrl-C while the tables are made is no failure of the database, and others need not wait for the lease.
func TestMigrationStoppedAtEachStatementLetsTheLockGo(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		stopped := 0
		for n := 1; ; n++ {
			ctx, cancel := context.WithCancel(t.Context())
			k := &killer{left: n, stop: cancel}
			db, err := database.OpenWith(ctx, url, database.Migrations, k.open)
			interrupted := ctx.Err() != nil
			cancel()
			if err == nil {
				db.Close()
				if !interrupted {
					break
				}
				continue // it was all done
			}
			stopped++
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("statement %d: %v, want that it was stopped", n, err)
			}
			if held := lockHeld(t, url); held {
				t.Fatalf("statement %d: the lock is still held", n)
			}
		}
		if stopped < 30 {
			t.Errorf("stopped at %d statements only", stopped)
		}
		sameTablesAsClean(t, url)
	})
}

func lockHeld(t *testing.T, url string) bool {
	t.Helper()
	if strings.HasPrefix(url, "sqlite:") {
		return false
	}
	db := unmigrated(t, url)
	defer db.Close()
	var held int
	err := db.QueryRow(t.Context(), "SELECT COUNT(*) FROM goose_lock WHERE locked").Scan(&held)
	return err == nil && held > 0
}

// Goose commits its own table before the first row of it.
func TestVersionTableWithoutItsFirstRowIsMended(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return // one transaction
		}
		db := databasetest.OpenURL(t, url)
		if _, err := db.Exec(t.Context(), "DELETE FROM goose_db_version"); err != nil {
			t.Fatal(err)
		}
		again, err := database.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		again.Close()
	})
}

// sameTablesAsClean opens the database, and compares its tables with those of a start that nobody interrupts.
func sameTablesAsClean(t *testing.T, url string) {
	t.Helper()
	clean := databasetest.SQLiteURL
	if strings.HasPrefix(url, "mysql:") {
		clean = databasetest.MySQLURL
	}
	want, got := tableShapes(t, databasetest.OpenURL(t, clean(t))), tableShapes(t, databasetest.OpenURL(t, url))
	if got != want {
		t.Errorf("the tables differ from those of a start that nobody interrupts:\n got %s\nwant %s", got, want)
	}
}

func tableShapes(t *testing.T, db *database.DB) string {
	t.Helper()
	if db.Engine() == database.SQLite {
		return text(t, db, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
	}
	return text(t, db, "SELECT table_name, column_name, column_type, is_nullable, column_default FROM information_schema.columns "+
		"WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position") +
		text(t, db, "SELECT table_name, index_name, seq_in_index, column_name, non_unique FROM information_schema.statistics "+
			"WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index")
}

func unmigrated(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Unmigrated(url)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// withSecond is our migrations and one more.
func withSecond(t *testing.T, sqlite, mysql string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	for engine, second := range map[string]string{"sqlite": sqlite, "mysql": mysql} {
		folder := "migrations/" + engine + "/"
		first, err := fs.ReadFile(database.Migrations, folder+"00001_schema.sql")
		if err != nil {
			t.Fatal(err)
		}
		files[folder+"00001_schema.sql"] = &fstest.MapFile{Data: first}
		// Goose ends a statement at the end of a line.
		second = "-- +goose Up\n" + strings.ReplaceAll(second, "; ", ";\n")
		files[folder+"00002_test.sql"] = &fstest.MapFile{Data: []byte(second)}
	}
	return files
}

// altering is a statement of MySQL by the recipe of migrate.go.
func altering(list, found, alter string) string {
	return fmt.Sprintf("SET @alter = IF((SELECT COUNT(*) FROM information_schema.%s WHERE table_schema = DATABASE() "+
		"AND table_name = 'hosts' AND %s) > 0, 'DO 0', '%s');\n"+
		"PREPARE alteration FROM @alter;\nEXECUTE alteration;\nDEALLOCATE PREPARE alteration;\n", list, found, alter)
}
