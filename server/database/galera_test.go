package database_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// signal has MariaDB fail with a number and the words that a Galera node says with it.
func signal(number int, words string) string {
	return fmt.Sprintf("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = '%s'", number, words)
}

const (
	noCluster  = "WSREP has not yet prepared node for application use"
	lostCommit = "Error while appending streaming replication fragment(provider status: Not connected to Primary Component)"
)

func TestNodeWithoutItsClusterIsUnavailable(t *testing.T) {
	db := databasetest.OpenURL(t, databasetest.MySQLURL(t))
	for number, words := range map[int]string{1047: noCluster, 1180: lostCommit} {
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(t.Context(), signal(number, words))
			return err
		})
		if !errors.Is(err, database.ErrUnavailable) {
			t.Errorf("%d is %v, want ErrUnavailable", number, err)
		}
	}
}

func TestCollisionOfTwoNodesIsTriedAgain(t *testing.T) {
	db := databasetest.OpenURL(t, databasetest.MySQLURL(t))
	for number, words := range map[int]string{1213: "Deadlock found when trying to get lock", 1205: "Lock wait timeout exceeded", 1047: noCluster} {
		tries := 0
		err := db.InTx(t.Context(), func(tx *database.Tx) error {
			tries++
			if tries < 3 {
				_, err := tx.Exec(t.Context(), signal(number, words))
				return err
			}
			_, err := tx.Exec(t.Context(), insertHost, fmt.Sprint("host-", number))
			return err
		})
		if err != nil || tries != 3 {
			t.Errorf("%d: %v after %d tries", number, err, tries)
		}
	}
	if n := count(t, db, "SELECT COUNT(*) FROM hosts"); n != 3 {
		t.Errorf("%d hosts, want 3", n)
	}
}

// TestProbeOfANodeWithoutItsCluster: such a node takes connections, and refuses to read.
func TestProbeOfANodeWithoutItsCluster(t *testing.T) {
	address := databasetest.MySQLURL(t)
	db := open(t, address)
	for _, statement := range []string{
		"ALTER TABLE received RENAME TO received_away",
		"CREATE FUNCTION refuse() RETURNS INT BEGIN " + signal(1047, noCluster) + "; RETURN 1; END",
		"CREATE VIEW received AS SELECT id FROM (SELECT 1 AS id) AS one WHERE refuse() = id",
	} {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	wantProbe(t, db, "the cluster has no majority")
	for _, statement := range []string{"DROP VIEW received", "ALTER TABLE received_away RENAME TO received"} {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	wantProbe(t, db, "")
}
