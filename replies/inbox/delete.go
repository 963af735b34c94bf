package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// delete takes away a reply, or everything of a person who leaves. Whose it is says our database,
// never the activity.
func (in *Inbox) delete(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	c := a.claim()
	if a.Object == a.Actor {
		if err := Authorise(c); err != nil {
			return Outcome{}, err
		}
		return in.DeleteActor(ctx, tx, a)
	}
	stored, err := thread.ReplyByURI(ctx, tx, a.Object)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return Outcome{}, fmt.Errorf("look for the reply: %w", err)
	}
	c.Owner = stored.AuthorURI
	if err := Authorise(c); err != nil {
		return Outcome{}, err
	}
	revoked, err := moderation.RevokeOf(ctx, tx, a.Actor, a.Object, a.At)
	if err != nil {
		return Outcome{}, err
	}
	out := done("deleted", stored.BlogID)
	if stored.ID == 0 {
		if err := remember(ctx, tx, deletedKey(a.Actor, a.Object), true, a.At); err != nil {
			return Outcome{}, err
		}
		out, err = done("nothing here; remembered, in case it comes later", 0), thread.UnlessNow(thread.IsReplyNow(ctx, tx, a.Object))
	} else {
		out, err = in.withdraw(ctx, tx, a, stored, out)
	}
	out.enqueued = revoked > 0
	return out, err
}

// withdraw removes what a reply says. Its row stays: answers hang on it, and it keeps the
// same id from coming back.
func (in *Inbox) withdraw(ctx context.Context, tx *database.Tx, a *Inbound, stored thread.Stored, out Outcome) (Outcome, error) {
	if stored.Status == thread.Deleted {
		return Dropped("deleted already"), nil
	}
	if err := thread.PurgeReply(ctx, tx, stored.ID, stored.Status); err != nil {
		return Outcome{}, err
	}
	return out, thread.Renew(ctx, tx, stored.Reply, thread.Deleted, a.At)
}

// DeleteActor removes all that a person said and did here.
func (in *Inbox) DeleteActor(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	actor, err := in.Remotes.Known(ctx, tx, a.Actor)
	if errors.Is(err, database.ErrNotFound) {
		return Dropped("nobody we know"), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the actor: %w", err)
	}
	visible := thread.Changes{}
	if err := thread.PurgeAuthor(ctx, tx, actor.ID, visible); err != nil {
		return Outcome{}, fmt.Errorf("purge the replies: %w", err)
	}
	if err := thread.PurgeReactions(ctx, tx, actor.ID, visible); err != nil {
		return Outcome{}, fmt.Errorf("purge the reactions: %w", err)
	}
	if err := moderation.VoidAuthorizations(ctx, tx, a.Actor, a.At); err != nil {
		return Outcome{}, fmt.Errorf("void what they may quote: %w", err)
	}
	if _, err := followers.Remove(ctx, tx, 0, followers.Match{ActorURI: a.Actor}); err != nil {
		return Outcome{}, fmt.Errorf("remove the follower: %w", err)
	}
	if err := in.Remotes.Forget(ctx, tx, a.Actor); err != nil {
		return Outcome{}, fmt.Errorf("let go of the actor: %w", err)
	}
	return done("the actor is gone: everything of hers removed", 0), visible.Apply(ctx, tx, a.At)
}

// DeleteGone removes a reply whose own server says that it is gone.
func (in *Inbox) DeleteGone(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	stored, err := thread.ReplyByURI(ctx, tx, a.Object)
	if errors.Is(err, database.ErrNotFound) {
		return Dropped("it is gone, and was never here"), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	return in.withdraw(ctx, tx, a, stored, done("gone on its own server: deleted", stored.BlogID))
}

// isForgotten says whether all that a Delete of the actor would take away is gone. That they seemed
// to be gone when they were asked for is not enough, nor that they deleted themselves before:
// something of theirs may have come since.
func isForgotten(ctx context.Context, q database.Querier, a remote.Actor) (bool, error) {
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
