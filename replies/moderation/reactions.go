package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Reaction is a like or a boost as a moderator meets it.
type Reaction struct {
	Kind  string // like, boost or dislike
	Emoji string // that a like carries; mostly ""
	Actor remote.Actor
	State string // shown, blocked or hidden
	At    time.Time
}

// Reactions lists what people did to a post, or to a reply where replyID is not 0, the newest
// first. limit is at most 500, and at least 0.
func Reactions(ctx context.Context, q database.Querier, postID string, replyID database.ID, limit int) ([]Reaction, error) {
	stored, err := thread.NewestReactions(ctx, q, postID, replyID, max(0, min(limit, MaxList)))
	if err != nil {
		return nil, fmt.Errorf("list the reactions: %w", err)
	}
	var ids []database.ID
	for _, r := range stored {
		ids = append(ids, r.ActorID)
	}
	actors, err := remote.ActorsByID(ctx, q, ids)
	if err != nil {
		return nil, fmt.Errorf("read who did it: %w", err)
	}
	list := make([]Reaction, len(stored))
	for i, r := range stored {
		list[i] = Reaction{r.Kind, r.Emoji, actors[r.ActorID], r.State, r.At}
	}
	return list, nil
}

// Tallies counts what is not hidden or blocked of the reactions to a post, or to a reply where
// replyID is not 0, by kind and emoji, the most frequent first.
func Tallies(ctx context.Context, q database.Querier, postID string, replyID database.ID) ([]thread.Tally, error) {
	list, err := thread.Tallies(ctx, q, postID, replyID, MaxList)
	if err != nil {
		return nil, fmt.Errorf("count the reactions by kind: %w", err)
	}
	return list, nil
}

// HideReaction takes what a person did to a post, or to a reply where replyID is not 0, out of the
// counts, and keeps it out. It says how much that was: their like, their boost, or both.
// web.ErrNotFound where there is nothing of theirs that could be hidden.
func HideReaction(
	ctx context.Context, db *database.DB, postID string, replyID database.ID, actorURI, who, why string, now time.Time,
) (int, error) {
	return moderateReactions(ctx, db, postID, replyID, actorURI, thread.ReactionHidden, Decision{Who: who, What: whatUncount, Why: why, At: now})
}

// ShowReaction counts again what HideReaction took out of the counts. What a person has taken back
// meanwhile stays away, and a person who is blocked is web.ErrRefused.
func ShowReaction(
	ctx context.Context, db *database.DB, postID string, replyID database.ID, actorURI, who, why string, now time.Time,
) (int, error) {
	return moderateReactions(ctx, db, postID, replyID, actorURI, thread.ReactionShown, Decision{Who: who, What: whatCount, Why: why, At: now})
}

func moderateReactions(
	ctx context.Context, db *database.DB, postID string, replyID database.ID, actorURI, to string, d Decision,
) (n int, err error) {
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		n = 0
		target, err := targetOf(ctx, tx, postID, replyID)
		if err != nil {
			return err
		}
		stored, err := reactionsOf(ctx, tx, target, actorURI)
		if err != nil {
			return fmt.Errorf("look for what they did: %w", err)
		}
		visible := thread.Changes{}
		for _, r := range stored {
			if to == thread.ReactionShown {
				if err := refusal(ctx, tx, r.BlogID, actorURI); err != nil {
					return err
				}
			}
			if !decides(r.State, to) {
				continue
			}
			if err := thread.MoveReaction(ctx, tx, r, to); err != nil {
				return err
			}
			visible.Move(r, to)
			n++
			log := d
			log.BlogID, log.Target, log.Why = r.BlogID, actorURI, r.Kind+" of "+target
			if d.Why != "" {
				log.Why += ": " + d.Why
			}
			if err := decide(ctx, tx, log); err != nil {
				return err
			}
		}
		if n == 0 {
			return fmt.Errorf("%w: %s has no like and no boost there that is not %s already", web.ErrNotFound, actorURI, to)
		}
		return visible.Apply(ctx, tx, d.At)
	})
	if err != nil {
		return 0, fmt.Errorf("%s the reaction: %w", d.What, err)
	}
	return n, nil
}

// decides says whether a moderator may take a reaction from one state to another.
func decides(from, to string) bool {
	if to == thread.ReactionHidden {
		return from == thread.ReactionShown || from == thread.ReactionBlocked
	}
	return from == thread.ReactionHidden
}

// targetOf is the id of a post, or of a reply to it.
func targetOf(ctx context.Context, q database.Querier, postID string, replyID database.ID) (string, error) {
	if replyID != 0 {
		stored, err := replyThere(ctx, q, replyID)
		return stored.ObjectURI, err
	}
	blogID, _, err := thread.BlogOfPost(ctx, q, postID)
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: there is no post %s", web.ErrNotFound, postID)
	}
	if err != nil {
		return "", err
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	return ids.PostID(blog, postID), err
}

// reactors are the actors whom a block concerns and who have reacted to something.
func (b Block) reactors(ctx context.Context, q database.Querier) ([]database.ID, error) {
	if b.Kind == BlockActor {
		return actorByURI(ctx, q, b.Value)
	}
	hosts, err := hostsUnder(ctx, q, b.Value)
	var all []database.ID
	for _, host := range hosts {
		ids, err := actorsOfHost(ctx, q, host, haveReacted)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, err
}

// unblockReactions counts again what a block that was just removed has taken out of the counts,
// unless another block keeps it out, and says how much that was.
func unblockReactions(ctx context.Context, q database.Querier, b Block, c thread.Changes) (n int, err error) {
	actors, err := b.reactors(ctx, q)
	if err != nil {
		return 0, err
	}
	for _, actor := range actors {
		if err := thread.EachReactionOf(ctx, q, actor, thread.ReactionBlocked, b.BlogID, func(r thread.Reaction, uri string) error {
			if blocked, err := Blocked(ctx, q, r.BlogID, uri); err != nil || blocked {
				return err
			}
			n++
			c.Move(r, thread.ReactionShown)
			return thread.MoveReaction(ctx, q, r, thread.ReactionShown)
		}); err != nil {
			return n, err
		}
	}
	return n, nil
}
