package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// openAlone makes this test binary a process that opens the database named so, and ends.
const openAlone = "BLOGHORN_TEST_OPEN"

func TestMain(m *testing.M) {
	if url := os.Getenv(openAlone); url != "" {
		db, err := database.Open(context.Background(), url)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		db.Close()
		os.Exit(0)
	}
	databasetest.Main(m)
}

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
			k.hangUp()
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

// A real process, killed at any time while it makes the tables.
func TestProcessKilledWhileItMigratesLeavesWhatTheNextFinishes(t *testing.T) {
	took := map[string]time.Duration{}
	killed := 0
	for range costtest.Pick(3, 100) {
		databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
			engine, _, _ := strings.Cut(url, ":")
			if took[engine] == 0 {
				began := time.Now()
				if err := openInProcess(url).Run(); err != nil {
					t.Fatal(err)
				}
				took[engine] = time.Since(began)
				return
			}
			process := openInProcess(url)
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(rand.N(took[engine])) // any moment will do: what is judged is what the next one makes of it
			process.Process.Kill()
			if process.Wait() != nil {
				killed++
			}
			leaseEnds(t, url)
			sameTablesAsClean(t, url)
		})
	}
	t.Logf("killed %d times while it ran", killed)
}

// The one that is killed holds the lock, and here nobody helps: the other has it when the lease is over.
func TestTwoProcessesThatStartTogetherWaitForEachOther(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if said, err := openInProcess(url).CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, said)
				}
			})
		}
		both.Wait()
		sameTablesAsClean(t, url)
	})
	if !costtest.Long() {
		return
	}
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		k := &killer{left: 25, dead: make(chan struct{})}
		go database.OpenWith(t.Context(), url, database.Migrations, k.open)
		<-k.dead
		time.AfterFunc(time.Second, k.hangUp)
		if said, err := openInProcess(url).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, said)
		}
		sameTablesAsClean(t, url)
	})
}

// On SQLite another process may write for longer than a statement waits.
func TestSecondProcessWaitsForALongMigrationOfSQLite(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	k := &killer{left: 25, dead: make(chan struct{})}
	go database.OpenWith(t.Context(), url, database.Migrations, k.open)
	<-k.dead // it sleeps in its transaction, and holds the file
	waiting := &killer{left: 1000, hurry: true}
	opened := make(chan error, 1)
	go func() {
		db, err := database.OpenWith(t.Context(), url, database.Migrations, waiting.open)
		if err == nil {
			db.Close()
		}
		opened <- err
	}()
	costtest.Until(t, "the second to have waited in vain five times", func() bool {
		select {
		case err := <-opened:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
		return waiting.busy.Load() >= 5
	})
	k.hangUp()
	if err := <-opened; err != nil {
		t.Error(err)
	}
	sameTablesAsClean(t, url)
}

// Both have found that version 2 is missing, and the second waits for the first to let go of the file.
func TestSQLiteMigrationOfTwoProcessesRunsOnce(t *testing.T) {
	url := databasetest.EmptyURL(t, "sqlite:")
	db := databasetest.OpenURL(t, url)
	if _, err := db.Exec(t.Context(), insertHost, "a"); err != nil {
		t.Fatal(err)
	}
	files := withSecond(t, "UPDATE hosts SET failures = failures + 1;", "")
	var both sync.WaitGroup
	open := func(k *killer) {
		both.Go(func() {
			db, err := database.OpenWith(t.Context(), url, files, k.open)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	first := &killer{at: "UPDATE hosts", dead: make(chan struct{}), goOn: make(chan struct{})}
	open(first)
	<-first.dead
	second := &killer{at: "BEGIN", dead: make(chan struct{}), goOn: make(chan struct{})}
	open(second)
	<-second.dead
	close(second.goOn)
	time.Sleep(50 * time.Millisecond) // to be in its wait; if it is not, less is shown
	close(first.goOn)
	both.Wait()
	if n := count(t, db, "SELECT failures FROM hosts"); n != 1 {
		t.Errorf("it ran %d times", n)
	}
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

func openInProcess(url string) *exec.Cmd {
	binary, err := os.Executable()
	if err != nil {
		panic(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), openAlone+"="+url)
	return command
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
