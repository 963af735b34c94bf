package publisher

import (
	"context"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Announcer makes what the world was told agree with the posts.
type Announcer struct {
	DB             *database.DB
	Log            *slog.Logger
	Now            func() time.Time
	UpdateInterval time.Duration // at least this long between two Updates of a post
	Enqueued       func()        // called after activities were committed; may be nil
	// Engagement is what an Update says of likes and boosts; nil means none. A Create always says none.
	Engagement Engagement
}

// Engagement reads what readers did with a post: likes, boosts, and the ids of its first replies.
type Engagement = func(ctx context.Context, postID string) (likes, shares int, firstReplies []string, err error)

// Run announces until ctx ends.
func (a *Announcer) Run(ctx context.Context) error { return nil }

// Wake is a hint that posts were saved.
func (a *Announcer) Wake() {}
