package moderation

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// Crowd is a queue of replies in which three quarters of the room are taken, so that only sites
// which have little there are let in.
type Crowd struct {
	BlogID database.ID
	Held   int
	Sites  []CrowdSite // which have most there, the largest first
}

// CrowdSite is what a site has in a queue.
type CrowdSite struct {
	Site string
	Held int
}

// Crowds lists the blogs on which replies are refused because so many wait.
func Crowds(ctx context.Context, q database.Querier) ([]Crowd, error) {
	crowds, err := crowdedBlogs(ctx, q, bounds.HeldPerBlog*3/4, bounds.HeldBytesPerBlog*3/4)
	for i := range crowds {
		if err == nil {
			crowds[i].Sites, err = crowdingSites(ctx, q, crowds[i].BlogID, bounds.HeldPerBlog, bounds.HeldBytesPerBlog)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("look for crowded queues: %w", err)
	}
	return crowds, nil
}
