package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// keptStatements is how many prepared statements a SQLite connection keeps. The program has about
// 400 of its own, and those with lists of marks have many forms.
const keptStatements = 256

// preparing opens SQLite connections that prepare a statement once and keep it. To prepare one
// takes longer than to run it where it reads a row by its key.
//
// MySQL needs no such thing: its driver puts the values into the text, which costs one round trip,
// and the server has a bound on prepared statements that all connections share.
type preparing struct {
	driver.Connector
	place *file
}

// Connect opens a connection to the file that the others have open, and to no other that is now in
// its place.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if lost := p.place.inPlace(); lost != nil && err == nil {
		return nil, errors.Join(lost, opened.Close())
	} else if lost != nil {
		return nil, lost
	}
	if err != nil {
		return nil, err
	}
	// The last who closes the file leaves the other two that belong to it, empty. To make them anew
	// needs room on the disk, and without them nothing can be read: a server that is started on a
	// full or read-only disk would have to stop.
	if files, ok := opened.(sqlite.FileControl); ok {
		if _, err := files.FileControlPersistWAL("main", 1); err != nil {
			return nil, errors.Join(fmt.Errorf("keep the write-ahead log: %w", err), opened.Close())
		}
	}
	conn, whole := opened.(sqliteConn)
	if !whole {
		return nil, errors.Join(fmt.Errorf("the SQLite driver gave a %T, which cannot prepare", opened), opened.Close())
	}
	return &preparedConn{sqliteConn: conn, idle: map[string]preparedStmt{}}, nil
}

// sqliteConn is what the driver's connections can do, and database/sql asks for.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type preparedStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn is a connection with its statements. database/sql uses it from one goroutine at a
// time.
type preparedConn struct {
	sqliteConn
	idle  map[string]preparedStmt // by text; one that runs is not in it
	spent bool                    // see seen
}

// BeginTx begins a transaction.
func (c *preparedConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.sqliteConn.BeginTx(ctx, options)
	return tx, c.seen(err)
}

// seen has the connection closed after an error that may belong to the files it has open: one that
// was opened while the disk was read-only stays so when the disk is not any more.
func (c *preparedConn) seen(err error) error {
	c.spent = c.spent || sqliteUnavailable(err)
	return err
}

// IsValid reports whether the connection may be used again.
func (c *preparedConn) IsValid() bool { return !c.spent && c.sqliteConn.IsValid() }

// ExecContext runs a statement.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer c.put(query, stmt)
	result, err := stmt.ExecContext(ctx, args)
	return result, c.seen(err)
}

// QueryContext runs a statement. It is kept for the next time when its rows are closed.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	stmt, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args)
	if err != nil {
		c.put(query, stmt)
		return nil, c.seen(err)
	}
	return &preparedRows{sqliteRows: rows.(sqliteRows), done: func() { c.put(query, stmt) }}, nil
}

// Close closes the statements, and then the connection.
func (c *preparedConn) Close() error {
	return errors.Join(c.forget(), c.sqliteConn.Close())
}

func (c *preparedConn) take(ctx context.Context, query string) (preparedStmt, error) {
	if stmt, ok := c.idle[query]; ok {
		delete(c.idle, query) // the same text may run again before the rows of this one are closed
		return stmt, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, c.seen(err)
	}
	return stmt.(preparedStmt), nil
}

func (c *preparedConn) put(query string, stmt preparedStmt) {
	if len(c.idle) >= keptStatements {
		c.forget()
	}
	if twin, ok := c.idle[query]; ok {
		twin.Close()
	}
	c.idle[query] = stmt
}

func (c *preparedConn) forget() (err error) {
	for query, stmt := range c.idle {
		err = errors.Join(err, stmt.Close())
		delete(c.idle, query)
	}
	return err
}

// sqliteRows is what the driver's rows can do, and database/sql asks for.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// preparedRows gives its statement back when it is closed.
type preparedRows struct {
	sqliteRows
	done func()
}

// Close ends the reading.
func (r *preparedRows) Close() error {
	err := r.sqliteRows.Close()
	if r.done != nil {
		r.done()
		r.done = nil
	}
	return err
}
