package inbox

import (
	"context"
	"errors"
	"slices"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxConcerned is how many of the ids in an activity are looked at for a blog.
const maxConcerned = 20

// About is ctx for what an activity makes us ask: it is about the blog to which it came, or that it
// names.
func (in *Inbox) About(ctx context.Context, a *Inbound) context.Context {
	return remote.ForBlog(ctx, func(ctx context.Context) (feeds.Blog, error) { return in.concerned(ctx, a) })
}

// concerned finds the blog of an activity: by the inbox, else by what it is about, whom it is for
// and what it answers. The error is database.ErrNotFound where it names none.
func (in *Inbox) concerned(ctx context.Context, a *Inbound) (feeds.Blog, error) {
	if a.Inbox != 0 {
		return feeds.BlogByID(ctx, in.DB, a.Inbox)
	}
	refs := append([]string{a.Object}, a.Embedded.Refs("inReplyTo")...)
	for _, o := range []activitypub.Object{a.activity, a.Embedded} {
		for _, field := range []string{"object", "to", "cc", "audience"} {
			refs = append(refs, o.Refs(field)...)
		}
	}
	refs = slices.DeleteFunc(refs, func(ref string) bool { return ref == "" || ref == activitypub.Public })
	for _, ref := range refs[:min(len(refs), maxConcerned)] {
		blog, err := blogNamed(ctx, in.DB, ref)
		if !errors.Is(err, database.ErrNotFound) {
			return blog, err
		}
	}
	return feeds.Blog{}, database.ErrNotFound
}

// blogNamed is the blog that has this id, or has a post or a reply with it.
func blogNamed(ctx context.Context, q database.Querier, ref string) (feeds.Blog, error) {
	blog, err := thread.BlogByActor(ctx, q, ref)
	if !errors.Is(err, database.ErrNotFound) {
		return blog, err
	}
	at, err := thread.Locate(ctx, q, ref)
	if errors.Is(err, thread.ErrNowhere) {
		err = database.ErrNotFound
	}
	return at.Blog, err
}
