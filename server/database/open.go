package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
)

// Engine names the kind of database behind a DB; only migrations and error codes depend on it.
type Engine string

// The two kinds of database Bloghorn runs on.
const (
	SQLite Engine = "sqlite"
	MySQL  Engine = "mysql"
)

// ErrURL is wrapped by Open when the URL itself cannot be used.
var ErrURL = errors.New("database URL not usable")

// ErrNewerSchema is returned by Open when a newer Bloghorn has migrated the database.
var ErrNewerSchema = errors.New("the database was migrated by a newer Bloghorn")

// DB is an open, migrated database. It is safe for concurrent use.
type DB struct {
	engine Engine
	write  *sql.DB
	read   *sql.DB // the same pool as write on MySQL
	wrote  atomic.Bool
	file   *file // nil on MySQL

	migrations    fs.FS
	forMigrations func() *sql.DB // write, or a pool that takes its time; whoever gets that one closes it
	url           string         // for Probe

	refused atomic.Bool // the last write, because the disk is read-only
}

// opener makes a pool of connections: sql.OpenDB, or what a test puts in its place.
type opener func(driver.Connector) *sql.DB

// Open opens the database that url names and brings its schema up to date.
//
// "sqlite:PATH" names a file, made if it is not there; "mysql://user:pass@host:3306/name" a server
// that speaks MySQL, user and password percent-encoded, with parameters for TLS (mysqlTLS). No
// error contains the password.
func Open(ctx context.Context, url string) (*DB, error) {
	db, err := connect(url, sql.OpenDB)
	if err != nil {
		return nil, err
	}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// ErrEmpty is returned by OpenExisting where there is no database, or one without tables.
var ErrEmpty = errors.New("the database is empty")

// emptyError is an ErrEmpty that says in what way.
type emptyError string

func (e emptyError) Error() string      { return string(e) }
func (emptyError) Is(target error) bool { return target == ErrEmpty }

// OpenExisting is Open for whoever knows that there is a database. Where it finds none it returns
// ErrEmpty, and has made nothing.
func OpenExisting(ctx context.Context, url string) (*DB, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if err := checkSQLitePath(path); err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, emptyError("there is no database at " + path)
		case err == nil && info.Size() == 0:
			return nil, emptyError("the file of the database is empty: " + path)
		}
	}
	db, err := connect(url, sql.OpenDB)
	if err != nil {
		return nil, err
	}
	if err := db.hasTables(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) hasTables(ctx context.Context) error {
	if err := db.reach(ctx); err != nil {
		return err
	}
	query := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'"
	if db.engine == MySQL {
		query = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	var tables int
	if err := db.QueryRow(ctx, query).Scan(&tables); err != nil {
		return fmt.Errorf("look for tables in the database: %w", err)
	}
	if tables == 0 {
		return emptyError("the database has no tables")
	}
	return nil
}

func connect(url string, open opener) (*DB, error) {
	scheme, rest, found := strings.Cut(url, ":")
	if !found {
		scheme = "" // it may hold a password, as anything may that is no URL
	}
	var db *DB
	var err error
	switch scheme {
	case "sqlite":
		db, err = connectSQLite(rest, open)
	case "mysql":
		db, err = connectMySQL(url, open)
	default:
		if !found {
			return nil, fmt.Errorf("%w: it does not say of what kind it is; write sqlite:PATH or mysql://user:pass@host:3306/name", ErrURL)
		}
		if lower := strings.ToLower(scheme); lower == "mariadb" || lower == "mysql" || lower == "sqlite" {
			meant := strings.Replace(lower, "mariadb", "mysql", 1)
			return nil, fmt.Errorf("%w: it begins with %q, and %q is meant", ErrURL, scheme+":", meant+":")
		}
		return nil, fmt.Errorf("%w: it begins with %q; write sqlite:PATH or mysql://user:pass@host:3306/name", ErrURL, scheme+":")
	}
	if err == nil {
		db.url = url
	}
	return db, err
}

// path is that of a SQLite database, as it was named.
func (db *DB) path() string { return strings.TrimPrefix(db.url, "sqlite:") }

func (db *DB) open(ctx context.Context) error {
	if err := db.reach(ctx); err != nil {
		return err
	}
	if err := db.migrate(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

func (db *DB) reach(ctx context.Context) error {
	// Two processes that turn a new SQLite file to WAL at once collide without waiting
	// (sqlite.org/wal.html §8).
	if err := retry(ctx, func() error { return db.ping(ctx) }); err != nil {
		return fmt.Errorf("reach the database: %w", db.explain(err))
	}
	if db.file != nil {
		info, err := os.Stat(db.file.path)
		if err != nil {
			return fmt.Errorf("reach the database: %w", err)
		}
		db.file.info = info
	}
	return nil
}

// Engine tells which kind of database this is, for messages and tests.
func (db *DB) Engine() Engine { return db.engine }

// Ping reports whether the database answers, and is where it was when it was opened.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.file.inPlace(); err != nil {
		return err
	}
	return db.ping(ctx)
}

func (db *DB) ping(ctx context.Context) error {
	if err := db.write.PingContext(ctx); err != nil {
		return err // of a database that is down the other pool says the same
	}
	return db.read.PingContext(ctx)
}

// Close closes every connection. A second call does nothing.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.write.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}
