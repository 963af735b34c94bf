package database

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
)

// Migrate lets a test migrate a database that is open already.
func Migrate(db *DB, ctx context.Context) error { return db.migrate(ctx) }

// Newest returns the version of the newest migration.
func Newest() int64 {
	files, err := fs.ReadDir(migrations, "migrations/"+string(MySQL))
	if err != nil {
		panic(err)
	}
	return int64(len(files)) // they are numbered from 1
}

// OpenAt opens an empty database and brings its schema to a version that need not be the newest.
func OpenAt(ctx context.Context, url string, version int64) (*DB, error) {
	db, err := connect(url, sql.OpenDB)
	if err != nil {
		return nil, err
	}
	provider, err := db.provider(db.write)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	ran, err := provider.UpTo(ctx, version)
	if err == nil && len(ran) == 0 {
		err = errors.New("the database was not empty")
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Migrations are the files that Open runs.
var Migrations = migrations

// OpenWith is Open with other migrations, and with pools whose statements the test sees.
func OpenWith(ctx context.Context, url string, files fs.FS, open func(driver.Connector) *sql.DB) (*DB, error) {
	db, err := connect(url, open)
	if err != nil {
		return nil, err
	}
	db.migrations = files
	if err := db.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Unmigrated opens a database as it is.
func Unmigrated(url string) (*DB, error) { return connect(url, sql.OpenDB) }

// MySQLTLS returns how a connection to the server of a URL is protected.
func MySQLTLS(url string) (*tls.Config, error) {
	config, err := mysqlConfig(url)
	if err != nil {
		return nil, err
	}
	return config.TLS, nil
}
