package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// answered takes the answer of a group to the Follow that a blog has sent it. Blogs follow nobody
// else, so every other answer is to nothing.
func (in *Inbox) answered(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	asked, err := publisher.CommunityAnswered(ctx, tx, a.Actor, a.Object, a.Kind == "Accept", a.At)
	if err != nil {
		return Outcome{}, err
	}
	if !asked {
		return Dropped("an answer to nothing that was asked"), nil
	}
	return done("the community has answered "+thread.Quoted(a.Kind), a.Inbox), nil
}

// passesOn says whether a boost is a community's way to hand a post that was posted into it to its
// members. That is no reader's boost. Other groups are not taken for communities: the WordPress
// plugin calls a whole blog a Group.
func passesOn(ctx context.Context, q database.Querier, a *Inbound, at thread.Target) (bool, error) {
	if a.Kind != "Announce" || at.Reply.ID != 0 {
		return false, nil
	}
	told, err := publisher.AnnouncementOf(ctx, q, at.PostID)
	if err != nil {
		return false, fmt.Errorf("look for the post's community: %w", err)
	}
	return told.Community != "" && told.Community == a.Actor, nil
}

// IsVoting says whether a group's members vote by an activity of this kind, or take a vote back.
func IsVoting(kind string) bool { return thread.IsVote(kind) || kind == "Undo" }

// isVote says whether what a group announces is a vote on a post in the community that it was
// posted into, or takes one back. Each has to be asked for at its own server, so others are not
// listened to.
func (in *Inbox) isVote(ctx context.Context, group string, vote *Inbound) (bool, error) {
	if !activitypub.SameOrigin(vote.ID, vote.Actor) {
		return false, nil
	}
	on := vote.Object
	if vote.Kind == "Undo" {
		if !thread.IsVote(vote.Embedded.Type()) {
			return false, nil
		}
		on, _ = vote.Embedded.Single("object")
	}
	at, err := thread.Locate(ctx, in.DB, on)
	if errors.Is(err, thread.ErrNowhere) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for what is voted on: %w", err)
	}
	told, err := publisher.AnnouncementOf(ctx, in.DB, at.PostID)
	return told.Community == group && group != "", err
}
