package widget

import (
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/flight"
)

// Handlers serve threads to readers. The methods are web.HandlerFuncs.
type Handlers struct {
	DB      *database.DB
	Version string           // of the program; a new one renders everything anew
	Now     func() time.Time // nil means time.Now
	Local   []string         // host:port of servers on this computer whose people may answer from there, by plain http; for trying alone
	// AnswerIn is how long a request may take; 0 is bounds.AnswerIn.
	AnswerIn time.Duration

	start   sync.Once
	places  memory[where, place]
	changed atomic.Pointer[time.Time] // when another process last changed something
	shown   memory[string, shown]     // by request
	bodies  memory[string, []byte]    // by ETag
	flights flight.Group              // by ETag, while a page is made
	builds  *semaphore.Weighted       // pages that may be made at the same time
}

// open makes the memories. All of them together are bounded, and a page as large as may be has
// room.
func (h *Handlers) open() {
	h.start.Do(func() {
		h.places.max, h.shown.max, h.bodies.max = bounds.ThreadMemory/16, bounds.ThreadMemory/16, bounds.ThreadMemory*7/8
		h.builds = semaphore.NewWeighted(bounds.ThreadBuilds)
	})
}
