package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// Featured is the collection of pinned posts. They are ids: Mastodon skips what is embedded here unless it is a Note.
func (h *Handlers) Featured(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	pinned, err := feeds.Featured(r.Context(), h.DB, b)
	if err != nil {
		return fmt.Errorf("list the pinned posts of %s: %w", b.Acct(), err)
	}
	ids := make([]string, len(pinned))
	for i, p := range pinned {
		ids[i] = PostID(b, p.ID)
	}
	n := len(ids)
	return answerDocument(w, r, activitypub.Collection{
		Context: activitypub.PlainContext, ID: Featured(b), Type: "OrderedCollection", AttributedTo: b.ActorID(),
		TotalItems: &n, OrderedItems: ids,
	})
}

// TellFeatured makes what followers were told of a blog's pinned posts agree with what is pinned, by Add and Remove. Call it in the
// transaction of whatever may have changed that: a pin, the tag of the pin rule, a new post with that tag. It does nothing where they agree.
// GoToSocial reads neither and fetches the collection now and then.
func TellFeatured(ctx context.Context, tx database.Querier, b feeds.Blog, now time.Time) error {
	posts, err := feeds.Featured(ctx, tx, b)
	if err != nil {
		return fmt.Errorf("list the pinned posts of %s: %w", b.Acct(), err)
	}
	told, err := toldFeatured(ctx, tx, b.ID)
	if err != nil {
		return fmt.Errorf("read what was told of pinned posts: %w", err)
	}
	pinned := map[string]bool{}
	for _, p := range posts {
		pinned[p.ID] = true
		if told[p.ID] {
			continue
		}
		if err := tellPin(ctx, tx, b, p, now); err != nil {
			return fmt.Errorf("tell that post %s is pinned: %w", p.ID, err)
		}
	}
	for id := range told {
		if pinned[id] {
			continue
		}
		if err := tellUnpin(ctx, tx, b, id, now); err != nil {
			return fmt.Errorf("tell that post %s is not pinned any more: %w", id, err)
		}
	}
	return nil
}

func tellPin(ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, now time.Time) error {
	err := insertFeatured(ctx, tx, b.ID, p.ID, now)
	if errors.Is(err, database.ErrDuplicate) {
		return nil // another process tells it
	}
	if err != nil {
		return err
	}
	return tellFollowers(ctx, tx, b, PostID(b, p.ID), featuredChange(b, "Add", p.ID, now), now)
}

// tellUnpin is silent about a post that was removed: its Delete says more, and a Remove behind it would name what nobody knows any more.
func tellUnpin(ctx context.Context, tx database.Querier, b feeds.Blog, postID string, now time.Time) error {
	was, err := deleteFeatured(ctx, tx, b.ID, postID)
	if err != nil || !was {
		return err
	}
	p, err := feeds.PostByID(ctx, tx, postID)
	if err != nil || !p.RemovedAt.IsZero() {
		return err
	}
	return tellFollowers(ctx, tx, b, PostID(b, postID), featuredChange(b, "Remove", postID, now), now)
}

func featuredChange(b feeds.Blog, kind, postID string, now time.Time) activitypub.Activity {
	to, cc := audience(b)
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ActivityID(b.BaseURL, database.NewID(now)), Type: kind, Actor: b.ActorID(),
		To: to, Cc: cc, Object: PostID(b, postID), Target: Featured(b),
	}
}
