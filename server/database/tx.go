package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// A transaction that collides is tried this often in all, waiting up to retryWait, doubled each
// time, in between.
const (
	retryTimes = 8
	retryWait  = 4 * time.Millisecond
)

// InTx runs f in a transaction and commits it if f returns nil.
//
// Where the database reports a conflict (a deadlock, a busy file, a Galera certification failure,
// also at COMMIT), or f returns ErrConflict, the whole transaction is rolled back and f runs again,
// up to 8 times, so f must not change anything outside the transaction that a second run would
// double. Keep it short, and never wait for the network inside.
func (db *DB) InTx(ctx context.Context, f func(tx *Tx) error) error {
	return retry(ctx, func() error { return db.heed(db.once(ctx, f)) })
}

func (db *DB) once(ctx context.Context, f func(tx *Tx) error) error {
	if err := db.file.found(); err != nil {
		return err
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return kind(err)
	}
	defer tx.Rollback() // after a commit this does nothing; after a panic it frees the connection
	if err := f(&Tx{tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return kind(err)
	}
	db.wrote.Store(true)
	return db.file.inPlace()
}

func retry(ctx context.Context, f func() error) error {
	wait := retryWait
	for try := 1; ; try++ {
		err := f()
		if err == nil || !conflict(err) && !errors.Is(err, driver.ErrBadConn) {
			return err
		}
		if try == retryTimes {
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
		if err := sleep(ctx, rand.N(wait)); err != nil {
			return err
		}
		wait *= 2
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
