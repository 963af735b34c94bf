package publisher

import (
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Handlers answers the questions of other servers about our actors and posts.
type Handlers struct {
	DB         *database.DB
	Keys       *Keys
	PublicURL  string
	Now        func() time.Time
	Engagement Engagement
	Version    string
}

// Actor is a blog's actor, or its profile page for browsers.
func (h *Handlers) Actor(w http.ResponseWriter, r *http.Request) error { return nil }

// InstanceActor is the actor that signs our own questions.
func (h *Handlers) InstanceActor(w http.ResponseWriter, r *http.Request) error { return nil }

// Outbox is a blog's posts as Creates.
func (h *Handlers) Outbox(w http.ResponseWriter, r *http.Request) error { return nil }

// Followers says how many follow.
func (h *Handlers) Followers(w http.ResponseWriter, r *http.Request) error { return nil }

// Following is empty.
func (h *Handlers) Following(w http.ResponseWriter, r *http.Request) error { return nil }

// Featured is empty so far.
func (h *Handlers) Featured(w http.ResponseWriter, r *http.Request) error { return nil }

// Post is an Article, or for browsers the way to its page.
func (h *Handlers) Post(w http.ResponseWriter, r *http.Request) error { return nil }

// Create is the Create of a post.
func (h *Handlers) Create(w http.ResponseWriter, r *http.Request) error { return nil }

// Update is the n-th Update of a post.
func (h *Handlers) Update(w http.ResponseWriter, r *http.Request) error { return nil }

// Delete is the Delete of a post.
func (h *Handlers) Delete(w http.ResponseWriter, r *http.Request) error { return nil }

// WebFinger tells which actor a handle or address belongs to.
func (h *Handlers) WebFinger(w http.ResponseWriter, r *http.Request) error { return nil }

// HostMeta tells where WebFinger is.
func (h *Handlers) HostMeta(w http.ResponseWriter, r *http.Request) error { return nil }

// NodeInfoIndex tells where NodeInfo is.
func (h *Handlers) NodeInfoIndex(w http.ResponseWriter, r *http.Request) error { return nil }

// NodeInfo tells what this server is.
func (h *Handlers) NodeInfo(w http.ResponseWriter, r *http.Request) error { return nil }
