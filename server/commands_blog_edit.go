package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

type blogEditCommand struct {
	Name    string    `arg:"" help:"The blog: tea, or tea@blog.example."`
	Title   *string   `help:"Name of the account."`
	Summary *string   `help:"What the profile says about the blog."`
	Icon    *string   `help:"Address of the picture." placeholder:"URL"`
	Site    *string   `help:"Address of the blog." placeholder:"URL"`
	Feed    *string   `help:"Address of the feed, where the blog has moved it; it is read first." placeholder:"URL"`
	Flags   blogFlags `embed:""`
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
	a, err := newApp(in.ctx, in.settings, in.logger(), outside{})
	if err != nil {
		return err
	}
	defer a.close()
	b, err := feeds.FindBlog(in.ctx, a.db, c.Name)
	if err != nil {
		return err
	}
	changes := c.Flags.changes()
	for name, value := range given(map[string]*string{"title": c.Title, "summary": c.Summary, "icon": c.Icon, "site": c.Site}) {
		changes[name] = value
	}
	if c.Feed != nil {
		found, err := feeds.Discover(in.ctx, a.feedClient, *c.Feed)
		if err != nil {
			return exit(exitNetwork, "%w Nothing was changed.", err)
		}
		changes["feed"] = found.FeedURL
	}
	if len(changes) == 0 {
		return exit(exitUsage, "nothing to change was given. See: bloghorn blog edit --help, and what is set: bloghorn blog show %s", c.Name)
	}
	was, is, err := a.editBlog(in.ctx, b, changes)
	if errors.Is(err, web.ErrInvalid) {
		return exit(exitUsage, "%w. Nothing was changed.", err)
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

// editBlog changes a blog and tells its followers what they can see of it, in one transaction.
func (a *app) editBlog(ctx context.Context, b feeds.Blog, changes blogChanges) (was, is feeds.Blog, err error) {
	pem, err := a.keys.PublicPEM(ctx, b.ActorID())
	if err != nil {
		return b, b, fmt.Errorf("read the key of %s: %w", b.Handle(), err)
	}
	err = a.db.InTx(ctx, func(tx *database.Tx) (err error) {
		if was, is, err = feeds.Edit(ctx, tx, b.ID, changes.apply, a.now()); err != nil {
			return err
		}
		if profileOf(was) != profileOf(is) {
			if err := publisher.TellProfile(ctx, tx, is, pem, a.now()); err != nil {
				return err
			}
		}
		if was.Settings.Unlisted != is.Settings.Unlisted {
			if err := replies.ReviewBlog(ctx, tx, is, a.now()); err != nil {
				return err
			}
		}
		if was.Settings.PinTag != is.Settings.PinTag {
			return publisher.TellFeatured(ctx, tx, is, a.now())
		}
		return nil
	})
	return was, is, err
}

// profileOf is what the blog's actor shows of what can be edited.
func profileOf(b feeds.Blog) [4]string { return [4]string{b.Title, b.Summary, b.IconURL, b.SiteURL} }
