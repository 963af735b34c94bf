package followers

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Follower is one who follows a blog, as its owner sees them. Nobody else does: whom a blog is read
// by is theirs to tell.
type Follower struct {
	Actor     remote.Actor
	FollowURI string // the id of their Follow; "" where it had none
	Since     time.Time
}

// List lists a blog's followers, after an actor's id; 0 begins. limit is at most 500.
func List(ctx context.Context, q database.Querier, blogID, after database.ID, limit int) ([]Follower, error) {
	list, err := listFollowers(ctx, q, blogID, after, min(limit, remote.InBatch))
	if err != nil {
		return nil, fmt.Errorf("list followers: %w", err)
	}
	return list, nil
}
