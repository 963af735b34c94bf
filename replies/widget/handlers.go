package widget

import (
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Handlers serve threads to readers. The methods are web.HandlerFuncs.
type Handlers struct {
	DB      *database.DB
	Log     *slog.Logger
	Version string           // of the program; a new one renders everything anew
	Now     func() time.Time // nil means time.Now

	places memory[where, place]
	bodies memory[string, []byte] // by ETag
}
