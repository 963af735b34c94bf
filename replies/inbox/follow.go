package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// follow makes the actor a follower, and lets publisher answer them. Who is blocked gets a Reject:
// their server shall not go on waiting.
func (in *Inbox) follow(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	blog, err := thread.BlogByActor(ctx, tx, a.Object)
	if errors.Is(err, database.ErrNotFound) {
		return Dropped("no blog of ours"), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the blog: %w", err)
	}
	if undone, err := isUndone(ctx, tx, a); undone || err != nil {
		return Dropped("undone before it came"), err
	}
	actor, err := in.author(ctx, tx, a.Actor)
	if err != nil {
		return Outcome{}, err
	}
	blocks, err := a.blocksOf(ctx, tx)
	if err != nil {
		return Outcome{}, err
	}
	answer, out := followers.Follow, done("follows", blog.ID)
	if blocks.KeepOut(blog.ID) {
		answer, out = followers.Reject, done("blocked: rejected", blog.ID)
	}
	if err := a.pay("answer", func() error { return in.Answers.Take(ctx, tx, blog, actor) }); err != nil {
		return Outcome{}, err
	}
	out.enqueued = true
	if err := answer(ctx, tx, blog, actor, a.activity, a.At); err != nil {
		return Outcome{}, fmt.Errorf("answer the Follow: %w", err)
	}
	return out, unlessUndone(ctx, tx, a)
}

// block is somebody who wants nothing to do with a blog: they follow it no more, get nothing more
// from it, and their replies to it are hidden until they take that back.
func (in *Inbox) block(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	blog, err := thread.BlogByActor(ctx, tx, a.Object)
	if errors.Is(err, database.ErrNotFound) {
		return Dropped("no blog of ours"), nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the blog: %w", err)
	}
	if undone, err := isUndone(ctx, tx, a); undone || err != nil {
		return Dropped("undone before it came"), err
	}
	if _, err := followers.Remove(ctx, tx, blog.ID, followers.Match{ActorURI: a.Actor}); err != nil {
		return Outcome{}, fmt.Errorf("remove the follower: %w", err)
	}
	out := done("has blocked the blog", blog.ID)
	actor, err := in.Remotes.Known(ctx, tx, a.Actor)
	if errors.Is(err, database.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("look for the actor: %w", err)
	}
	visible := thread.Changes{}
	n, err := moderation.HideAuthor(ctx, tx, blog.ID, actor.ID, visible, thread.Because(thread.RuleAuthor, a.ID, a.At))
	if err != nil {
		return Outcome{}, fmt.Errorf("hide the replies: %w", err)
	}
	hidden := moderation.CountedReplies(n) + " hidden until they take that back"
	if err := moderation.NoteBlock(ctx, tx, blog, actor, moderation.WhatLeft, "has blocked the blog; "+hidden, n, a.At); err != nil {
		return Outcome{}, err
	}
	if n > 0 {
		out.Verdict += ": " + hidden
	}
	if err := visible.Apply(ctx, tx, a.At); err != nil {
		return Outcome{}, err
	}
	return out, unlessUndone(ctx, tx, a)
}
