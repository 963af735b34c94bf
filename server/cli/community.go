package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type blogJoinCommand struct {
	blogAnd
	Community string `arg:"" optional:"" help:"The community: !tea@lemmy.example, or its address."`
}

// Help shows how it is used.
func (blogJoinCommand) Help() string {
	return "For example:\n\n  bloghorn blog join tea '!tea@lemmy.example'\n\n" +
		"From the next post on, articles of the blog appear in this community on Lemmy, NodeBB or Discourse too, and what its members say comes back under " +
		"the posts. One community at a time. Ask there first whether blogs are welcome."
}

// Run looks the community up and asks to follow it.
func (c blogJoinCommand) Run(in *invocation) error {
	return in.withBlogAnd(c.Name, c.Community, nil, func(a *app.App, b feeds.Blog, community string) error {
		group, _, err := a.Remotes.Lookup(in.ctx, community)
		if err != nil {
			return lookupError(community, err)
		}
		blocked, err := moderation.Blocked(in.ctx, a.DB, b.ID, group.URI)
		if err != nil {
			return err
		}
		if blocked {
			return exit.With(exit.Refused, "%s is blocked, so nothing that is said there would come here; bloghorn block list shows by what. Nothing was changed", group.URI)
		}
		if is, err := publisher.CommunityOf(in.ctx, a.DB, b.ID); err == nil && is.ActorURI == group.URI && is.State == publisher.CommunityAccepted {
			fmt.Fprintf(in.stderr, "%s posts into %s already.\n", b.Handle(), community)
			return nil
		}
		err = a.DB.InTx(in.ctx, func(tx *database.Tx) error { return publisher.JoinCommunity(in.ctx, tx, b, group, a.Now()) })
		if errors.Is(err, web.ErrRefused) {
			return exit.With(exit.Refused, "%w. Nothing was changed", err)
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s asks %s to let it in; blog show says what it answers. Posts go there once it has accepted.\n", b.Handle(), community)
		}
		return err
	})
}

type blogLeaveCommand struct {
	blogName
	Community string `arg:"" optional:"" help:"The community, as blog join took it; a blog posts into one at most."`
}

// Help shows how it is used.
func (blogLeaveCommand) Help() string {
	return "For example:\n\n  bloghorn blog leave tea\n  bloghorn blog leave tea '!tea@lemmy.example'"
}

// Run leaves the community. What was posted there stays there.
func (c blogLeaveCommand) Run(in *invocation) error {
	return in.withOptional(c.Name, c.Community, postsInto, func(a *app.App, b feeds.Blog, named string) error {
		if err := in.isCommunity(a, b, named); err != nil {
			return err
		}
		err := a.DB.InTx(in.ctx, func(tx *database.Tx) error { return publisher.LeaveCommunity(in.ctx, tx, b, a.Now()) })
		if errors.Is(err, database.ErrNotFound) {
			return exit.With(exit.NotFound, "%s posts into no community; nothing was changed", b.Handle())
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s posts into its community no more. What was posted there stays there.\n", b.Handle())
		}
		return err
	})
}

// isCommunity refuses a community that the blog does not post into; "" is whichever it is.
func (in *invocation) isCommunity(a *app.App, b feeds.Blog, named string) error {
	if named == "" {
		return nil
	}
	c, err := publisher.CommunityOf(in.ctx, a.DB, b.ID)
	if errors.Is(err, database.ErrNotFound) {
		return nil // which leaving says
	}
	if err != nil {
		return err
	}
	if is, err := postsInto(in.ctx, a.DB, b, named); is || err != nil {
		return err
	}
	return exit.With(exit.NotFound, "%s posts into %s, not into %s; nothing was changed", b.Handle(), c.ActorURI, named)
}

// postsInto is the ownership of a community.
func postsInto(ctx context.Context, db *database.DB, b feeds.Blog, named string) (bool, error) {
	c, err := publisher.CommunityOf(ctx, db, b.ID)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil || named == c.ActorURI {
		return err == nil, err
	}
	known, err := remote.FindActors(ctx, db, named)
	if errors.Is(err, remote.ErrNoName) {
		return false, nil
	}
	return slices.ContainsFunc(known, func(actor remote.Actor) bool { return actor.URI == c.ActorURI }), err
}
