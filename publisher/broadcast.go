package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// What an owner tells followers by hand has ids under /activities/, and so do the pins; the
// Announcer speaks of posts alone.

// BroadcastProfile sends the blog's actor, with its keys, to every follower's server. Call it in
// the transaction that changed what the actor shows: Mastodon would see it a day or a week later by
// itself.
func BroadcastProfile(ctx context.Context, tx database.Querier, b feeds.Blog, keys keyring.PublicKeys, now time.Time) error {
	if err := broadcast(ctx, tx, b, b.ActorID(), profileUpdate(b, keys, now), now); err != nil {
		return fmt.Errorf("tell followers of %s about its profile: %w", b.Acct(), err)
	}
	return nil
}

func profileUpdate(b feeds.Blog, keys keyring.PublicKeys, now time.Time) activitypub.Activity {
	actor := BuildActor(b, keys)
	actor.Context = nil
	return activitypub.Activity{
		Context: activitypub.ActorContext, ID: ids.ActivityID(b.BaseURL, database.NewID(now)), Type: "Update", Actor: b.ActorID(),
		To: []string{activitypub.Public}, Cc: []string{ids.Followers(b)}, Object: actor,
	}
}

// Share has the blog boost a post of its own, so that followers see it now: an old one that came
// with the history, or one worth a second look. Once a day (UTC) and post is enough; the id follows
// from the two, so that two people who share at once do it once. The errors are web.ErrRefused and
// web.ErrTooMany, with words for the owner.
func Share(ctx context.Context, tx database.Querier, b feeds.Blog, p feeds.Post, now time.Time) error {
	p, err := feeds.PostByID(ctx, tx, p.ID) // again: it may have changed since somebody chose it
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	told, err := announcementOf(ctx, tx, p.ID)
	switch {
	case err != nil:
		return fmt.Errorf("read what was announced: %w", err)
	case !p.RemovedAt.IsZero():
		return fmt.Errorf("%w: the post was removed, and other servers have been told so", web.ErrRefused)
	case !p.HeldAt.IsZero():
		return fmt.Errorf("%w: the post is held (%s), and held posts are not public", web.ErrRefused, p.HeldWhy)
	case p.Announce && told.CreatedAt.IsZero():
		return fmt.Errorf("%w: the post is about to be published by itself", web.ErrRefused)
	}
	to, cc := article.Audience(b)
	err = broadcast(ctx, tx, b, ids.PostID(b, p.ID), activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, shareID(p.ID, now)), Type: "Announce", Actor: b.ActorID(),
		Published: activitypub.At(now), To: to, Cc: cc, Object: ids.PostID(b, p.ID),
	}, now)
	if errors.Is(err, database.ErrDuplicate) {
		return fmt.Errorf("%w: the post was shared today; a second time would only annoy its readers", web.ErrTooMany)
	}
	return err
}

// shareID is the same for all who share a post on one day.
func shareID(postID string, now time.Time) database.ID {
	return database.Hash("share", postID, now.UTC().Format(time.DateOnly)).ID()
}

// broadcast enqueues an activity for every follower's server; without followers nothing is stored.
func broadcast(ctx context.Context, tx database.Querier, b feeds.Blog, object string, a activitypub.Activity, now time.Time) error {
	inboxes, err := recipients(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	return enqueue(ctx, tx, b, delivery.Activity{ObjectURI: object}, a, inboxes, now)
}

// AcceptAgain sends a follower the Accept of their Follow once more, for where the first was lost:
// their server shows the request as pending, and may throw away what the blog sends. The blog's
// actor goes with it: what their server knows of it, its keys too, may be as old.
func AcceptAgain(ctx context.Context, tx database.Querier, b feeds.Blog, f followers.Follower, keys keyring.PublicKeys, now time.Time) error {
	update := profileUpdate(b, keys, now)
	if err := enqueue(ctx, tx, b, delivery.Activity{ObjectURI: b.ActorID()}, update, []string{f.Actor.Inbox}, now); err != nil {
		return fmt.Errorf("send the profile of %s to %s: %w", b.Acct(), f.Actor.URI, err)
	}
	return followers.Answer(ctx, tx, b, f.Actor, activitypub.Object{"id": f.FollowURI}, "Accept", now)
}
