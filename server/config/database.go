package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// OpenDatabase opens the configured database. Where its secret key is and it is not, something is
// lost or mistyped: an empty one in its place would answer other servers, and drop what they send
// to the blogs that it does not know.
func OpenDatabase(ctx context.Context, s Settings) (*database.DB, error) {
	served, err := hasServed(s)
	if err != nil {
		return nil, err
	}
	open := database.Open
	if s.MustExist || !s.NewDatabase && served {
		open = database.OpenExisting
	}
	if !s.MustExist {
		err = makeDataDir(s)
	}
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, s.Database.URL)
	if errors.Is(err, database.ErrEmpty) && !served {
		return nil, s.NothingHere(err)
	}
	if errors.Is(err, database.ErrEmpty) {
		return nil, exit.With(exit.Refused, "%w, but %s is there, as it is where a Bloghorn has run before. With an empty database the blogs would be gone for their followers, "+
			"and what is sent to them lost. If there should be one, check that its disk is mounted and that data_dir and database.url (BLOGHORN_DATABASE_URL) "+
			"name the right place, or restore your backup. If this is a new beginning, run once: bloghorn serve --new-database", err, s.SecretKeyFile)
	}
	if err != nil {
		return nil, DatabaseError(err)
	}
	return db, nil
}

// makeDataDir makes the folder that is configured for data, where the database is in it. Another
// one in database.url may be mistyped, or a disk that is not mounted.
func makeDataDir(s Settings) error {
	path, ok := strings.CutPrefix(s.Database.URL, "sqlite:")
	if !ok || path == "" || filepath.Dir(path) != filepath.Clean(s.DataDir) {
		return nil
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return exit.With(exit.Config, "the folder for data cannot be made: %w. Make it and give it to the user Bloghorn runs as, or name another with data_dir.", err)
	}
	return nil
}

// hasServed tells by the file of the secret key. It is made after the tables are, so whoever sees
// the file of a process that starts at the same time sees its tables, too. Where the key is in the
// environment, nothing tells.
func hasServed(s Settings) (bool, error) {
	if os.Getenv("BLOGHORN_SECRET_KEY") != "" {
		return false, nil
	}
	_, err := os.Stat(s.SecretKeyFile)
	if errors.Is(err, fs.ErrPermission) {
		return false, s.Denied(err)
	}
	return err == nil, nil
}

// WarnOfReaders says which of the files with secrets other users of this computer may read. Open
// has tried to keep them out of the database.
func WarnOfReaders(s Settings, log *slog.Logger) {
	files := []string{s.SecretKeyFile}
	if path, ok := strings.CutPrefix(s.Database.URL, "sqlite:"); ok {
		files = append(files, path)
	}
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o007 != 0 {
			log.Warn("every user of this computer can read this file; give it to the user Bloghorn runs as, with mode 0600", "file", path)
		}
	}
}

// DatabaseError says what to do about a database that cannot be opened.
func DatabaseError(err error) error {
	if code := exit.CodeOf(err, exit.Database); code == exit.Config || code == exit.Interrupted {
		return err
	}
	if errors.Is(err, fs.ErrPermission) {
		return exit.With(exit.Database, "the database cannot be used: %w. Without it nothing can be received or sent. %s", err, database.AdviceDenied)
	}
	advice := cmp.Or(database.Advice(err), "Check that it runs, that database.url (BLOGHORN_DATABASE_URL) names it, and that the disk has room.")
	return exit.With(exit.Database, "the database cannot be used: %w. Without it nothing can be received or sent. %s", err, advice)
}

// WithAdvice says what to do where a command failed because of the database.
func WithAdvice(err error) error {
	var e *exit.Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, database.ErrFull) {
		return exit.With(exit.Database, "%w. Nothing was changed. %s", err, database.Advice(err))
	}
	if advice := database.Advice(err); advice != "" {
		return fmt.Errorf("%w. %s", err, advice)
	}
	return err
}
