package replies

import (
	"context"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Thread is a post with everything that readers may see under it. Version grows with each visible change, so it serves as ETag; it is 0
// while nothing ever happened. Items are oldest first, each after its parent.
type Thread struct {
	Post    feeds.Post
	Blog    feeds.Blog
	Version int64
	Counts  Counts
	Items   []Item
}

// ReadThread reads the thread of a post. At most 5,000 replies are read, the oldest.
func ReadThread(ctx context.Context, q database.Querier, blog feeds.Blog, post feeds.Post) (Thread, error) {
	return Thread{Blog: blog, Post: post}, nil
}

// ThreadVersion is one read by primary key: what an If-None-Match is compared with. Zero values where nothing ever happened.
func ThreadVersion(ctx context.Context, q database.Querier, postID string) (version int64, counts Counts, err error) {
	return 0, Counts{}, nil
}

// Engagement is what an Article tells of its thread: likes and boosts, and the ids of the oldest shown replies, 5 at most.
func Engagement(ctx context.Context, q database.Querier, postID string) (likes, shares int, firstReplies []string, err error) {
	return 0, 0, nil, nil
}
