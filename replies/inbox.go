package replies

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
)

// Inbox receives what other servers send.
type Inbox struct {
	DB          *database.DB
	Verify      signature.Verifier
	Remotes     *publisher.Remotes
	PublicURL   string
	UnknownShow bool // moderation.unknown=show: replies of people we do not know yet are shown at once
	Log         *slog.Logger
	Now         func() time.Time
	Enqueued    func() // called after something for delivery was committed; may be nil
	Changed     func() // called after a visible change of a thread was committed; may be nil
}

// ServeBlog is the inbox of one blog (mux variable "handle"); 404 where there is no such blog.
func (in *Inbox) ServeBlog(w http.ResponseWriter, r *http.Request) error { return nil }

// ServeShared is the inbox of all blogs.
func (in *Inbox) ServeShared(w http.ResponseWriter, r *http.Request) error { return nil }

// Run does what needed the network and was therefore only written down by the handlers, and lets old entries of the journal expire. It
// returns nil when ctx ends, after what it has begun.
func (in *Inbox) Run(ctx context.Context) error { return nil }

// Wake tells Run that there is something to do. It is a hint: without it Run looks once a second.
func (in *Inbox) Wake() {}
