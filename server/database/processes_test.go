package database_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
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
		hangUp(t, url, k)
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

func openInProcess(url string) *exec.Cmd {
	binary, err := os.Executable()
	if err != nil {
		panic(err)
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), openAlone+"="+url)
	return command
}
