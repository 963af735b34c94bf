package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// A community is a Group on Lemmy, NodeBB, Discourse or another forum (FEP-1b12). A blog may post
// into one: it follows the group, and what it publishes from then on is addressed to it. The group
// announces that to its members, and what they answer to the blog's server and, since it follows,
// to the blog.
//
// Only articles go there, and only public ones: Lemmy needs a title. One group a post: readers on
// Mastodon see it mentioned.

// The states of a Follow that a blog has sent.
const (
	CommunityPending  = "pending"
	CommunityAccepted = "accepted"
	CommunityRejected = "rejected"
)

// Community is what a blog posts into.
type Community struct {
	BlogID     database.ID
	ActorURI   string
	FollowURI  string
	State      string
	AskedAt    time.Time
	AnsweredAt time.Time
}

// JoinCommunity has a blog follow a group and post into it once that accepts; it leaves the one
// before. web.ErrRefused says why the actor is no such thing.
func JoinCommunity(ctx context.Context, tx *database.Tx, b feeds.Blog, group remote.Actor, now time.Time) error {
	if group.Type != "Group" {
		return fmt.Errorf("%w: %s is a %s and not a community", web.ErrRefused, group.Handle, group.Type)
	}
	was, err := CommunityOf(ctx, tx, b.ID)
	if err == nil && was.ActorURI == group.URI && was.State != CommunityRejected {
		return nil
	}
	if err == nil {
		err = LeaveCommunity(ctx, tx, b, now)
	}
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return err
	}
	c := Community{BlogID: b.ID, ActorURI: group.URI, FollowURI: ids.ActivityID(b.BaseURL, database.NewID(now)), State: CommunityPending, AskedAt: now}
	if err := insertCommunity(ctx, tx, c); err != nil {
		return fmt.Errorf("store the community %s of %s: %w", group.URI, b.Acct(), err)
	}
	follow := followOf(b, c)
	follow.Context = activitypub.PlainContext
	return enqueue(ctx, tx, b, inOrder(c), follow, []string{group.Inbox}, now)
}

// LeaveCommunity ends that. What was posted stays there, and its edits still go there.
// database.ErrNotFound says that there is none.
func LeaveCommunity(ctx context.Context, tx *database.Tx, b feeds.Blog, now time.Time) error {
	c, err := CommunityOf(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	if err := deleteCommunity(ctx, tx, b.ID); err != nil {
		return fmt.Errorf("forget the community of %s: %w", b.Acct(), err)
	}
	group, err := remote.ActorByURI(ctx, tx, c.ActorURI)
	if errors.Is(err, database.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the community %s: %w", c.ActorURI, err)
	}
	return enqueue(ctx, tx, b, inOrder(c), activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, database.NewID(now)), Type: "Undo", Actor: b.ActorID(),
		To: []string{c.ActorURI}, Object: followOf(b, c),
	}, []string{group.Inbox}, now)
}

// RemoveCommunities ends the posting into groups that match, of a blog (0: of every blog), cancels
// what is on its way to them, and tells them nothing: as with RemoveFollowers, it is for those that
// the blog does not speak to any more.
func RemoveCommunities(ctx context.Context, tx *database.Tx, blogID database.ID, match followers.Match) error {
	for after := database.ID(0); ; {
		batch, err := joined(ctx, tx, blogID, after, remote.InBatch)
		if err != nil {
			return fmt.Errorf("list communities to remove: %w", err)
		}
		for _, c := range batch {
			if after = c.BlogID; !match.IsOf(c.ActorURI) {
				continue
			}
			if err := removeCommunity(ctx, tx, c); err != nil {
				return fmt.Errorf("remove the community %s: %w", c.ActorURI, err)
			}
		}
		if len(batch) < remote.InBatch {
			return nil
		}
	}
}

func removeCommunity(ctx context.Context, tx *database.Tx, c Community) error {
	if err := deleteCommunity(ctx, tx, c.BlogID); err != nil {
		return err
	}
	group, err := remote.ActorByURI(ctx, tx, c.ActorURI)
	if errors.Is(err, database.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return followers.CancelOwn(ctx, tx, followers.Recipient{BlogID: c.BlogID, ActorID: group.ID, Inbox: group.Inbox, SharedInbox: group.SharedInbox})
}

// inOrder keeps what a blog says about following a group in the order in which it was said: whoever
// knows a Follow by its two actors, and not by its id, would take the Undo of an old one that comes
// late for the Undo of the new one.
func inOrder(c Community) delivery.Activity { return delivery.Activity{ObjectURI: c.ActorURI} }

func followOf(b feeds.Blog, c Community) activitypub.Activity {
	return activitypub.Activity{ID: c.FollowURI, Type: "Follow", Actor: b.ActorID(), To: []string{c.ActorURI}, Object: c.ActorURI}
}

// CommunityOf is what a blog posts into, or wants to; database.ErrNotFound where that is nothing.
func CommunityOf(ctx context.Context, q database.Querier, blogID database.ID) (Community, error) {
	c, err := communityOf(ctx, q, blogID)
	if err != nil {
		return c, fmt.Errorf("read the community: %w", err)
	}
	return c, nil
}

// CommunityAnswered notes what a group answered to a blog's Follow, by the id of that, and says
// whether it was asked. Another's answer, and one to what was not sent, change nothing.
func CommunityAnswered(ctx context.Context, tx *database.Tx, group, followURI string, accepted bool, now time.Time) (bool, error) {
	state := CommunityRejected
	if accepted {
		state = CommunityAccepted
	}
	asked, err := answerCommunity(ctx, tx, group, followURI, state, now)
	if err != nil {
		return false, fmt.Errorf("note the answer of %s: %w", group, err)
	}
	return asked, nil
}

// communityFor is where a new post goes. What was there before the blog asked to be let in, and
// what is older than the blog's account, is not new to it, even if its owner lets followers have it
// now: a community that gets thirty old posts in five hours has been flooded.
func communityFor(ctx context.Context, q database.Querier, b feeds.Blog, p feeds.Post) (string, error) {
	if article.TypeOf(b, p) != "Article" || p.Title == "" || b.Settings.Visibility == settings.VisibilityUnlisted {
		return "", nil
	}
	c, err := communityOf(ctx, q, b.ID)
	if errors.Is(err, database.ErrNotFound) || err == nil && (c.State != CommunityAccepted || isOld(b, p, c)) {
		return "", nil
	}
	return c.ActorURI, err
}

// isOld counts from the Follow and not from its answer, which a group may repeat. Feeds date to the
// second.
func isOld(b feeds.Blog, p feeds.Post, c Community) bool {
	return p.FirstSeenAt.Before(c.AskedAt) || p.PublishedAt.Before(b.CreatedAt.Truncate(time.Second))
}

// groupOf is what is known of the community that a post went into.
func groupOf(ctx context.Context, q database.Querier, uri string) (remote.Actor, error) {
	if uri == "" {
		return remote.Actor{}, nil
	}
	actor, err := remote.ActorByURI(ctx, q, uri)
	if err != nil {
		return remote.Actor{}, fmt.Errorf("read the community %s: %w", uri, err)
	}
	return actor, nil
}

// withCommunity are the inboxes, and the group's that the post went into. A blocked one hears of no
// edit either, and not of the removal: what it has, it keeps, like the followers who were there.
func (a *Announcer) withCommunity(ctx context.Context, q database.Querier, b feeds.Blog, group remote.Actor, inboxes []string) ([]string, error) {
	if group.URI == "" || a.Blocked == nil {
		return among(group, inboxes), nil
	}
	blocked, err := a.Blocked(ctx, q, b.ID, group.URI)
	if err != nil {
		return nil, fmt.Errorf("ask whether the community %s is blocked: %w", group.URI, err)
	}
	if blocked {
		return inboxes, nil
	}
	return among(group, inboxes), nil
}

// among are the inboxes, and the group's own where none of them reaches it.
func among(group remote.Actor, inboxes []string) []string {
	if group.Inbox == "" || slices.Contains(inboxes, group.Inbox) || slices.Contains(inboxes, group.SharedInbox) {
		return inboxes
	}
	return append(inboxes, group.Inbox)
}
