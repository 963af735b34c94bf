package config

import (
	"path/filepath"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// NothingHere says what a command has looked for and not found, where, and why there. It has made
// nothing.
func (s Settings) NothingHere(cause error) error {
	where := "at " + s.place()
	if strings.Contains(cause.Error(), s.place()) {
		where = "there"
	}
	return exit.With(exit.Database, "there is no Bloghorn here: %w. It was looked for %s, %s. Nothing was made. If it runs elsewhere, run this in the same folder as serve, "+
		"or name its configuration: --config FILE. To begin here: bloghorn serve, or bloghorn blog add https://your.blog", cause, where, s.whyThere())
}

// Denied says that somebody else may do what this user may not.
func (s Settings) Denied(cause error) error {
	return exit.With(exit.Database, "this user may not look at the data of Bloghorn: %w. It is at %s, %s. %s", cause, s.place(), s.whyThere(), database.AdviceDenied)
}

// place is where the database is looked for, without a password.
func (s Settings) place() string {
	path, sqlite := strings.CutPrefix(s.Database.URL, "sqlite:")
	if !sqlite {
		_, rest, _ := strings.Cut(s.Database.URL, "@")
		address, _, _ := strings.Cut(rest, "?")
		return "mysql://" + address
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return path
}

// whyThere is which file of settings decided about it.
func (s Settings) whyThere() string {
	if s.ConfigFile != "" {
		return "as " + s.ConfigFile + ", a flag or the environment has it"
	}
	return "as a flag, the environment or the usual place has it (there is no " + DefaultFile + " here)"
}
