package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/exit"
)

type feedCommands struct {
	Show    feedShowCommand    `cmd:"" help:"Show what is known of a blog's feed: when it was read, when it is read next and why then."`
	Refresh feedRefreshCommand `cmd:"" help:"Read a blog's feed right now; start one that was stopped again."`
	Held    feedHeldCommand    `cmd:"" help:"List new posts that are held, and why."`
	Hook    feedHookCommands   `cmd:"" help:"Tokens with which your deploy script has the feed read at once."`
}

type feedRefreshCommand struct{ blogName }

// Help shows how it is used.
func (feedRefreshCommand) Help() string {
	return "For example:\n\n  bloghorn feed refresh\n  bloghorn feed refresh tea\n\n" +
		"A running server sends what is found, new posts after feed.publish_delay. It works beside the server or without one."
}

// Run polls in this process and says what was found.
func (c feedRefreshCommand) Run(in *invocation) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	blog, err := c.blog(in.ctx, a.DB)
	if err != nil {
		return err
	}
	said, err := refresh(in.ctx, a, blog)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(in.stdout, said)
	return err
}

// refresh polls and says in words what the poll found.
func refresh(ctx context.Context, a *app.App, b feeds.Blog) (string, error) {
	began := a.Now()
	before, editedBefore, was, err := found(ctx, a, b, began)
	if err != nil {
		return "", err
	}
	if err := a.Poller.Poll(ctx, b.ID); err != nil {
		return "", exit.With(exit.Failed, "the feed of %s was not read: %w", b.Handle(), err)
	}
	after, edited, is, err := found(ctx, a, b, began)
	if err != nil {
		return "", err
	}
	// An edit right after another is dated up to a second ahead (feeds.Post.EditedAt), and was
	// there before.
	return foundWords(after-before, edited-editedBefore, was, is, time.Duration(a.Settings.Feed.PublishDelay)), nil
}

// found counts the posts that are known of a blog and those edited since, and says which are held.
func found(ctx context.Context, a *app.App, b feeds.Blog, since time.Time) (known, edited int, held feeds.Notice, err error) {
	if known, edited, err = feeds.FoundSince(ctx, a.DB, b.ID, since); err == nil {
		held, err = feeds.NoticeOf(ctx, a.DB, b.ID)
	}
	if err != nil {
		return 0, 0, held, fmt.Errorf("count the posts of %s: %w", b.Handle(), err)
	}
	return known, edited, held, nil
}

// foundWords say what a poll has found; was is what was held before it, is what is held now. What
// is not held any more is new to everybody, or was withdrawn.
func foundWords(arrived, edited int, was, is feeds.Notice, delay time.Duration) string {
	held, dated := is.Undecided-was.Undecided, max(is.Dated-was.Dated, 0)
	arrived -= min(held, 0)
	if arrived == 0 && edited == 0 {
		return "Nothing new."
	}
	said := fmt.Sprintf("%d new, %d edited.", arrived, edited)
	if held > 0 {
		said += fmt.Sprintf(" Waiting for you, of the new ones: %d. See: bloghorn feed held.", held)
	}
	if dated > 0 {
		said += fmt.Sprintf(" Now %s. You need not do anything.", is.DatedWords())
	}
	if arrived > max(held, 0)+dated && delay > 0 {
		said += fmt.Sprintf(" New posts go out after feed.publish_delay, in %s.", feeds.Length(delay))
	}
	return said
}
