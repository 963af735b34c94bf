package followers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Follow makes actor a follower of b, because of the Follow it sent, and enqueues the Accept. One
// who follows already is accepted again, under the id of the new Follow: the other server asks
// because it has lost its memory of the first. What waits of earlier answers to them is cancelled,
// and the same Follow once more adds nothing while its Accept waits or in the minute after it
// arrived. A Follow whose id is longer than 500 bytes is web.ErrInvalid.
func Follow(ctx context.Context, tx database.Querier, b feeds.Blog, actor remote.Actor, follow activitypub.Object, now time.Time) error {
	if len(follow.ID()) > MaxEchoed {
		return TooLong("Follow")
	}
	known, err := saveFollower(ctx, tx, b.ID, actor.ID, follow.ID(), now)
	if err != nil {
		return fmt.Errorf("store the follower %s of %s: %w", actor.URI, b.Acct(), err)
	}
	if known {
		accept := delivery.Activity{Sender: b.ActorID(), Kind: "Accept", ObjectURI: following(actor)}
		stands, err := delivery.Stands(ctx, tx, accept, actor.Inbox, now.Add(-justNow))
		if stands || err != nil {
			return err
		}
	}
	return Answer(ctx, tx, b, actor, follow, "Accept", now)
}

// Reject enqueues the refusal of a Follow. It ends nothing that was accepted before.
func Reject(ctx context.Context, tx database.Querier, b feeds.Blog, actor remote.Actor, follow activitypub.Object, now time.Time) error {
	return Answer(ctx, tx, b, actor, follow, "Reject", now)
}

// Answer goes to the personal inbox: it concerns nobody else on that server.
func Answer(
	ctx context.Context, tx database.Querier, b feeds.Blog, actor remote.Actor, follow activitypub.Object, kind string, now time.Time,
) error {
	if len(follow.ID()) > MaxEchoed {
		return TooLong("Follow")
	}
	reply := answerTo(b, database.NewID(now), kind, actor, follow.ID())
	a, err := delivery.Activity{ObjectURI: following(actor)}.With(reply, now)
	if err != nil {
		return err
	}
	if err := delivery.EnqueueAnswer(ctx, tx, a, b.ID, actor.URI, actor.Inbox, now); err != nil {
		return fmt.Errorf("answer the Follow of %s with %s: %w", actor.URI, kind, err)
	}
	return nil
}

// justNow is how long after an Accept arrived the same Follow is no new question, but one that was
// on its way.
const justNow = time.Minute

// following is what the answers to one person's Follows are about, whatever ids these have: they
// arrive in order, and the last one stands for all.
func following(actor remote.Actor) string { return actor.URI + " follows" }

func TooLong(what string) error {
	return fmt.Errorf("%w: the id of the %s is longer than %d bytes", web.ErrInvalid, what, MaxEchoed)
}

// Unfollow ends actor's following of b, and says whether there was one.
func Unfollow(ctx context.Context, q database.Querier, b feeds.Blog, actorID database.ID) (bool, error) {
	n, err := deleteFollower(ctx, q, b.ID, actorID)
	if err != nil {
		return false, fmt.Errorf("remove a follower of %s: %w", b.Acct(), err)
	}
	return n > 0, nil
}

// UnfollowByURI ends what the Follow with this id began, where it was this actor who sent it, and
// says whether there was one. It is for an Undo that names the Follow and says no more.
func UnfollowByURI(ctx context.Context, q database.Querier, followURI string, actorID database.ID) (bool, error) {
	if followURI == "" {
		return false, nil
	}
	n, err := deleteFollow(ctx, q, followURI, actorID)
	if err != nil {
		return false, fmt.Errorf("undo the Follow %s: %w", followURI, err)
	}
	return n > 0, nil
}

// Match says which followers are meant: one actor by its id, or everybody on a host (authority, in
// lower case) and its subdomains.
type Match struct {
	ActorURI string
	Host     string
}

func (match Match) IsOf(actorURI string) bool {
	if match.ActorURI != "" {
		return match.ActorURI == actorURI
	}
	host := activitypub.Host(actorURI)
	return host == match.Host || strings.HasSuffix(host, "."+match.Host)
}

// Remove removes the followers of a blog (0: of every blog) who match, cancels what is on its way
// to them, and reports how many they were. What goes to an inbox that others share goes on for
// those others.
func Remove(ctx context.Context, tx database.Querier, blogID database.ID, match Match) (n int, err error) {
	removed, err := removeFollowers(ctx, tx, blogID, match)
	return len(removed), err
}

func removeFollowers(ctx context.Context, tx database.Querier, blogID database.ID, match Match) (removed []matched, err error) {
	for {
		batch, err := followersMatching(ctx, tx, blogID, match, remote.InBatch)
		if err != nil {
			return removed, fmt.Errorf("list followers to remove: %w", err)
		}
		if len(batch) == 0 {
			return removed, nil
		}
		for _, f := range batch {
			if err := removeFollower(ctx, tx, f.Recipient); err != nil {
				return removed, fmt.Errorf("remove a follower: %w", err)
			}
			removed = append(removed, f)
		}
	}
}

func removeFollower(ctx context.Context, tx database.Querier, f Recipient) error {
	if _, err := deleteFollower(ctx, tx, f.BlogID, f.ActorID); err != nil {
		return err
	}
	return CancelOwn(ctx, tx, f)
}

// CancelOwn cancels what is on its way to inboxes of f that reach no other follower of the blog.
func CancelOwn(ctx context.Context, tx database.Querier, f Recipient) error {
	var own []string
	for _, inbox := range []string{f.Inbox, f.SharedInbox} {
		used, err := inboxInUse(ctx, tx, f, inbox)
		if err != nil {
			return err
		}
		if inbox != "" && !used {
			own = append(own, inbox)
		}
	}
	if len(own) == 0 {
		return nil
	}
	_, err := delivery.Cancel(ctx, tx, f.BlogID, own)
	return err
}

// FollowsAny says whether an actor, given by its id, follows any blog here.
func FollowsAny(ctx context.Context, q database.Querier, actorURI string) (bool, error) {
	_, err := followerByURI(ctx, q, actorURI)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the follower %s: %w", actorURI, err)
	}
	return true, nil
}

// IsFollower says whether an actor follows a blog.
func IsFollower(ctx context.Context, q database.Querier, blogID, actorID database.ID) (bool, error) {
	n, err := countFollower(ctx, q, blogID, actorID)
	if err != nil {
		return false, fmt.Errorf("look for a follower: %w", err)
	}
	return n > 0, nil
}

// Count is how many follow a blog.
func Count(ctx context.Context, q database.Querier, blogID database.ID) (int, error) {
	n, err := countFollowers(ctx, q, blogID)
	if err != nil {
		return 0, fmt.Errorf("count followers: %w", err)
	}
	return n, nil
}

// SeenOutside says whether other servers know the blog: somebody follows it, or it has sent
// something.
func SeenOutside(ctx context.Context, q database.Querier, b feeds.Blog) (bool, error) {
	seen, err := seenOutside(ctx, q, b.ID)
	if err != nil {
		return false, fmt.Errorf("look for followers and deliveries of %s: %w", b.Acct(), err)
	}
	return seen, nil
}

// answerTo is the Accept or Reject of a Follow. The Follow is embedded with the id it came with, or
// none: Mastodon matches by either, Misskey would fetch a bare id, Threads fails on it.
func answerTo(b feeds.Blog, id database.ID, kind string, actor remote.Actor, followURI string) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, id), Type: kind, Actor: b.ActorID(), To: []string{actor.URI},
		Object: activitypub.Activity{ID: followURI, Type: "Follow", Actor: actor.URI, Object: b.ActorID()},
	}
}
