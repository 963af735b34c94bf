package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
)

// Featured is the collection of pinned posts. They are ids: Mastodon skips what is embedded here
// unless it is a Note.
func (h *Handlers) Featured(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	pinned, _, err := featuredPosts(r.Context(), h.DB, b)
	if err != nil {
		return err
	}
	items := make([]string, len(pinned))
	for i, p := range pinned {
		items[i] = ids.PostID(b, p.ID)
	}
	n := len(items)
	return answerDocument(w, r, activitypub.Collection{
		Context: activitypub.PlainContext, ID: ids.Featured(b), Type: "OrderedCollection", AttributedTo: b.ActorID(),
		TotalItems: &n, OrderedItems: items,
	})
}

// featuredPosts are the pinned posts, and those that followers were told are pinned. A post that is
// about to be announced is left out, unless it was told: whoever learns of one here would fetch it
// before its Create, and before the early edits that its publish delay waits for.
func featuredPosts(ctx context.Context, q database.Querier, b feeds.Blog) (pinned []feeds.Post, told map[string]bool, err error) {
	if pinned, err = feeds.Featured(ctx, q, b); err != nil {
		return nil, nil, fmt.Errorf("list the pinned posts of %s: %w", b.Acct(), err)
	}
	if told, err = toldFeatured(ctx, q, b.ID); err != nil {
		return nil, nil, fmt.Errorf("read what was told of pinned posts: %w", err)
	}
	if len(pinned) == 0 {
		return nil, told, nil
	}
	ids := make([]string, len(pinned))
	for i, p := range pinned {
		ids[i] = p.ID
	}
	announced, err := announcementsOf(ctx, q, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read what was announced of the pinned posts of %s: %w", b.Acct(), err)
	}
	return slices.DeleteFunc(pinned, func(p feeds.Post) bool {
		return p.Announce && announced[p.ID].CreatedAt.IsZero() && !told[p.ID]
	}), told, nil
}

// BroadcastFeatured makes what followers were told of a blog's pinned posts agree with what is
// pinned, by Add and Remove. Call it in the transaction of whatever may have changed that: a pin,
// the tag of the pin rule, a new post with that tag. It does nothing where they agree. GoToSocial
// reads neither and fetches the collection now and then.
func BroadcastFeatured(ctx context.Context, tx database.Querier, b feeds.Blog, now time.Time) error {
	posts, told, err := featuredPosts(ctx, tx, b)
	if err != nil {
		return err
	}
	pinned := map[string]bool{}
	for _, p := range posts {
		pinned[p.ID] = true
		if told[p.ID] {
			continue
		}
		if err := broadcastPin(ctx, tx, b, p, now); err != nil {
			return fmt.Errorf("tell that post %s is pinned: %w", p.ID, err)
		}
	}
	for id := range told {
		if pinned[id] {
			continue
		}
		if err := broadcastUnpin(ctx, tx, b, id, now); err != nil {
			return fmt.Errorf("tell that post %s is not pinned any more: %w", id, err)
		}
	}
	return nil
}

func broadcastPin(ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, now time.Time) error {
	err := insertFeatured(ctx, tx, b.ID, p.ID, now)
	if errors.Is(err, database.ErrDuplicate) {
		return nil // another process tells it
	}
	if err != nil {
		return err
	}
	return broadcast(ctx, tx, b, ids.PostID(b, p.ID), featuredChange(b, "Add", p.ID, now), now)
}

// broadcastUnpin is silent about a post that was removed: its Delete says more, and a Remove behind
// it would name what nobody knows any more.
func broadcastUnpin(ctx context.Context, tx database.Querier, b feeds.Blog, postID string, now time.Time) error {
	was, err := deleteFeatured(ctx, tx, b.ID, postID)
	if err != nil || !was {
		return err
	}
	p, err := feeds.PostByID(ctx, tx, postID)
	if err != nil || !p.RemovedAt.IsZero() {
		return err
	}
	return broadcast(ctx, tx, b, ids.PostID(b, postID), featuredChange(b, "Remove", postID, now), now)
}

func featuredChange(b feeds.Blog, kind, postID string, now time.Time) activitypub.Activity {
	to, cc := article.Audience(b)
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, database.NewID(now)), Type: kind, Actor: b.ActorID(),
		To: to, Cc: cc, Object: ids.PostID(b, postID), Target: ids.Featured(b),
	}
}
