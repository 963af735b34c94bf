package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type blogAdoptCommand struct {
	blogAnd
	Account string `arg:"" optional:"" help:"An account of yours: @ada@pasture.example, or the address of its profile."`
}

// Help shows how it is used.
func (blogAdoptCommand) Help() string {
	return "For example:\n\n  bloghorn blog adopt tea @ada@pasture.example\n\n" +
		"When this account links to a post of the blog, answers to that appear under the post. The account must say in its profile that it " +
		"belongs to the blog: by a link, or by a code that this command prints."
}

// Run asks the account's server and takes the account in.
func (c blogAdoptCommand) Run(in *invocation) error {
	return in.withBlogAnd(c.Name, c.Account, nil, func(a *app.App, b feeds.Blog, account string) error {
		actor, doc, err := a.Remotes.Lookup(in.ctx, account)
		if err != nil {
			return lookupError(account, err)
		}
		err = moderation.AddAccount(in.ctx, a.DB, b, actor, doc, who, a.Now())
		if errors.Is(err, web.ErrRefused) && moderation.AccountProof(doc, b) == "" {
			return exit.With(exit.Refused, "the profile of %s does not say that it belongs to %s, so nothing was changed. "+
				"Put a link to %s into its profile fields, or this code anywhere in its profile, and run the command again:\n\n  %s",
				actor.Handle, b.Handle(), b.SiteURL, moderation.AccountCode(b, actor.URI))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(in.stderr, "%s is adopted. Answers to its toots about posts of %s appear under the posts; a new toot is noticed within a quarter of an hour. "+
			"For an older one: bloghorn post adopt POST TOOT\n", actor.Handle, b.Handle())
		return nil
	})
}

type blogUnadoptCommand struct {
	blogAnd
	Account string `arg:"" optional:"" help:"The account, as blog show prints it."`
}

// Help shows how it is used.
func (blogUnadoptCommand) Help() string {
	return "For example:\n\n  bloghorn blog unadopt tea @ada@pasture.example"
}

// Run lets go of the account. What is under the posts stays.
func (c blogUnadoptCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		b, account, err := blogAndMore(in.ctx, db, c.Name, c.Account, hasAdopted)
		if err != nil {
			return err
		}
		err = moderation.RemoveAccount(in.ctx, db, b, account, who, app.OutsideOf(in.ctx).Now())
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "%s has adopted no account %s; nothing was changed. See: bloghorn blog show %s", b.Handle(), account, b.Acct())
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s has let go of %s. What is under the posts stays.\n", b.Handle(), account)
		}
		return err
	})
}

// hasAdopted is the ownership of an account elsewhere.
func hasAdopted(ctx context.Context, db *database.DB, b feeds.Blog, named string) (bool, error) {
	accounts, err := thread.AccountsOf(ctx, db, b.ID)
	return slices.ContainsFunc(accounts, func(a thread.Account) bool { return isCalled(a.ActorURI, a.Handle, named) }), err
}

type postAdoptCommand struct {
	Post string `arg:"" help:"Id as post list prints it, or the address of the post."`
	Toot string `arg:"" help:"Address of the toot."`
}

// Help shows how it is used.
func (postAdoptCommand) Help() string {
	return "For example:\n\n  bloghorn post adopt https://blog.example/tea https://pasture.example/@ada/1\n\n" +
		"The toot must be public, and of an account that the blog has adopted. See: bloghorn blog adopt"
}

// Run asks the toot's server; its answers are looked for from then on.
func (c postAdoptCommand) Run(in *invocation) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	b, p, err := findPost(in.ctx, a.DB, c.Post)
	if err != nil {
		return err
	}
	toot, err := a.Remotes.Fetch(in.ctx, c.Toot)
	if err != nil {
		return lookupError(c.Toot, err)
	}
	look, err := moderation.AdoptToot(in.ctx, a.DB, b, p, toot, a.Now())
	if errors.Is(err, web.ErrRefused) {
		return exit.With(exit.Refused, "%w. Nothing was changed", err)
	}
	if err == nil {
		fmt.Fprintf(in.stderr, "Answers to %s appear under %q. %s\n", c.Toot, titleOf(p), lookWords(look, a.Now()))
	}
	return err
}

// lookWords say when a running server looks for the answers to a toot.
func lookWords(look, now time.Time) string {
	if look.IsZero() {
		return "Its server lists no answers that could be looked for, so those appear that are sent here."
	}
	return "A running server looks for those that are there " + feeds.Distance(look, now) + ", and then again and again for a week."
}

// lookupError says what to do where somebody or something elsewhere was not found.
func lookupError(name string, err error) error {
	switch {
	case errors.Is(err, remote.ErrNoName):
		return exit.With(exit.Usage, "%q: %w. Nothing was changed", name, err)
	case errors.Is(err, remote.ErrGone):
		return exit.With(exit.NotFound, "%s: its server knows nothing of that name: %w. Nothing was changed; look for a typing error", name, err)
	case errors.Is(err, remote.ErrUnreachable):
		return exit.With(exit.Network, "%w. Nothing was changed; try again later", err)
	}
	return fmt.Errorf("%w. Nothing was changed", err)
}
