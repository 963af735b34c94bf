package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
)

// Probe asks whether the database can be used now, all of it: every table is read, and a row
// written and deleted. It does so over a new connection, because an old one may go on with rights,
// pages and files that nobody else has any more. The error says in words what is wrong, and names
// the cause; it may hold addresses and paths, which are not for strangers.
func (db *DB) Probe(ctx context.Context) error {
	if err := db.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", kind(err))
	}
	fresh, err := db.fresh()
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w", err)
	}
	defer fresh.Close()
	if err := fresh.Ping(ctx); err != nil {
		return fmt.Errorf("the database cannot be opened: %w", kind(db.explain(err)))
	}
	switch err := fresh.readAll(ctx); {
	case mysqlNumber(err) == mysqlWsrepNotReady:
		return fmt.Errorf("the database answers, but its node has no part in its cluster, or the cluster has no majority: "+
			"start the other nodes, or bootstrap this one if they are gone; Bloghorn needs no restart: %w", err)
	case err != nil:
		return fmt.Errorf("the database cannot be read as it should be: a table is missing or damaged, or a right to read it: %w", err)
	}
	switch err := fresh.writeAny(ctx); {
	case errors.Is(err, ErrFull):
		return &said{"the database can be read but not written, because its disk is full: make room; nothing has to be started again", []error{err}}
	case db.engine == SQLite && (conflict(err) || ctx.Err() != nil):
		return &said{"the database can be read but not written: another program holds it locked; end what it does there", []error{err}}
	case err != nil:
		return fmt.Errorf("the database can be read but not written: %w", err)
	}
	return nil
}

// fresh is the same database with no connection yet. It makes no file that is missing.
func (db *DB) fresh() (*DB, error) {
	if path, ok := strings.CutPrefix(db.url, "sqlite:"); ok {
		connector, err := sqlite.NewConnector(sqliteDSN(path, "immediate"))
		if err != nil {
			return nil, err
		}
		return single(SQLite, sql.OpenDB(connector)), nil
	}
	config, err := mysqlConfig(db.url)
	if err != nil {
		return nil, err
	}
	config.RejectReadOnly = false // it would turn the server's words into "bad connection"
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return single(MySQL, sql.OpenDB(connector)), nil
}

func single(engine Engine, pool *sql.DB) *DB {
	pool.SetMaxOpenConns(1)
	return &DB{engine: engine, write: pool, read: pool}
}

// readAll reads a row of each table, in one statement: of a table that is missing nobody can say so
// more cheaply.
func (db *DB) readAll(ctx context.Context) error {
	var parts []string
	for i, table := range tables() {
		parts = append(parts, fmt.Sprintf("SELECT one FROM (SELECT 1 AS one FROM %s LIMIT 1) AS t%d", table, i))
	}
	_, err := Collect(func(row Scanner) (one int, err error) {
		return one, row.Scan(&one)
	})(db.Query(ctx, strings.Join(parts, " UNION ALL ")))
	return err
}

func (db *DB) writeAny(ctx context.Context) error {
	return db.InTx(ctx, func(tx *Tx) error {
		id := NewID(time.Now())
		_, err := tx.Exec(ctx, `
			INSERT INTO probes (id)
			VALUES (?)`, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			DELETE FROM probes
			WHERE id = ?`, id)
		return err
	})
}

var tableStatement = regexp.MustCompile(`(?m)^(CREATE TABLE IF NOT EXISTS|DROP TABLE IF EXISTS) (\w+)`)

// tables are those that the migrations leave.
var tables = sync.OnceValue(func() (names []string) {
	files, err := fs.Glob(migrations, "migrations/"+string(SQLite)+"/*.sql")
	if err != nil {
		panic(err) // the pattern is fixed
	}
	for _, file := range files {
		text, err := fs.ReadFile(migrations, file)
		if err != nil {
			panic(err) // it is part of the program
		}
		for _, m := range tableStatement.FindAllSubmatch(text, -1) {
			names = slices.DeleteFunc(names, func(name string) bool { return name == string(m[2]) })
			if strings.HasPrefix(string(m[1]), "CREATE") {
				names = append(names, string(m[2]))
			}
		}
	}
	return names
})
