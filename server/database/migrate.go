package database

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// A process waits this long for another one that migrates, and looks this often.
const (
	migrateLockWait = 5 * time.Minute
	migrateLockPoll = 250 * time.Millisecond
)

// migrate brings the schema up to date.
//
// MySQL commits each statement that changes the schema by itself, so a file that fails half-way cannot
// be rolled back and runs again from its start. Each statement of a file must therefore do nothing where
// it has been done before. MySQL has no ADD COLUMN IF NOT EXISTS and no CREATE INDEX IF NOT EXISTS, so
// such a statement asks first, with each of these on a line of its own:
//
//	SET @alter = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE()
//		AND table_name = 'hosts' AND column_name = 'note') > 0, 'DO 0', 'ALTER TABLE hosts ADD COLUMN note …');
//	PREPARE alteration FROM @alter;
//	EXECUTE alteration;
//	DEALLOCATE PREPARE alteration;
//
// SQLite runs a file and the note that it has run in one transaction. There is no way down: a program
// refuses a schema that is newer than it knows.
//
// Two processes may start on an empty database at once: the one that loses a race looks again, and
// gives up only where nothing moved.
func (db *DB) migrate(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	var failed error
	for before := int64(-1); ; {
		have, newest, err := versions(ctx, provider)
		switch {
		case err != nil:
			return errors.Join(failed, err)
		case have == newest:
			return nil // the usual start: no lock, no write
		case have > newest:
			return fmt.Errorf("%w (schema %d, this program knows %d): run that version, or restore the backup made before it", ErrNewerSchema, have, newest)
		case failed != nil && have == before:
			return failed
		}
		before = have
		_, failed = provider.Up(ctx)
	}
}

// versions reads what the schema is and what it should be. Another process may just be making goose's own table: it exists
// for a moment without its first row, which is an error, so the question is asked again for up to two seconds.
func versions(ctx context.Context, provider *goose.Provider) (have, newest int64, err error) {
	for try := 0; ; try++ {
		have, newest, err = provider.GetVersions(ctx)
		if err == nil || try == 20 || sleep(ctx, 100*time.Millisecond) != nil {
			return have, newest, err
		}
	}
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+string(db.engine))
	if err != nil {
		return nil, err
	}
	if db.engine == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, db.write, files)
	}
	locker, err := lock.NewMySQLTableLocker(lock.WithTableLockTimeout(migrateLockPoll, uint64(migrateLockWait/migrateLockPoll)))
	if err != nil {
		return nil, fmt.Errorf("lock for migrating: %w", err)
	}
	return goose.NewProvider(goose.DialectMySQL, db.write, files, goose.WithLocker(locker))
}
