package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// move ends the following of an account that has moved: its server makes the new one follow by
// itself, and then one person would get everything twice. The new account must name the old one, or
// somebody could send away the followers of another (federation's rule for Move). What they said
// stays theirs under the old name.
func (in *Inbox) move(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	follows, err := followers.FollowsAny(ctx, tx, a.Actor)
	switch {
	case err != nil:
		return Outcome{}, fmt.Errorf("look for the follower: %w", err)
	case !follows:
		return Dropped("nobody who follows"), nil
	case a.targetID == "" || a.targetID == a.Actor:
		return Dropped("it does not say where to"), nil
	}
	back, err := in.namesBack(ctx, tx, a)
	if err != nil {
		return Outcome{}, err
	}
	if !back {
		return Dropped("the new account does not name the old one"), nil
	}
	if _, err := followers.Remove(ctx, tx, 0, followers.Match{ActorURI: a.Actor}); err != nil {
		return Outcome{}, fmt.Errorf("remove the follower: %w", err)
	}
	return done("moved to "+a.targetID+": follows no more by the old account", 0), nil
}

// namesBack says whether the new account names the old one. One of ours is looked up; others are
// fetched first.
func (in *Inbox) namesBack(ctx context.Context, tx *database.Tx, a *Inbound) (bool, error) {
	blog, err := thread.BlogByActor(ctx, tx, a.targetID)
	if err == nil {
		return publisher.Knows(activitypub.Object{"alsoKnownAs": anyOf(blog.Aliases())}, a.Actor), nil
	}
	if !errors.Is(err, database.ErrNotFound) {
		return false, fmt.Errorf("look for the new account: %w", err)
	}
	if a.Target == nil {
		return false, &Missing{WantTarget, a.targetID}
	}
	return a.Target.Is(activitypub.ActorTypes...) && publisher.Knows(a.Target, a.Actor), nil
}

func anyOf(ids []string) []any {
	all := make([]any, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	return all
}
