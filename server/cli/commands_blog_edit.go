package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	feedfetch "github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type blogEditCommand struct {
	blogName
	Title   *string      `help:"Name of the account."`
	Summary *string      `help:"What the profile says about the blog."`
	Icon    *string      `help:"Address of the picture." placeholder:"URL"`
	Site    *string      `help:"Address of the blog." placeholder:"URL"`
	Feed    *string      `help:"Address of the feed, where the blog has moved it; it is read first." placeholder:"URL"`
	Flags   kong.Plugins `embed:""`
}

// Help shows how it is used.
func (blogEditCommand) Help() string {
	return "For example:\n\n  bloghorn blog edit tea --title \"Tea & time\" --hashtags none\n" +
		"  bloghorn blog edit en --include lang:en\n" +
		"  bloghorn blog edit photos --include tag:photo --object-type note --pin-tag best\n\n" +
		"The value default, or an empty one, resets a setting. Settings hold for what is published from now on. " +
		"Posts that only new rules let in are kept as history and not announced. Handle and address cannot be changed."
}

// Run changes what was given and says what is different now.
func (c blogEditCommand) Run(in *invocation) error {
	return in.withBlog(c.Name, func(a *app, b feeds.Blog) error { return c.edit(in, a, b) })
}

func (c blogEditCommand) edit(in *invocation, a *app, b feeds.Blog) error {
	changes := config.ChangesOf(c.Flags)
	for name, value := range config.Given(map[string]*string{"title": c.Title, "summary": c.Summary, "icon": c.Icon, "site": c.Site}) {
		changes[name] = value
	}
	if c.Feed != nil {
		found, err := feedfetch.Discover(in.ctx, a.feedClient, *c.Feed)
		if err != nil {
			return exit.With(exit.Network, "%w Nothing was changed.", err)
		}
		changes["feed"] = found.FeedURL
	}
	if len(changes) == 0 {
		return exit.With(exit.Usage, "nothing to change was given. See: bloghorn blog edit --help, and what is set: bloghorn blog show %s", b.Acct())
	}
	if err := in.settings.RefuseFixed(b.Username, [2]string{b.HandleHost, config.HostOf(b.BaseURL)}, changes); err != nil {
		return err
	}
	was, is, err := a.changeBlog(in.ctx, b, changes.Apply)
	if errors.Is(err, web.ErrInvalid) {
		return exit.With(exit.Usage, "%w. Nothing was changed.", err)
	}
	if err != nil {
		return err
	}
	for _, line := range differences(was, is) {
		fmt.Fprintln(in.stdout, line)
	}
	if was == is {
		fmt.Fprintln(in.stderr, "It is so already; nothing was changed.")
	}
	return nil
}

// changeBlog changes a blog and tells its followers what they can see of it, and what more has to be told, in one transaction.
func (a *app) changeBlog(
	ctx context.Context, b feeds.Blog, change func(*feeds.Blog) error, more ...func(*database.Tx, feeds.Blog) error,
) (was, is feeds.Blog, err error) {
	if _, err := a.keys.Prover(ctx, b.ActorID()); err != nil { // made where there is none, which is nothing for a transaction
		return b, b, fmt.Errorf("read the keys of %s: %w", b.Handle(), err)
	}
	err = a.db.InTx(ctx, func(tx *database.Tx) (err error) {
		if was, is, err = a.changeBlogIn(ctx, tx, b, change); err != nil {
			return err
		}
		for _, tell := range more {
			if err := tell(tx, is); err != nil {
				return err
			}
		}
		return nil
	})
	return was, is, err
}

func (a *app) changeBlogIn(ctx context.Context, tx *database.Tx, b feeds.Blog, change func(*feeds.Blog) error) (was, is feeds.Blog, err error) {
	if was, is, err = feeds.Edit(ctx, tx, b.ID, change, a.now()); err != nil {
		return was, is, err
	}
	if shownOf(was) != shownOf(is) {
		keys, err := a.keys.Told(ctx, tx, b.ActorID())
		if err != nil {
			return was, is, fmt.Errorf("read the keys of %s: %w", b.Handle(), err)
		}
		if err := publisher.BroadcastProfile(ctx, tx, is, keys, a.now()); err != nil {
			return was, is, err
		}
	}
	if was.Settings.Unlisted != is.Settings.Unlisted {
		if err := moderation.ReviewBlog(ctx, tx, is, a.now()); err != nil {
			return was, is, err
		}
	}
	if was.Settings.PinTag != is.Settings.PinTag {
		return was, is, publisher.BroadcastFeatured(ctx, tx, is, a.now())
	}
	return was, is, nil
}

// shownOf is what the blog's actor shows of what can be changed.
func shownOf(b feeds.Blog) [6]string {
	return [6]string{b.Title, b.Summary, b.IconURL, b.SiteURL, b.AlsoKnownAs, b.MovedTo}
}
