package replies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const maxEmoji = 100 // characters

// react keeps a like, an emoji or a boost of something of ours.
func (in *Inbox) react(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	if err := authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id, object: a.object}); err != nil {
		return outcome{}, err
	}
	at, err := locate(ctx, tx, a.object)
	if errors.Is(err, errNowhere) {
		return dropped(errNowhere.Error()), nil
	}
	if err != nil {
		return outcome{}, fmt.Errorf("look for what is meant: %w", err)
	}
	if at.reply.Status == Deleted {
		return dropped("about something deleted"), nil
	}
	state, err := openReaction(ctx, tx, at.blog.ID, a.actor)
	if err != nil {
		return outcome{}, err
	}
	if passes, err := passesOn(ctx, tx, a, at); passes || err != nil {
		return dropped("the community passes the post on"), err
	}
	if undone, err := isUndone(ctx, tx, a); undone || err != nil {
		return dropped("undone before it came"), err
	}
	author, err := in.author(ctx, tx, a.actor)
	if err != nil {
		return outcome{}, err
	}
	if err := withdraw(ctx, tx, at, author.ID, kindNamed(kindOf(a.kind)).against, a.at); err != nil {
		return outcome{}, err
	}
	return keep(ctx, tx, at, reaction{
		target: database.Hash(at.uri()), actorID: author.ID, kind: kindOf(a.kind), blogID: at.blog.ID, postID: at.postID, replyID: at.reply.ID,
		emoji: emoji(a.activity), activity: database.Hash(a.id), visibility: string(activitypub.VisibilityOf(a.activity)), state: state,
		at: a.at,
	}, a)
}

// withdraw takes back a reaction of a kind, where there is one.
func withdraw(ctx context.Context, tx *database.Tx, at target, actorID database.ID, kind string, now time.Time) error {
	if kind == "" {
		return nil
	}
	r, err := reactionOf(ctx, tx, database.Hash(at.uri()), actorID, kind)
	if errors.Is(err, database.ErrNotFound) || err == nil && (r.state == reactionHidden || r.state == reactionUndone) {
		return nil
	}
	if err == nil {
		err = deleteReaction(ctx, tx, r)
	}
	if err == nil {
		err = deleteCovered(ctx, tx, r)
	}
	if err == nil && r.state == reactionShown && kind == kindLike {
		r.at = now
		_, err = reacted(ctx, tx, at.reply, r, r.counts().negative(), "")
	}
	return err
}

// keep stores a reaction. A later one of the same kind takes its place, as a person changes her emoji; the Undo of the earlier one, which
// may still be on its way, must then not take the later.
func keep(ctx context.Context, tx *database.Tx, at target, r reaction, a *inbound) (outcome, error) {
	old, err := reactionOf(ctx, tx, r.target, r.actorID, r.kind)
	if errors.Is(err, database.ErrNotFound) {
		if err := insertReaction(ctx, tx, r); err != nil {
			return outcome{}, err
		}
		if err := unlessUndone(ctx, tx, a); err != nil {
			return outcome{}, err
		}
		switch {
		case r.state != reactionShown:
			return done("from somebody who is blocked: not counted", r.blogID), nil
		case r.kind == kindDislike:
			return done("a vote against it: counted nowhere", r.blogID), nil
		}
		return reacted(ctx, tx, at.reply, r, r.counts(), a.kind+" counted")
	}
	if err != nil {
		return outcome{}, err
	}
	switch old.state {
	case reactionHidden, reactionUndone: // a moderator has decided about what this person does here
		r.state = reactionHidden
	}
	if old.activity == r.activity && old.emoji == r.emoji && old.state == r.state {
		return dropped("known already"), nil
	}
	if err := replaceReaction(ctx, tx, old, r); err != nil {
		return outcome{}, err
	}
	if err := cover(ctx, tx, old, r, a); err != nil || (old.state == reactionShown) == (r.state == reactionShown) {
		return done("replaces an earlier one", r.blogID), err
	}
	change := changes{}
	change.move(old, r.state)
	return reacted(ctx, tx, at.reply, r, change[r.postID], "replaces an earlier one")
}

// reacted lets the thread know.
func reacted(ctx context.Context, tx *database.Tx, to storedReply, r reaction, change Counts, verdict string) (outcome, error) {
	out := done(verdict, r.blogID)
	if r.replyID != 0 && to.Status != Shown {
		return out, nil // nobody sees it
	}
	return out, bump(ctx, tx, r.postID, change, r.at)
}

// emoji is what a Like carries beyond itself: Misskey and Pleroma put it in content, old Misskey elsewhere.
func emoji(activity activitypub.Object) string {
	text := activity.Text("content")
	if text == "" {
		text = activity.String("_misskey_reaction")
	}
	return safehtml.Cut(safehtml.Text(cut(text, maxContent)), maxEmoji)
}
