package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// A process that wants to migrate waits this long for another one that does, and looks this often.
// Of one that was killed it knows after the lease.
const (
	migrateLockWait  = 5 * time.Minute
	migrateLockPoll  = 250 * time.Millisecond
	migrateLockLease = 10 * time.Second
)

// A migration that fails is begun again so often, because what hindered it may be over: a statement
// of a process that was killed, which the server of a database brings to its end all the same.
const migrateTries = 3

// migrate brings the schema up to date, and goes on where another process was interrupted.
//
// MySQL commits each statement that changes the schema by itself, so a file that fails half-way
// cannot be rolled back and runs again from its start. Each statement of a file must therefore do
// nothing where it has been done before. MySQL has no ADD COLUMN IF NOT EXISTS and no CREATE INDEX
// IF NOT EXISTS, so such a statement asks first, with each of these on a line of its own:
//
//	SET @alter = IF((SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE()
//		AND table_name = 'hosts' AND column_name = 'note') > 0, 'DO 0', 'ALTER TABLE hosts ADD COLUMN note …');
//	PREPARE alteration FROM @alter;
//	EXECUTE alteration;
//	DEALLOCATE PREPARE alteration;
//
// Such a statement commits the rows that were changed before it, so a change of rows comes after
// the last of them, or may happen twice.
//
// SQLite runs a file and the note that it has run in one transaction. There is no way down: a
// program refuses a schema that is newer than it knows. interrupt_test.go kills every migration at
// each of its statements, and fails for one that cannot run again.
//
// Two processes may start on an empty database at once. On MySQL a lease in a table lets one of
// them migrate. On SQLite they wait for the file, and the second is then refused by the unique key
// of the versions. The one that loses a race looks again, and gives up only where nothing moved.
func (db *DB) migrate(ctx context.Context) error {
	provider, err := db.provider(db.write)
	if err != nil {
		return err
	}
	var failed error
	for before, tries := int64(-1), 0; ; tries++ {
		have, newest, err := db.versions(ctx, provider)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("stopped before the tables were ready; the next start goes on from there: %w", ctx.Err())
		case err != nil:
			return errors.Join(failed, err)
		case have == newest:
			return nil // the usual start: no lock, no write
		case have > newest:
			return fmt.Errorf("%w (schema %d, this program knows %d): run that version, or restore the backup made before it", ErrNewerSchema, have, newest)
		case have != before:
			before, tries = have, 0
		case tries >= triesAfter(failed):
			return fmt.Errorf("the tables could not be brought from version %d to %d: %w. "+
				"What was done stays and is not done twice: mend the cause and start again", have, newest, failed)
		}
		if tries > 0 {
			_ = sleep(ctx, migrateLockPoll)
		}
		failed = db.up(ctx)
	}
}

// triesAfter is how often in all a migration is begun that fails like this. Where another process
// writes to a SQLite file, each try waits for it for a while.
func triesAfter(failed error) int {
	switch {
	case errors.Is(failed, errOtherMigrates):
		return 1 // it has waited
	case sqliteConflict(failed):
		return int(migrateLockWait / sqliteBusyWait)
	}
	return migrateTries
}

var errOtherMigrates = fmt.Errorf("another process, perhaps on another machine, has been at it for %v, and is alive; let it finish, or stop it", migrateLockWait)

// up runs the migrations that are missing.
func (db *DB) up(ctx context.Context) error {
	pool := db.forMigrations()
	if pool != db.write {
		defer pool.Close()
	}
	provider, err := db.provider(pool)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	if err != nil && strings.Contains(err.Error(), "already held by another instance") { // goose has no name for it
		return errOtherMigrates
	}
	return err
}

// versions reads what the schema is and what it should be. Goose's own table exists for a moment
// without its first row, which is an error. A process that was killed in that moment leaves it so,
// and the row is written here; a second one, where the other process lives and writes it too,
// changes nothing. The question is asked for up to two seconds.
func (db *DB) versions(ctx context.Context, provider *goose.Provider) (have, newest int64, err error) {
	for try := 0; ; try++ {
		have, newest, err = provider.GetVersions(ctx)
		if err == nil || try == 20 {
			return have, newest, err
		}
		// What fails here fails in the question too, and is told there.
		_, _ = exec(ctx, db.write, `
			INSERT INTO goose_db_version (version_id, is_applied)
			SELECT 0, 1
			FROM (SELECT 1 AS one) AS one
			WHERE NOT EXISTS (SELECT 1 FROM goose_db_version)`, nil)
		if sleep(ctx, 100*time.Millisecond) != nil {
			return have, newest, err
		}
	}
}

func (db *DB) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(db.migrations, "migrations/"+string(db.engine))
	if err != nil {
		return nil, err
	}
	if db.engine == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, pool, files)
	}
	locker, err := lock.NewMySQLTableLocker(
		lock.WithTableLockTimeout(migrateLockPoll, uint64(migrateLockWait/migrateLockPoll)),
		lock.WithTableLeaseDuration(migrateLockLease), lock.WithTableHeartbeatInterval(migrateLockLease/5),
		lock.WithTableUnlockTimeout(migrateLockPoll, uint64(migrateLockLease/migrateLockPoll)))
	if err != nil {
		return nil, fmt.Errorf("lock for migrating: %w", err)
	}
	return goose.NewProvider(goose.DialectMySQL, pool, files, goose.WithLocker(locker))
}
