package replies

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// move ends the following of an account that has moved: its server makes the new one follow by itself, and then one person would get
// everything twice. The new account must name the old one, or somebody could send away the followers of another (federation's rule for
// Move). What she said stays hers under the old name.
func (in *Inbox) move(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	if err := authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id, object: a.object}); err != nil {
		return outcome{}, err
	}
	follows, err := publisher.FollowsAny(ctx, tx, a.actor)
	switch {
	case err != nil:
		return outcome{}, fmt.Errorf("look for the follower: %w", err)
	case !follows:
		return dropped("nobody who follows"), nil
	case a.targetID == "" || a.targetID == a.actor:
		return dropped("it does not say where to"), nil
	}
	back, err := in.namesBack(ctx, tx, a)
	if err != nil {
		return outcome{}, err
	}
	if !back {
		return dropped("the new account does not name the old one"), nil
	}
	if _, err := publisher.RemoveFollowers(ctx, tx, 0, publisher.FollowerMatch{ActorURI: a.actor}); err != nil {
		return outcome{}, fmt.Errorf("remove the follower: %w", err)
	}
	return done("moved to "+a.targetID+": follows no more by the old account", 0), nil
}

// namesBack says whether the new account names the old one. One of ours is looked up; others are fetched first.
func (in *Inbox) namesBack(ctx context.Context, tx *database.Tx, a *inbound) (bool, error) {
	blog, err := thread.BlogByActor(ctx, tx, a.targetID)
	if err == nil {
		return publisher.Knows(activitypub.Object{"alsoKnownAs": anyOf(blog.Aliases())}, a.actor), nil
	}
	if !errors.Is(err, database.ErrNotFound) {
		return false, fmt.Errorf("look for the new account: %w", err)
	}
	if a.target == nil {
		return false, &missing{wantTarget, a.targetID}
	}
	return a.target.Is(activitypub.ActorTypes...) && publisher.Knows(a.target, a.actor), nil
}

func anyOf(ids []string) []any {
	all := make([]any, len(ids))
	for i, id := range ids {
		all[i] = id
	}
	return all
}
