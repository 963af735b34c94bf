package publisher

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// Follow makes actor a follower of b, with the Follow it sent, and enqueues the Accept.
func Follow(ctx context.Context, tx database.Querier, b feeds.Blog, actor RemoteActor, follow activitypub.Object, now time.Time) error {
	return nil
}

// Reject enqueues the Reject of a Follow.
func Reject(ctx context.Context, tx database.Querier, b feeds.Blog, actor RemoteActor, follow activitypub.Object, now time.Time) error {
	return nil
}

// Unfollow ends actor's following of b, and says whether there was one.
func Unfollow(ctx context.Context, q database.Querier, b feeds.Blog, actorID database.ID) (bool, error) {
	return false, nil
}

// UnfollowByURI ends what the Follow with this id began, if it was this actor's, and says whether there was one.
func UnfollowByURI(ctx context.Context, q database.Querier, followURI string, actorID database.ID) (bool, error) {
	return false, nil
}

// FollowerMatch says which followers are meant: one actor by its id, or all of a host and its subdomains.
type FollowerMatch struct {
	ActorURI string
	Host     string
}

// RemoveFollowers removes the followers of a blog (0: of every blog) that match, and cancels what is on its way to them.
func RemoveFollowers(ctx context.Context, tx database.Querier, blogID database.ID, match FollowerMatch) (n int, err error) {
	return 0, nil
}

// CountFollowers is how many follow a blog.
func CountFollowers(ctx context.Context, q database.Querier, blogID database.ID) (int, error) {
	return 0, nil
}

// SeenOutside says whether other servers know the blog: it has followers or has sent something.
func SeenOutside(ctx context.Context, q database.Querier, b feeds.Blog) (bool, error) {
	return false, nil
}
