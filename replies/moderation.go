package replies

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Listed is a reply as a moderator meets it.
type Listed struct {
	Item
	PostTitle  string
	PostURL    string
	BlogHandle string // "@tea@blog.example"
}

// List reads the replies of a state, oldest first, from after on (0 = from the start); blogID 0 means those of all blogs, status "" all
// states. limit is at most 500.
func List(ctx context.Context, q database.Querier, status string, blogID, after database.ID, limit int) ([]Listed, error) {
	return nil, nil
}

// Held reads the replies that wait for a moderator, oldest first.
func Held(ctx context.Context, q database.Querier, limit int) ([]Listed, error) { return nil, nil }

// CountHeld is how many replies wait for a moderator, on all blogs.
func CountHeld(ctx context.Context, q database.Querier) (int, error) { return 0, nil }

// Approve shows a reply that is pending, hidden or spam, and makes its author known on that blog. Approving a shown one changes nothing.
// A reply that is not there, or was deleted by its author, is web.ErrNotFound.
func Approve(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return nil
}

// Hide takes a reply from the readers. Hiding a hidden one changes nothing; a deleted or unknown one is web.ErrNotFound.
func Hide(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return nil
}

// Decision is an entry of the log of moderation, which is only ever added to.
type Decision struct {
	ID     database.ID
	BlogID database.ID // 0: on every blog
	Who    string
	What   string // approve, hide, block, unblock
	Target string // the id of the reply, or the actor or domain
	Why    string
	At     time.Time
}

// Decisions reads the newest entries of the log first; blogID 0 means those of all blogs. limit is at most 500.
func Decisions(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Decision, error) {
	return nil, nil
}
