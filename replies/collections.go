package replies

import (
	"net/http"

	"github.com/bloghorn/bloghorn/server/database"
)

// Collections serves what an Article refers to: its replies, likes, shares and context. The post's id is the mux variable "id".
type Collections struct{ DB *database.DB }

// Replies lists the ids of the shown replies from all servers, oldest first, 100 a page.
func (c Collections) Replies(w http.ResponseWriter, r *http.Request) error { return nil }

// Likes says how many likes the post has.
func (c Collections) Likes(w http.ResponseWriter, r *http.Request) error { return nil }

// Shares says how often the post was boosted.
func (c Collections) Shares(w http.ResponseWriter, r *http.Request) error { return nil }

// Context lists the post itself and the shown replies, in the order they were published (FEP-f228).
func (c Collections) Context(w http.ResponseWriter, r *http.Request) error { return nil }
