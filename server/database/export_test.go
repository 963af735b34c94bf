package database

import "context"

// Migrate lets a test migrate a database that is open already.
func Migrate(db *DB, ctx context.Context) error { return db.migrate(ctx) }
