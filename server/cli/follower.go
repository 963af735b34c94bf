package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type followerCommands struct {
	List   followerListCommand   `cmd:"" help:"List the followers of a blog."`
	Export followerExportCommand `cmd:"" help:"Write the followers of a blog as CSV."`
	Accept followerAcceptCommand `cmd:"" help:"Accept followers once more, where their servers still wait."`
	Remove followerRemoveCommand `cmd:"" help:"Remove a follower, and tell their server. They may follow again."`
}

type followerListCommand struct{ blogName }

// Help shows how it is used.
func (followerListCommand) Help() string { return "For example:\n\n  bloghorn follower list tea" }

// Run prints one line a follower: handle, since when, name.
func (c followerListCommand) Run(in *invocation) error {
	return in.aboutFeed(c.blogName, func(db *database.DB, b feeds.Blog) error {
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		none := true
		err := eachFollower(in.ctx, db, b, func(f followers.Follower) error {
			none = false
			_, err := fmt.Fprintf(table, "%s\t%s\t%s\n", safehtml.Line(f.Actor.Handle), f.Since.Format(time.DateOnly), safehtml.Line(f.Actor.Name))
			return err
		})
		if err != nil {
			return err
		}
		if none {
			fmt.Fprintln(in.stderr, "Nobody follows this blog yet.")
		}
		return table.Flush()
	})
}

type followerExportCommand struct{ blogName }

// Help shows how it is used.
func (followerExportCommand) Help() string {
	return "For example:\n\n  bloghorn follower export tea > followers.csv"
}

// Run writes the list with the first column as Mastodon exports it.
func (c followerExportCommand) Run(in *invocation) error {
	return in.aboutFeed(c.blogName, func(db *database.DB, b feeds.Blog) error {
		out := csv.NewWriter(in.stdout)
		if err := out.Write([]string{"Account address", "Actor", "Since"}); err != nil {
			return err
		}
		err := eachFollower(in.ctx, db, b, func(f followers.Follower) error {
			return out.Write([]string{strings.TrimPrefix(f.Actor.Handle, "@"), f.Actor.URI, f.Since.UTC().Format(time.RFC3339)})
		})
		if err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	})
}

type followerAcceptCommand struct {
	blogName
	Follower string `arg:"" optional:"" help:"One follower, as follower list prints them; all without it."`
}

// Help shows how it is used.
func (followerAcceptCommand) Help() string {
	return "For example:\n\n  bloghorn follower accept tea @ada@pasture.example\n\n" +
		"For followers whose server shows the request as pending although follower list has them: the answer was lost. Her server gets the answer and the blog's profile again, which harms nothing."
}

// Run enqueues the Accepts and the profile; a running server delivers them.
func (c followerAcceptCommand) Run(in *invocation) error {
	return in.withOptional(c.Name, c.Follower, hasFollower, func(a *app.App, b feeds.Blog, follower string) error {
		n := 0
		err := eachFollower(in.ctx, a.DB, b, func(f followers.Follower) error {
			if follower != "" && !isCalled(f.Actor.URI, f.Actor.Handle, follower) {
				return nil
			}
			n++
			return a.DB.InTx(in.ctx, func(tx *database.Tx) error {
				keys, err := a.Keys.Told(in.ctx, tx, b.ActorID())
				if err != nil {
					return fmt.Errorf("read the keys of %s: %w", b.Handle(), err)
				}
				return publisher.AcceptAgain(in.ctx, tx, b, f, keys, a.Now())
			})
		})
		switch {
		case err != nil:
			return err
		case n == 0 && follower != "":
			return exit.With(exit.NotFound, "nobody called %s follows %s; nothing was changed. See: bloghorn follower list %[2]s", follower, b.Acct())
		}
		if n == 0 {
			fmt.Fprintf(in.stderr, "Nobody follows %s yet, so nobody was accepted again.\n", b.Handle())
			return nil
		}
		fmt.Fprintf(in.stderr, "Accepted again: %s.\n", feeds.Counted(n, "follower"))
		return nil
	})
}

type followerRemoveCommand struct {
	blogAnd
	Follower string `arg:"" optional:"" help:"The follower, as follower list prints them."`
}

// Help shows how it is used.
func (followerRemoveCommand) Help() string {
	return "For example:\n\n  bloghorn follower remove @eve@spam.example\n  bloghorn follower remove tea @eve@spam.example\n\nWhere they follow several blogs, name the blog. To keep them out as well: bloghorn block add @eve@spam.example"
}

// Run removes the follower; a running server tells theirs within a second.
func (c followerRemoveCommand) Run(in *invocation) error {
	return in.withBlogAnd(c.Name, c.Follower, hasFollower, func(a *app.App, b feeds.Blog, follower string) error {
		var matches []followers.Match
		err := eachFollower(in.ctx, a.DB, b, func(f followers.Follower) error {
			if isCalled(f.Actor.URI, f.Actor.Handle, follower) {
				matches = append(matches, followers.Match{ActorURI: f.Actor.URI})
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(matches) == 0 {
			return exit.With(exit.NotFound, "nobody called %s follows %s; nothing was changed. See: bloghorn follower list %[2]s", follower, b.Acct())
		}
		err = a.DB.InTx(in.ctx, func(tx *database.Tx) error {
			_, err := followers.RejectAll(in.ctx, tx, b.ID, matches, a.Now())
			return err
		})
		if err == nil {
			fmt.Fprintf(in.stderr, "%s follows %s no more; their server is told.\n", follower, b.Handle())
		}
		return err
	})
}

// isCalled says whether somebody is meant by their handle, with or without the first @, or by the
// id of their actor.
func isCalled(uri, handle, name string) bool {
	return uri == name || strings.EqualFold(strings.TrimPrefix(handle, "@"), strings.TrimPrefix(name, "@"))
}

// hasFollower is the ownership of a follower.
func hasFollower(ctx context.Context, db *database.DB, b feeds.Blog, named string) (has bool, err error) {
	err = eachFollower(ctx, db, b, func(f followers.Follower) error {
		has = has || isCalled(f.Actor.URI, f.Actor.Handle, named)
		return nil
	})
	return has, err
}

// eachFollower goes through the followers of a blog.
func eachFollower(ctx context.Context, db *database.DB, b feeds.Blog, do func(followers.Follower) error) error {
	page := func(after database.ID) ([]followers.Follower, error) {
		return followers.List(ctx, db, b.ID, after, app.PageSize)
	}
	return app.EachRow(page, func(f followers.Follower) database.ID { return f.Actor.ID }, do)
}
