package publisher

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Follower is one who follows a blog, as its owner sees her. Nobody else does: whom a blog is read by is theirs to tell.
type Follower struct {
	Actor     remote.Actor
	FollowURI string // the id of her Follow; "" where it had none
	Since     time.Time
}

// ListFollowers lists a blog's followers, after an actor's id; 0 begins. limit is at most 500.
func ListFollowers(ctx context.Context, q database.Querier, blogID, after database.ID, limit int) ([]Follower, error) {
	list, err := listFollowers(ctx, q, blogID, after, min(limit, remote.InBatch))
	if err != nil {
		return nil, fmt.Errorf("list followers: %w", err)
	}
	return list, nil
}

// AcceptAgain sends a follower the Accept of her Follow once more, for where the first was lost:
// her server shows the request as pending, and may throw away what the blog sends. The blog's actor
// goes with it: what her server knows of it, its keys too, may be as old.
func AcceptAgain(ctx context.Context, tx database.Querier, b feeds.Blog, f Follower, keys keyring.PublicKeys, now time.Time) error {
	update := profileUpdate(b, keys, now)
	if err := enqueue(ctx, tx, b, delivery.Activity{ObjectURI: b.ActorID()}, update, []string{f.Actor.Inbox}, now); err != nil {
		return fmt.Errorf("send the profile of %s to %s: %w", b.Acct(), f.Actor.URI, err)
	}
	return answer(ctx, tx, b, f.Actor, activitypub.Object{"id": f.FollowURI}, "Accept", now)
}
