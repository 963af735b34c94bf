package database_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
	"sync"
	"sync/atomic"
)

// killer lets a process die before one of its statements: nothing that it does later reaches the database,
// and its connections are cut. With stop it is told to stop instead, and with goOn it sleeps until then.
type killer struct {
	sync.Mutex
	left  int    // statements up to that one
	at    string // or how that one begins
	stop  func()
	goOn  chan struct{}
	dead  chan struct{} // closed when it is
	conns []driver.Conn

	hurry bool         // SQLite reports a busy file at once
	busy  atomic.Int32 // transactions that could not begin
}

func (k *killer) open(c driver.Connector) *sql.DB { return sql.OpenDB(&mortalConnector{c, k}) }

// step is taken before each statement, each start of a transaction and each end of one.
func (k *killer) step(statement string) {
	k.Lock()
	k.left--
	now := k.left == 0 || k.at != "" && strings.HasPrefix(statement, k.at)
	if now {
		k.at = ""
	}
	over := now || k.left < 0 && k.goOn == nil
	k.Unlock()
	if k.stop != nil {
		if now {
			k.stop()
		}
		return
	}
	if now {
		close(k.dead)
	}
	if over {
		<-k.goOn // for ever where it is nil
	}
}

// hangUp cuts the connections, as the system does when a process is dead.
func (k *killer) hangUp() {
	k.Lock()
	defer k.Unlock()
	for _, c := range k.conns {
		c.Close()
	}
}

type mortalConnector struct {
	driver.Connector
	k *killer
}

func (c *mortalConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c.k.Lock()
	defer c.k.Unlock()
	c.k.conns = append(c.k.conns, opened)
	if c.k.hurry {
		if _, err := opened.(wholeConn).ExecContext(ctx, "PRAGMA busy_timeout = 0", nil); err != nil {
			return nil, err
		}
	}
	return &mortalConn{opened.(wholeConn), c.k}, nil
}

type wholeConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type mortalConn struct {
	wholeConn
	k *killer
}

func (c *mortalConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.k.step(query)
	return c.wholeConn.ExecContext(ctx, query, args)
}

func (c *mortalConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.k.step(query)
	return c.wholeConn.QueryContext(ctx, query, args)
}

func (c *mortalConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	c.k.step("BEGIN")
	tx, err := c.wholeConn.BeginTx(ctx, opts)
	if err != nil {
		c.k.busy.Add(1)
	}
	return &mortalTx{tx, c.k}, err
}

func (c *mortalConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.wholeConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type mortalTx struct {
	driver.Tx
	k *killer
}

func (tx *mortalTx) Commit() error {
	tx.k.step("COMMIT")
	return tx.Tx.Commit()
}
