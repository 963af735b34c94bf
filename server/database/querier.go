package database

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// Querier is what a store method takes: the database itself or a transaction.
type Querier interface {
	// Exec runs a statement and reports how many rows it matched.
	Exec(ctx context.Context, query string, args ...any) (rows int64, err error)
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

var (
	_ Querier = (*DB)(nil)
	_ Querier = (*Tx)(nil)
)

// Row is a single answer whose Scan returns ErrNotFound where there is none.
type Row struct {
	row *sql.Row
	err error // in place of a row
}

// Scan copies the columns into dest.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return kind(r.row.Scan(dest...))
}

// Scanner is a row, alone or among others, so that one function reads both.
type Scanner interface {
	Scan(dest ...any) error
}

// Exec runs a statement outside any transaction, and again if it collides: alone it is a
// transaction of its own.
func (db *DB) Exec(ctx context.Context, query string, args ...any) (rows int64, err error) {
	err = retry(ctx, func() error {
		rows, err = exec(ctx, db.write, query, args)
		return err
	})
	if rows > 0 {
		db.wrote.Store(true)
	}
	if err = db.heed(err); err == nil {
		err = db.file.inPlace()
	}
	return rows, err
}

// Query reads rows outside any transaction.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := db.file.found(); err != nil {
		return nil, err
	}
	rows, err := db.read.QueryContext(ctx, query, args...)
	return rows, kind(err)
}

// QueryRow reads one row outside any transaction.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if err := db.file.found(); err != nil {
		return &Row{err: err}
	}
	return &Row{row: db.read.QueryRowContext(ctx, query, args...)}
}

// Tx is a running transaction; InTx makes one.
type Tx struct{ tx *sql.Tx }

// Exec runs a statement in the transaction. After ErrDuplicate the transaction is still good.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return exec(ctx, t.tx, query, args)
}

// Query reads rows in the transaction. Close them before the next statement: a MySQL connection
// does one thing at a time.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.tx.QueryContext(ctx, query, args...)
	return rows, kind(err)
}

// QueryRow reads one row in the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return &Row{row: t.tx.QueryRowContext(ctx, query, args...)}
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func exec(ctx context.Context, e execer, query string, args []any) (int64, error) {
	result, err := e.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, kind(err)
	}
	return result.RowsAffected()
}

// Collect reads every row with scan and closes them. It takes what Query returns, so that a list is
// one expression:
//
//	return database.Collect(scanBlog)(q.Query(ctx, `SELECT …`, id))
func Collect[T any](scan func(Scanner) (T, error)) func(*sql.Rows, error) ([]T, error) {
	return func(rows *sql.Rows, err error) ([]T, error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var all []T
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, kind(rows.Err())
	}
}

// MaxMarks bounds the values of one IN list; whoever has more asks several times (slices.Chunk).
const MaxMarks = 200

// Marks returns "?, ?, ?" for an IN list of n values; n must be at least 1.
func Marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// Exists reports whether a query for one number found a row.
func Exists(row Scanner) (bool, error) {
	var one int
	err := row.Scan(&one)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ScanID reads a row of one ID.
func ScanID(row Scanner) (id ID, err error) { return id, row.Scan(&id) }

// Args returns values as the arguments of a query.
func Args[T any](values []T) []any {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return args
}
