package replies

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// delete takes away a reply, or everything of a person who leaves. Whose it is says our database, never the activity.
func (in *Inbox) delete(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	c := claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id, object: a.object}
	if a.object == a.actor {
		if err := authorise(c); err != nil {
			return outcome{}, err
		}
		return in.deleteActor(ctx, tx, a)
	}
	stored, err := thread.ReplyByURI(ctx, tx, a.object)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return outcome{}, fmt.Errorf("look for the reply: %w", err)
	}
	c.owner = stored.AuthorURI
	if err := authorise(c); err != nil {
		return outcome{}, err
	}
	revoked, err := moderation.RevokeOf(ctx, tx, a.actor, a.object, a.at)
	if err != nil {
		return outcome{}, err
	}
	out := done("deleted", stored.BlogID)
	if stored.ID == 0 {
		if err := remember(ctx, tx, deletedKey(a.actor, a.object), true, a.at); err != nil {
			return outcome{}, err
		}
		out, err = done("nothing here; remembered, in case it comes later", 0), thread.UnlessNow(thread.IsReplyNow(ctx, tx, a.object))
	} else {
		out, err = in.withdraw(ctx, tx, a, stored, out)
	}
	out.enqueued = revoked > 0
	return out, err
}

// withdraw removes what a reply says, for good. Its row stays: answers hang on it, and it keeps the same id from coming back.
func (in *Inbox) withdraw(ctx context.Context, tx *database.Tx, a *inbound, stored thread.Stored, out outcome) (outcome, error) {
	if stored.Status == thread.Deleted {
		return dropped("deleted already"), nil
	}
	if err := thread.PurgeReply(ctx, tx, stored.ID, stored.Status); err != nil {
		return outcome{}, err
	}
	return out, thread.Renew(ctx, tx, stored.Reply, thread.Deleted, a.at)
}

// deleteActor removes all that a person said and did here.
func (in *Inbox) deleteActor(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	actor, err := in.Remotes.Known(ctx, tx, a.actor)
	if errors.Is(err, database.ErrNotFound) {
		return dropped("nobody we know"), nil
	}
	if err != nil {
		return outcome{}, fmt.Errorf("look for the actor: %w", err)
	}
	visible := thread.Changes{}
	if err := thread.PurgeAuthor(ctx, tx, actor.ID, visible); err != nil {
		return outcome{}, fmt.Errorf("purge the replies: %w", err)
	}
	if err := thread.PurgeReactions(ctx, tx, actor.ID, visible); err != nil {
		return outcome{}, fmt.Errorf("purge the reactions: %w", err)
	}
	if err := moderation.VoidAuthorizations(ctx, tx, a.actor, a.at); err != nil {
		return outcome{}, fmt.Errorf("void what she may quote: %w", err)
	}
	if _, err := publisher.RemoveFollowers(ctx, tx, 0, publisher.FollowerMatch{ActorURI: a.actor}); err != nil {
		return outcome{}, fmt.Errorf("remove the follower: %w", err)
	}
	if err := in.Remotes.Forget(ctx, tx, a.actor); err != nil {
		return outcome{}, fmt.Errorf("let go of the actor: %w", err)
	}
	return done("the actor is gone: everything of hers removed", 0), visible.Apply(ctx, tx, a.at)
}

// deleteGone removes a reply whose own server says that it is gone.
func (in *Inbox) deleteGone(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	stored, err := thread.ReplyByURI(ctx, tx, a.object)
	if errors.Is(err, database.ErrNotFound) {
		return dropped("it is gone, and was never here"), nil
	}
	if err != nil {
		return outcome{}, err
	}
	return in.withdraw(ctx, tx, a, stored, done("gone on its own server: deleted", stored.BlogID))
}

// isForgotten says whether all that a Delete of the actor would take away is gone. That they seemed to be gone when they were asked for is
// not enough, nor that they deleted themselves before: something of theirs may have come since.
func isForgotten(ctx context.Context, q database.Querier, a publisher.RemoteActor) (bool, error) {
	if a.GoneAt.IsZero() || a.Name != "" || a.AvatarURL != "" {
		return false, nil
	}
	left, err := database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM remote_actors a
WHERE a.id = ? AND (EXISTS (SELECT 1 FROM replies WHERE author_id = a.id AND status <> ?)
	OR EXISTS (SELECT 1 FROM reactions WHERE actor_id = a.id)
	OR EXISTS (SELECT 1 FROM followers WHERE actor_id = a.id)
	OR EXISTS (SELECT 1 FROM quotes WHERE actor_hash = a.uri_hash AND revoked_at = 0))`, a.ID, thread.Deleted))
	return err == nil && !left, err
}
