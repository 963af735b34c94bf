package database

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is how many connections may read at once beside the one that writes.
const sqliteReaders = 8

// sqliteBusyWait is how long a statement waits for another process to let go of the file.
const sqliteBusyWait = 5 * time.Second

func connectSQLite(path string, open opener) (*DB, error) {
	if err := checkSQLitePath(path); err != nil {
		return nil, err
	}
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the folder of the database: %w", err)
	}
	place := &file{path: absolute}
	write, err := openSQLite(sqliteDSN(path, "immediate"), place, open)
	if err != nil {
		return nil, err
	}
	read, err := openSQLite(sqliteDSN(path, "deferred"), place, open)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return &DB{
		engine: SQLite, write: write, read: read, file: place,
		migrations: migrations, forMigrations: func() *sql.DB { return write },
	}, nil
}

var sqliteParameter = regexp.MustCompile(`\?[A-Za-z][A-Za-z_-]*=`)

// checkSQLitePath refuses what other programs write in place of a path, and what would here be a
// file with a strange name, or one in the root folder, or one in memory.
func checkSQLitePath(path string) error {
	wrong := ""
	switch {
	case path == "":
		wrong = "names no file"
	case strings.HasPrefix(path, "//"), strings.HasPrefix(path, "file:"):
		wrong = "is followed by the path alone, without // or file:"
	case path == ":memory:":
		wrong = "in memory would lose everything when the program ends"
	case sqliteParameter.MatchString(path):
		wrong = "takes no parameters; name the file without what follows the ?"
	default:
		return nil
	}
	return fmt.Errorf("%w: sqlite: %s; write sqlite:data/bloghorn.db or sqlite:/var/lib/bloghorn/bloghorn.db", ErrURL, wrong)
}

func openSQLite(dsn string, place *file, open opener) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return open(preparing{connector, place}), nil
}

func sqliteDSN(path, txlock string) string {
	options := url.Values{
		"_pragma": {fmt.Sprintf("busy_timeout(%d)", sqliteBusyWait.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)"},
		"_txlock": {txlock},
		"mode":    {"rw"}, // a connection makes no new file where the one that is meant was lost
	}
	options.Add("_pragma", "journal_size_limit(67108864)") // of the write-ahead log, which stays: with a limit it is emptied at the end
	// Only % ? and # mean something in a file: URI; a path with blanks or a drive letter is left as
	// it is.
	file := url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: options.Encode()}
	return file.String()
}

func escapePath(path string) string {
	escaped := make([]byte, 0, len(path))
	for _, b := range []byte(filepath.ToSlash(path)) {
		switch b {
		case '%', '?', '#':
			escaped = fmt.Appendf(escaped, "%%%02X", b)
		default:
			escaped = append(escaped, b)
		}
	}
	return string(escaped)
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}

func sqliteDuplicate(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// sqliteConflict is true for every extended code of BUSY and LOCKED: another process holds the
// file.
func sqliteConflict(err error) bool {
	primary := sqliteCode(err) & 0xff
	return primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED
}

func sqliteFull(err error) bool {
	return sqliteCode(err)&0xff == sqlite3.SQLITE_FULL
}

func sqliteUnavailable(err error) bool {
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}
