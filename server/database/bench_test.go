package database_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// BenchmarkReadByKey is the least that a read costs.
func BenchmarkReadByKey(b *testing.B) {
	db := databasetest.Open(b)
	if _, err := db.Exec(b.Context(), insertHost, "a"); err != nil {
		b.Fatal(err)
	}
	read := func(b *testing.B, q database.Querier) {
		for b.Loop() {
			var failures int
			err := q.QueryRow(b.Context(), `SELECT failures FROM hosts WHERE host = ?`, "a").Scan(&failures)
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("alone", func(b *testing.B) { read(b, db) })
	b.Run("in a transaction", func(b *testing.B) {
		err := db.InTx(b.Context(), func(tx *database.Tx) error {
			read(b, tx)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}
