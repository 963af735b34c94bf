package database

import (
	"context"
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
	db, err := connect(url)
	if err != nil {
		return nil, err
	}
	provider, err := db.provider()
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
