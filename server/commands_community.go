package main

import (
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

type blogJoinCommand struct {
	Name      string `arg:"" help:"The blog: tea, or tea@blog.example."`
	Community string `arg:"" help:"The community: !tea@lemmy.example, or its address."`
}

// Help shows how it is used.
func (blogJoinCommand) Help() string {
	return "For example:\n\n  bloghorn blog join tea '!tea@lemmy.example'\n\n" +
		"From the next post on, articles of the blog appear in this community on Lemmy, NodeBB or Discourse too, and what its members say comes back under " +
		"the posts. One community at a time. Ask there first whether blogs are welcome."
}

// Run looks the community up and asks to follow it.
func (c blogJoinCommand) Run(in *invocation) error {
	return in.withBlog(c.Name, func(a *app, b feeds.Blog) error {
		group, _, err := a.remotes.Lookup(in.ctx, c.Community)
		if err != nil {
			return lookupError(c.Community, err)
		}
		blocked, err := replies.Blocked(in.ctx, a.db, b.ID, group.URI)
		if err != nil {
			return err
		}
		if blocked {
			return exit(exitRefused, "%s is blocked, so nothing that is said there would come here; bloghorn block list shows by what. Nothing was changed", group.URI)
		}
		if is, err := publisher.CommunityOf(in.ctx, a.db, b.ID); err == nil && is.ActorURI == group.URI && is.State == publisher.CommunityAccepted {
			fmt.Fprintf(in.stderr, "%s posts into %s already.\n", b.Handle(), c.Community)
			return nil
		}
		err = a.db.InTx(in.ctx, func(tx *database.Tx) error { return publisher.JoinCommunity(in.ctx, tx, b, group, a.now()) })
		if errors.Is(err, web.ErrRefused) {
			return exit(exitRefused, "%w. Nothing was changed", err)
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s asks %s to let it in; blog show says what it answers. Posts go there once it has accepted.\n", b.Handle(), c.Community)
		}
		return err
	})
}

type blogLeaveCommand struct {
	Name string `arg:"" help:"The blog: tea, or tea@blog.example."`
}

// Help shows how it is used.
func (blogLeaveCommand) Help() string { return "For example:\n\n  bloghorn blog leave tea" }

// Run leaves the community. What was posted there stays there.
func (c blogLeaveCommand) Run(in *invocation) error {
	return in.withBlog(c.Name, func(a *app, b feeds.Blog) error {
		err := a.db.InTx(in.ctx, func(tx *database.Tx) error { return publisher.LeaveCommunity(in.ctx, tx, b, a.now()) })
		if errors.Is(err, database.ErrNotFound) {
			return exit(exitNotFound, "%s posts into no community; nothing was changed", b.Handle())
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s posts into its community no more. What was posted there stays there.\n", b.Handle())
		}
		return err
	})
}
