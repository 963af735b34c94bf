package followers

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// RejectAll is RemoveFollowers for followers whom the blog does not want: each is told by a
// Reject of their Follow, so that their server does not show that they follow for ever. It is the
// last thing that is sent to them.
func RejectAll(ctx context.Context, tx database.Querier, blogID database.ID, matches []Match, now time.Time) (int, error) {
	var all []matched
	for _, match := range matches {
		removed, err := removeFollowers(ctx, tx, blogID, match)
		if err != nil {
			return 0, err
		}
		all = append(all, removed...)
	}
	blogs := map[database.ID]feeds.Blog{}
	for _, f := range all { // not before: the inbox of one may be the shared one of another, whose deliveries are cancelled
		b, known := blogs[f.BlogID]
		if !known {
			var err error
			if b, err = feeds.BlogByID(ctx, tx, f.BlogID); err != nil {
				return 0, fmt.Errorf("read the blog of a follower: %w", err)
			}
			blogs[b.ID] = b
		}
		if err := rejectFollower(ctx, tx, b, f, now); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

func rejectFollower(ctx context.Context, tx database.Querier, b feeds.Blog, f matched, now time.Time) error {
	actor := remote.Actor{URI: f.actorURI, Inbox: f.Inbox}
	if len(f.followURI) > MaxEchoed {
		f.followURI = "" // stored before there was a bound; the actors say as much
	}
	a, err := delivery.Activity{ObjectURI: following(actor)}.With(answerTo(b, database.NewID(now), "Reject", actor, f.followURI), now)
	if err != nil {
		return err
	}
	if err := delivery.EnqueueAnswer(ctx, tx, a, b.ID, "", actor.Inbox, now); err != nil {
		return fmt.Errorf("tell %s that they follow no more: %w", actor.URI, err)
	}
	return nil
}
