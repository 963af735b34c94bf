package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// betweenPages spares the blog's server.
	betweenPages = time.Second
	// usualRelease is how many posts --deliver announces where nothing is said.
	usualRelease = 10
)

type postBackfillCommand struct {
	Name    string `arg:"" optional:"" help:"The blog: tea, or tea@blog.example. It can be left out where there is only one."`
	Last    int    `help:"Only the last so many posts of the blog." placeholder:"N"`
	Since   string `help:"Only posts since this day, as 2026-01-31." placeholder:"DATE"`
	Deliver bool   `help:"Announce them to the followers, one every ten minutes, at most 30; the last ten where neither --last nor --since is given."`
	Yes     bool   `help:"Announce without asking back."`
}

// Help shows how it is used.
func (postBackfillCommand) Help() string {
	return "For example:\n\n  bloghorn post backfill\n  bloghorn post backfill tea --since 2024-01-01\n" +
		"  bloghorn post backfill tea --last 5 --deliver --yes\n\n" +
		"Older pages of the feed are read where it names them (Atom, RSS, JSON Feed) or is WordPress's, 50 pages and 1,000 posts at most. Their posts " +
		"are kept as history: anybody can find them at the blog's account, and nobody is told. Run it again whenever you like; it adds what is missing.\n\n" +
		"Announced posts keep their dates, and Mastodon shows old ones in the profile and not in home timelines; for those: bloghorn post share\n\n" +
		"What was let out and waits for its turn can be called off: bloghorn post history --waiting NAME"
}

// Run fetches the older posts and, with --deliver, lets some be announced.
func (c postBackfillCommand) Run(in *invocation) error {
	since, err := c.check()
	if err != nil {
		return err
	}
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := oneBlog(in.ctx, a.DB, c.Name)
	if err != nil {
		return err
	}
	fetch := feeds.Backfill{DB: a.DB, Client: a.FeedClient, Now: a.Now, Pause: betweenPages, Last: c.Last, Since: since}
	done, err := fetch.Run(in.ctx, b)
	if err != nil {
		return exit.With(exit.Network, "%w. %d older posts were stored before that; run it again to go on", err, done.Stored)
	}
	fmt.Fprintf(in.stderr, "Pages read: %d. Older posts stored: %d. %s\n", done.Pages, done.Stored, done.Ended)
	if !c.Deliver {
		return nil
	}
	return c.deliver(in, a, b, since)
}

func (c *postBackfillCommand) check() (since time.Time, err error) {
	if c.Since != "" {
		if since, err = time.Parse(time.DateOnly, c.Since); err != nil {
			return since, exit.With(exit.Usage, "--since %q is not a day; write it as 2026-01-31", c.Since)
		}
	}
	switch {
	case c.Last < 0:
		return since, exit.With(exit.Usage, "--last is a number of posts")
	case c.Deliver && c.Last > feeds.MaxReleased:
		return since, exit.With(exit.Usage, "--last %d would send more than anybody wants to get. At most %d posts are announced at once", c.Last, feeds.MaxReleased)
	case c.Deliver && c.Last == 0 && c.Since == "":
		c.Last = usualRelease
	}
	return since, nil
}

// deliver asks back before it lets posts be announced: what was sent cannot be called back.
func (c postBackfillCommand) deliver(in *invocation, a *app.App, b feeds.Blog, since time.Time) error {
	posts, err := feeds.History(in.ctx, a.DB, b, c.Last, since)
	if errors.Is(err, web.ErrInvalid) {
		return exit.With(exit.Usage, "%w. Use --last %d. Nothing is announced", err, feeds.MaxReleased)
	}
	if err != nil {
		return err
	}
	followers, err := followers.Count(in.ctx, a.DB, b.ID)
	switch {
	case err != nil:
		return err
	case len(posts) == 0:
		fmt.Fprintln(in.stderr, "Nothing is left to announce.")
		return nil
	case !c.Yes:
		return exit.With(exit.Refused, "%s would go to %s, one every %s. That cannot be called back. Nothing is announced yet; add --yes to do it",
			feeds.Counted(len(posts), "post"), feeds.Counted(followers, "follower"), feeds.Length(feeds.ReleaseEvery))
	}
	var done feeds.Released
	err = a.DB.InTx(in.ctx, func(tx *database.Tx) (err error) {
		done, err = feeds.Release(in.ctx, tx, b, posts, a.Now())
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "%s to %s, the last one at %s.\n", goes(done.Going), feeds.Counted(followers, "follower"), feeds.Moment(done.Last, a.Now()))
	return nil
}
