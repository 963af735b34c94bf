package feeds

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// ErrTaken is returned by Add where another blog has the handle or the address.
var ErrTaken = errors.New("there is already a blog with that handle")

// NewBlog is what Add needs: a feed that Discover found, and the account it shall have.
type NewBlog struct {
	Found         Found
	BaseURL       string // as Blog.BaseURL; a slash at its end is dropped
	FromPublicURL bool
	Username      string
	HandleHost    string // "" means the host of BaseURL
}

// Add stores a blog with its feed's history, none of which will be announced, and whatever else must not exist without the blog (its keys)
// in one transaction: after an error nothing is there. also may run several times, as InTx's function may, and may be nil. The errors
// are ErrTaken and web.ErrInvalid.
func Add(ctx context.Context, db *database.DB, n NewBlog, now time.Time, also func(ctx context.Context, tx *database.Tx, b Blog) error) (Blog, error) {
	return Blog{}, errors.New("add: not built yet")
}
