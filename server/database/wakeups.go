package database

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// WakeOthers tells the processes that serve from this database to look at their tables, if this one
// has changed any row. It is for a process that ends, such as a command, and for a server that has
// made work for several: a post that goes to many. A server's other work wakes its own loops alone.
// The row of the table is never part of a transaction.
func (db *DB) WakeOthers(ctx context.Context) error {
	if !db.wrote.Load() {
		return nil
	}
	for {
		rows, err := db.Exec(ctx, `
			UPDATE wakeups
			SET version = version + 1
			WHERE id = 1`)
		if err != nil || rows == 1 {
			return err
		}
		_, err = db.Exec(ctx, `
			INSERT INTO wakeups (id, version)
			VALUES (1, 1)`)
		if !errors.Is(err, ErrDuplicate) { // another process was faster
			return err
		}
	}
}

// Wakeups returns a number that changes with each WakeOthers of any process; 0 before the first.
func (db *DB) Wakeups(ctx context.Context) (version int64, err error) {
	err = db.QueryRow(ctx, `
		SELECT version
		FROM wakeups
		WHERE id = 1`).Scan(&version)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return version, err
}

// MaxLeased is how many rows of one table all processes together are expected to hold. A loop that
// asks when its next row is due reads so many at the head of the index: of those that are leased
// the end of the lease counts. Where more are leased, it may be late by the longest sleep of a
// loop.
const MaxLeased = 64

// Earliest scans the answer of a SELECT MIN(…) over a column of times. It is the zero time where
// there was no row.
func Earliest(row Scanner) (time.Time, error) {
	var millis sql.NullInt64
	if err := row.Scan(&millis); err != nil || !millis.Valid {
		return time.Time{}, err
	}
	return time.UnixMilli(millis.Int64).UTC(), nil // 0 is a time here: what is due at 0 is due
}
