package publisher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// recipients are the inboxes that reach every follower, each once, and none of our own.
func recipients(ctx context.Context, tx database.Querier, blogID database.ID) ([]string, error) {
	return recipientsBut(ctx, tx, blogID, nil)
}

// Several blogs of one server may share a site, chosen by rules, and a reader may follow more than
// one. The same page, found by pageurl.Key, then reaches them once: from the blog that announced it
// first. An inbox is left out only where that is true of everybody who follows the blog through it;
// a server with one reader who follows the second blog alone needs its post for them.
//
// It holds for Create, and for Update, since Mastodon takes the Update of a post it does not know
// for a Create. A Delete goes to all: who did not have the post loses nothing, and who unfollowed
// the other blog since shall not keep it.
//
// Two processes may announce the page for two blogs in the same moment, and on MySQL each reads
// what was committed before. Both write pageTurn, so one of them collides and runs again, and then
// sees the other's announcement.

// recipientsOf are the inboxes that a step concerns; is is the announcement with that step.
func (a *Announcer) recipientsOf(
	ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, is Announcement, do step, facts article.Facts,
) ([]string, error) {
	inboxes, err := followersFor(ctx, tx, b, p, is, do)
	if err != nil {
		return nil, err
	}
	if do != stepCreate {
		if inboxes, err = a.withHolders(ctx, tx, b, ids.PostID(b, p.ID), p.ID, inboxes); err != nil {
			return nil, fmt.Errorf("look who else may have the post: %w", err)
		}
	}
	if inboxes, err = a.withCommunity(ctx, tx, b, facts.Community, inboxes); err != nil {
		return nil, err
	}
	if do == stepCreate && b.Settings.Mentions == settings.MentionsNotify {
		inboxes = withInboxes(inboxes, facts.Named)
	}
	return inboxes, nil
}

// followersFor are the inboxes of the followers who get a step.
func followersFor(ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, is Announcement, do step) ([]string, error) {
	if do == stepDelete {
		return recipients(ctx, tx, b.ID)
	}
	if do == stepCreate {
		if err := takeTurns(ctx, tx, p.ID, pageurl.Key(b.SiteURL)); err != nil {
			return nil, fmt.Errorf("take the page's turn: %w", err)
		}
	}
	earlier, err := samePage(ctx, tx, p.ID, pageurl.Key(b.SiteURL))
	if err != nil {
		return nil, fmt.Errorf("look for the page at other blogs: %w", err)
	}
	if isAmbiguous(b.ID, earlier) {
		earlier = nil
	}
	earlier = slices.DeleteFunc(earlier, func(other sibling) bool {
		return other.toldAt.IsZero() || do == stepUpdate && !other.toldAt.Before(is.CreatedAt)
	})
	return recipientsBut(ctx, tx, b.ID, earlier)
}

// takeTurns makes the transaction collide with any other that announces a page of this post.
func takeTurns(ctx context.Context, tx database.Querier, postID string, site database.Digest) error {
	pages, err := turnsOf(ctx, tx, postID, site)
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := p.take(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// isAmbiguous says that a blog has several posts at the address, which then says nothing about
// which one it is.
func isAmbiguous(blogID database.ID, siblings []sibling) bool {
	has := map[database.ID]bool{blogID: true}
	for _, other := range siblings {
		if has[other.blog] {
			return true
		}
		has[other.blog] = true
	}
	return false
}

// sibling is a post of another blog at the same address, and when its followers were told; zero if
// they were not, or were told that it is gone.
type sibling struct {
	blog   database.ID
	toldAt time.Time
}

// recipientsBut leaves out the inboxes whose readers all have it from one of the siblings.
func recipientsBut(ctx context.Context, tx database.Querier, blogID database.ID, siblings []sibling) ([]string, error) {
	ours, err := remote.OwnHosts(ctx, tx)
	if err != nil {
		return nil, err
	}
	inboxes := followers.NewInboxSet(ours)
	for after := database.ID(0); ; {
		page, err := followers.Page(ctx, tx, blogID, after, followers.Batch)
		if err != nil {
			return nil, fmt.Errorf("list followers: %w", err)
		}
		if len(page) == 0 {
			break
		}
		last := page[len(page)-1].ActorID
		has, err := haveItAlready(ctx, tx, blogID, after, last, siblings)
		if err != nil {
			return nil, fmt.Errorf("list who follows both blogs: %w", err)
		}
		full := len(page) == followers.Batch
		page = slices.DeleteFunc(page, func(f followers.Recipient) bool { return has[f.ActorID] })
		if err := inboxes.Add(ctx, tx, page, followers.Recipient.Address); err != nil {
			return nil, err
		}
		if after = last; !full {
			break
		}
	}
	return inboxes.All(), nil
}

// haveItAlready are the followers after an id, up to last, who followed one of the siblings' blogs
// when it told its followers.
func haveItAlready(
	ctx context.Context, tx database.Querier, blogID, after, last database.ID, siblings []sibling,
) (map[database.ID]bool, error) {
	has := map[database.ID]bool{}
	for _, other := range siblings {
		both, err := followersOfBoth(ctx, tx, blogID, other, after, last, followers.Batch)
		if err != nil {
			return nil, err
		}
		for _, actor := range both {
			has[actor] = true
		}
	}
	return has, nil
}
