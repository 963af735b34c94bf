package exit

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// The exit codes, the same for every command, so that scripts and service managers can decide by
// them.
const (
	OK          = 0
	Failed      = 1
	Usage       = 2
	Config      = 3
	Database    = 4
	Network     = 5
	Refused     = 6 // for safety: it would break the blog's identity
	NotFound    = 8
	Interrupted = 130
)

// Error carries the exit code beside the words.
type Error struct {
	Code int
	err  error
}

func (e *Error) Error() string { return e.err.Error() }
func (e *Error) Unwrap() error { return e.err }

// With makes an error that ends the program with code.
func With(code int, format string, args ...any) error {
	return &Error{code, fmt.Errorf(format, args...)}
}

// CodeOf finds the code for err; other is for errors that no rule names.
func CodeOf(err error, other int) int {
	var e *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.Is(err, database.ErrURL):
		return Config
	case errors.Is(err, web.ErrNotFound), errors.Is(err, database.ErrNotFound):
		return NotFound
	}
	return other
}
