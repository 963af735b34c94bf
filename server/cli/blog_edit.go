package cli

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/feeds"
	feedfetch "github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
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
	return in.withBlog(c.Name, func(a *app.App, b feeds.Blog) error { return c.edit(in, a, b) })
}

func (c blogEditCommand) edit(in *invocation, a *app.App, b feeds.Blog) error {
	changes := config.ChangesOf(c.Flags)
	for name, value := range config.Given(map[string]*string{"title": c.Title, "summary": c.Summary, "icon": c.Icon, "site": c.Site}) {
		changes[name] = value
	}
	if c.Feed != nil {
		found, err := feedfetch.Discover(in.ctx, a.FeedClient, *c.Feed)
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
	was, is, err := a.ChangeBlog(in.ctx, b, changes.Apply)
	if errors.Is(err, web.ErrInvalid) {
		return exit.With(exit.Usage, "%w. Nothing was changed.", err)
	}
	if err != nil {
		return err
	}
	for _, line := range config.Differences(was, is) {
		fmt.Fprintln(in.stdout, line)
	}
	if was == is {
		fmt.Fprintln(in.stderr, "It is so already; nothing was changed.")
	}
	return nil
}
