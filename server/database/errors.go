package database

import (
	"database/sql"
	"errors"
	"fmt"
)

// What a caller may decide by. Every error of this package wraps one of these or is a plain failure
// of the database.
var (
	// ErrNotFound is returned by Row.Scan where no row answers.
	ErrNotFound = errors.New("not found")
	// ErrDuplicate is returned by Exec where a unique key already holds the value. The transaction
	// goes on.
	ErrDuplicate = errors.New("already there")
	// ErrConflict is returned by InTx when the transaction collided with others at every try.
	// Returned to InTx it is such a collision.
	ErrConflict = errors.New("too many conflicts")
	// ErrFull is returned where the disk has no room for a write. Nothing was changed; reads go on.
	ErrFull = errors.New("the disk of the database is full")
	// ErrUnavailable is returned where the database cannot be used at the moment: it cannot be
	// reached, is read-only or damaged, or its node is not part of a cluster. Asking again later
	// may help.
	ErrUnavailable = errors.New("the database cannot be used at the moment")
)

// kind marks an error of a driver with the sentinel it stands for, and keeps the driver's own
// words.
func kind(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case sqliteDuplicate(err) || mysqlNumber(err) == mysqlDuplicate:
		return fmt.Errorf("%w: %w", ErrDuplicate, err)
	case sqliteFull(err) || mysqlFull(err):
		return full(err)
	case sqliteUnavailable(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, sqliteWords(err))
	case mysqlUnavailable(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

func conflict(err error) bool {
	return errors.Is(err, ErrConflict) || sqliteConflict(err) || mysqlConflict(err)
}
