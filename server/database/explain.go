package database

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/go-sql-driver/mysql"
	sqlite3 "modernc.org/sqlite/lib"
)

// said is an error in our words, which stand for those of its causes.
type said struct {
	words  string
	causes []error
}

func (s *said) Error() string   { return s.words }
func (s *said) Unwrap() []error { return s.causes }

// full is ErrFull. SQLite says the same in other words, MySQL says which table it is.
func full(err error) error {
	if sqliteFull(err) {
		return &said{ErrFull.Error(), []error{ErrFull, err}}
	}
	return fmt.Errorf("%w: %w", ErrFull, err)
}

// sqliteWords says in words for the operator what SQLite says for programmers.
func sqliteWords(err error) error {
	var already *said
	if errors.As(err, &already) {
		return err
	}
	words := ""
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_READONLY:
		words = "its disk or its file is read-only"
	case sqlite3.SQLITE_CORRUPT:
		words = "its file is damaged"
	case sqlite3.SQLITE_NOTADB:
		words = "its file is damaged, or of another program: it does not begin as a SQLite database does"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		words = "another program holds it locked"
	default:
		return err
	}
	return &said{fmt.Sprintf("%s (SQLite %d)", words, sqliteCode(err)), []error{err}}
}

// explain is err, of a database that cannot be opened, with what the operator has to know.
func (db *DB) explain(err error) error {
	if db.engine == MySQL {
		return explainTLS(err)
	}
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
		if denied := db.denied(); denied != nil {
			return &said{denied.Error(), []error{denied, err}}
		}
	}
	return sqliteWords(err)
}

// denied is why the file of a SQLite database, its folder or a file beside it may not be used, nil
// where they may.
func (db *DB) denied() error {
	path := db.path()
	for _, one := range []string{filepath.Dir(path), path, path + "-wal", path + "-shm"} {
		if err := mayUse(one); errors.Is(err, fs.ErrPermission) {
			return &fs.PathError{Op: "use", Path: one, Err: err}
		}
	}
	return nil
}

// AdviceDenied is what to do where the system does not let us use a file or folder of the database.
const AdviceDenied = "Run this as the user Bloghorn runs as. If you are that user, the folder and the files in it belong to another; give them back."

// Advice returns what the operator can do about an error of the database, "" where nothing is known
// that helps.
func Advice(err error) string {
	code := sqliteCode(err) & 0xff
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case code != 0 && errors.Is(err, fs.ErrPermission):
		return AdviceDenied
	case errors.Is(err, ErrFull):
		return "Make room on its disk, and try again."
	case code == sqlite3.SQLITE_CORRUPT, code == sqlite3.SQLITE_NOTADB:
		return "Move the file away and keep it, check the disk, and restore your backup."
	case code == sqlite3.SQLITE_READONLY:
		return "Mount the disk so that it can be written, and give the files to the user Bloghorn runs as."
	case sqliteConflict(err):
		return "End what the other program does there, and try again."
	case errors.Is(err, mysql.ErrNoTLS), errors.As(err, &certificate), errors.As(err, &authority):
		return "How the connection is protected stands in the ssl-mode of database.url (BLOGHORN_DATABASE_URL)."
	}
	switch mysqlNumber(err) {
	case mysqlAccessDenied, mysqlPluginDenied:
		return "Check user and password in database.url (BLOGHORN_DATABASE_URL), and from where the server lets this user in."
	case mysqlDatabaseDenied, mysqlTableDenied:
		return "Give the user all rights on this database: GRANT ALL ON its name.* TO the user."
	case mysqlNoDatabase:
		return "Create the database there, or correct its name in database.url (BLOGHORN_DATABASE_URL)."
	}
	return ""
}
