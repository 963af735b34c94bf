package database_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestRowsThatWaitTooLongAreDueNowAndKeepTheirDistances(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		now := time.UnixMilli(1_800_000_000_000)
		const minute, year = 60_000, 365 * 24 * 3_600_000
		at := now.UnixMilli()
		for id, due := range []int64{at - minute, at + 59*minute, at + year, at + year + 10*minute, at + year + 20*minute} {
			if _, err := db.Exec(t.Context(), `
				INSERT INTO crawls (id, uri, uri_hash, blog_id, post_id, kind, collection, fallback, page, pages, rounds, found, due_at, lease_until, created_at)
				VALUES (?, '', ?, 0, '', '', '', '', '', 0, 0, 0, ?, 7, 0)`, id+1, database.Hash(string(rune('a'+id))), due); err != nil {
				t.Fatal(err)
			}
		}
		column := database.Ahead{Table: "crawls", Column: "due_at", Longest: time.Hour, Where: "due_at > 0", Also: "lease_until = 0"}
		for round, want := range []int64{3, 0} {
			if n, err := database.PullBack(t.Context(), db, now, column); err != nil || n != want {
				t.Errorf("round %d: %d rows, %v", round, n, err)
			}
		}
		dues, err := database.Collect(func(row database.Scanner) (due int64, err error) {
			return due, row.Scan(&due)
		})(db.Query(t.Context(), `SELECT due_at FROM crawls ORDER BY id LIMIT 10`))
		if want := []int64{at - minute, at + 59*minute, at, at + 10*minute, at + 20*minute}; err != nil || !slices.Equal(dues, want) {
			t.Errorf("due at %v, %v, want %v", dues, err, want)
		}
		var leased int
		if err := db.QueryRow(t.Context(), `SELECT COUNT(*) FROM crawls WHERE lease_until > 0`).Scan(&leased); err != nil || leased != 2 {
			t.Errorf("%d leases are left, %v", leased, err)
		}
	})
}
