package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

// maxAliases is how many earlier accounts a blog may have.
const maxAliases = 10

type blogAliasCommand struct {
	blogAnd
	Account string `arg:"" optional:"" help:"The earlier account: @ada@pasture.example, or the address of its actor."`
	Remove  bool   `help:"Name it no more."`
}

// Help shows how it is used.
func (blogAliasCommand) Help() string {
	return "For example:\n\n  bloghorn blog alias tea @ada@pasture.example\n\n" +
		"This is the first half of moving an account to the blog: the blog says that it knows the old one. The second half is done there, and its followers' " +
		"servers then follow the blog by themselves."
}

// Run adds the account to what the blog's actor says of itself, tells the followers, and says what
// to do at the other end.
func (c blogAliasCommand) Run(in *invocation) error {
	return in.withBlogAnd(c.Name, c.Account, nil, func(a *app.App, b feeds.Blog, account string) error {
		id, err := accountID(in, a, b, account)
		if err != nil {
			return err
		}
		_, is, err := a.ChangeBlog(in.ctx, b, func(b *feeds.Blog) error {
			aliases := slices.DeleteFunc(b.Aliases(), func(known string) bool { return known == id })
			if !c.Remove {
				aliases = append(aliases, id)
			}
			if len(aliases) > maxAliases {
				return fmt.Errorf("%w: a blog has at most %d earlier accounts; take one away with --remove", web.ErrInvalid, maxAliases)
			}
			b.AlsoKnownAs = strings.Join(aliases, "\n")
			return nil
		})
		if errors.Is(err, web.ErrInvalid) {
			return exit.With(exit.Usage, "%w. Nothing was changed", err)
		}
		if err != nil || c.Remove {
			return err
		}
		fmt.Fprintf(in.stderr, "%s may move its followers to %s now. Go on at the old account:\n"+
			"  Mastodon:   Preferences, Account, Move to a different account: %[2]s\n"+
			"  WordPress:  Settings, ActivityPub, account migration: %[3]s\n"+
			"Its followers' servers follow the blog by themselves within minutes; posts and replies do not move. Mastodon lets an account move once in 30 days.\n",
			id, is.Handle(), is.ActorID())
		return nil
	})
}

// accountID is the id of an account elsewhere. One on the blog's own host, such as that of the
// WordPress plugin that Bloghorn stands in for now, is taken by its word: nothing there is ever
// asked, and a wrong alias gives nobody anything but their own followers.
func accountID(in *invocation, a *app.App, b feeds.Blog, account string) (string, error) {
	if activitypub.ValidID(account) && activitypub.SameHost(account, b.BaseURL) {
		if strings.HasPrefix(account, b.BaseURL+"/blogs/") {
			return "", exit.With(exit.Usage, "%s is an account of this server, and its followers are here already. Nothing was changed", account)
		}
		return account, nil
	}
	actor, _, err := a.Remotes.Lookup(in.ctx, account)
	if err != nil {
		return "", lookupError(account, err)
	}
	return actor.URI, nil
}

type blogMoveCommand struct {
	blogAnd
	Account string `arg:"" optional:"" help:"The new account: @ada@pasture.example, or the address of its actor."`
	Yes     bool   `help:"Do it. Followers that have left do not come back."`
}

// Help shows how it is used.
func (blogMoveCommand) Help() string {
	return "For example:\n\n  bloghorn blog move tea @ada@pasture.example --yes\n\n" +
		"The new account has to name the blog's actor among its earlier accounts first. Servers that know moves (Mastodon and most others) then follow the " +
		"new account and leave the blog. Posts and replies stay here, and so do followers on servers that do not."
}

// Run asks the new account's server whether it knows of the move, and tells the followers.
func (c blogMoveCommand) Run(in *invocation) error {
	return in.withBlogAnd(c.Name, c.Account, nil, func(a *app.App, b feeds.Blog, account string) error {
		actor, doc, err := a.Remotes.Lookup(in.ctx, account)
		if err != nil {
			return lookupError(account, err)
		}
		may := func(b feeds.Blog) error {
			if err := publisher.MayMove(b, doc, a.Now()); err != nil {
				return exit.With(exit.Refused, "%w. Nothing was changed. At the new account, add the old one: on Mastodon, Preferences, Account, Account aliases: %s", err, b.Handle())
			}
			return nil
		}
		if err := may(b); err != nil {
			return err
		}
		followers, err := followers.Count(in.ctx, a.DB, b.ID)
		if err != nil {
			return err
		}
		if !c.Yes {
			return exit.With(exit.Refused, "%s would send its %s to %s. Those who leave do not come back by themselves, and for a week it cannot move again. "+
				"Nothing was changed; if that is what you want, add --yes", b.Handle(), feeds.Counted(followers, "follower"), actor.Handle)
		}
		_, _, err = a.ChangeBlog(in.ctx, b, func(b *feeds.Blog) error {
			if err := may(*b); err != nil { // again: somebody else may have been faster
				return err
			}
			b.MovedTo, b.MovedAt = actor.URI, a.Now()
			return nil
		}, func(tx *database.Tx, is feeds.Blog) error { return publisher.BroadcastMove(in.ctx, tx, is, a.Now()) })
		if err == nil {
			fmt.Fprintf(in.stderr, "%s has moved to %s. A running server tells its %s within minutes. Keep it running for some weeks: servers ask it whether it is true.\n",
				b.Handle(), actor.Handle, feeds.Counted(followers, "follower"))
		}
		return err
	})
}
