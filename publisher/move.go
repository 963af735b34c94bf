package publisher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// A Move asks the followers' servers to follow another account instead. They do so only where the
// new account names the old one in its alsoKnownAs: both ends have to say it. Posts do not move.

const (
	// moveAgain is how long servers ignore a second Move of one account (Mastodon).
	moveAgain  = 7 * 24 * time.Hour
	maxAliases = 256 // of an actor that are read, as at Mastodon
)

// Knows says whether an actor's document names another account as an earlier one of its own.
func Knows(doc activitypub.Object, id string) bool {
	aliases := doc.Refs("alsoKnownAs")
	return slices.Contains(aliases[:min(len(aliases), maxAliases)], id)
}

// MayMove says why a blog cannot move its followers to the actor of a document now: web.ErrRefused,
// with words for its owner.
func MayMove(b feeds.Blog, doc activitypub.Object, now time.Time) error {
	switch {
	case doc.ID() == b.ActorID():
		return fmt.Errorf("%w: that is the blog itself", web.ErrRefused)
	case !doc.Is(activitypub.ActorTypes...):
		return fmt.Errorf("%w: %s is no account", web.ErrRefused, doc.ID())
	case !Knows(doc, b.ActorID()):
		return fmt.Errorf("%w: %s does not name %s among its earlier accounts, so no server would believe the move", web.ErrRefused, doc.ID(), b.ActorID())
	case doc.Ref("movedTo") != "":
		return fmt.Errorf("%w: %s has itself moved on, to %s", web.ErrRefused, doc.ID(), doc.Ref("movedTo"))
	case !b.MovedAt.IsZero() && now.Before(b.MovedAt.Add(moveAgain)):
		return fmt.Errorf("%w: the blog has moved on %s; other servers ignore a second move within a week of it", web.ErrRefused, b.MovedAt.Format(time.DateOnly))
	}
	return nil
}

// BroadcastMove asks the followers' servers to follow b.MovedTo. Call it in the transaction that
// stores where the blog has moved to. The id follows from the two ends and the time, so it is told
// once.
func BroadcastMove(ctx context.Context, tx database.Querier, b feeds.Blog, now time.Time) error {
	id := database.Hash("move", b.ActorID(), b.MovedTo, b.MovedAt.UTC().Format(time.RFC3339)).ID()
	err := broadcast(ctx, tx, b, b.ActorID(), activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, id), Type: "Move", Actor: b.ActorID(),
		To: []string{ids.Followers(b)}, Object: b.ActorID(), Target: b.MovedTo,
	}, now)
	if err != nil && !errors.Is(err, database.ErrDuplicate) {
		return fmt.Errorf("tell followers of %s that it has moved: %w", b.Acct(), err)
	}
	return nil
}
