package widget

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Handlers serve threads to readers. The methods are web.HandlerFuncs.
type Handlers struct {
	DB      *database.DB
	Log     *slog.Logger
	Version string           // of the program; a new one renders everything anew
	Now     func() time.Time // nil means time.Now
}

// Comments is the thread of a page as JSON: GET /api/v1/comments?url=…[&blog=…].
func (h *Handlers) Comments(w http.ResponseWriter, r *http.Request) error { return nil }

// Fragment is the thread of a page as a piece of HTML: GET /comments?url=…[&blog=…][&heading=1–6|none].
func (h *Handlers) Fragment(w http.ResponseWriter, r *http.Request) error { return nil }

// Page is the thread as a page of its own with a form to answer: GET /thread?url=…[&blog=…][&reply=…]; its form comes back as POST.
func (h *Handlers) Page(w http.ResponseWriter, r *http.Request) error { return nil }

// Counts are the numbers of several pages: GET /api/v1/counts?url=…&url=…, 20 at most.
func (h *Handlers) Counts(w http.ResponseWriter, r *http.Request) error { return nil }

// Script is the module with the custom element.
func (h *Handlers) Script(w http.ResponseWriter, r *http.Request) error { return nil }

// Style is the stylesheet of the thread page.
func (h *Handlers) Style(w http.ResponseWriter, r *http.Request) error { return nil }
