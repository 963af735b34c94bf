package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

type feedHeldCommand struct {
	Blog  string `arg:"" optional:"" name:"blog" help:"Only of this blog."`
	Limit int    `help:"At most so many." default:"100"`
}

// Help shows how it is used.
func (feedHeldCommand) Help() string {
	return "For example:\n\n  bloghorn feed held\n  bloghorn feed held tea\n\n" +
		"New posts are held where they look like an accident: far more at once than ever before, a feed that looks like another site's, or a post " +
		"that may be a known one under another name. Nobody sees them until you decide: post release, post history or post same."
}

// Run prints one line for each held post, and the reason once.
func (c feedHeldCommand) Run(in *invocation) error {
	db, err := in.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	var blogID database.ID
	if c.Blog != "" {
		b, err := feeds.FindBlog(in.ctx, db, c.Blog)
		if err != nil {
			return err
		}
		blogID = b.ID
	}
	held, err := feeds.HeldPosts(in.ctx, db, blogID, c.Limit)
	if err != nil {
		return fmt.Errorf("list the held posts: %w", err)
	}
	if len(held) == 0 {
		fmt.Fprintln(in.stderr, "No post is held.")
		return nil
	}
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	why := ""
	for _, p := range held {
		if p.HeldWhy != why {
			if why = p.HeldWhy; p.HeldLike != "" {
				why += "; that post is " + p.HeldLike
			}
			if err := table.Flush(); err != nil {
				return err
			}
			fmt.Fprintf(in.stdout, "Held: %s\n", why)
			why = p.HeldWhy
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", p.ID, p.HeldAt.Format(time.DateTime), safehtml.Excerpt(p.Title, 60), p.URL)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "%d held. Announce: bloghorn post release ID. Keep without telling anybody: bloghorn post history ID. "+
		"It is the post it looks like: bloghorn post same ID.\n", len(held))
	return nil
}

type postReleaseCommand struct {
	heldIDs
}

// Help shows how it is used.
func (postReleaseCommand) Help() string {
	return "For example:\n\n  bloghorn post release zuuokmbo5bmegvlu5rrhkqskjo\n  bloghorn post release --all tea\n\n" +
		"The first is announced at once, each other one ten minutes after the one before, so that nobody is flooded."
}

// Run announces each of the posts, one after another.
func (c postReleaseCommand) Run(in *invocation) error {
	at := time.Now()
	return c.decide(in, "released, one every ten minutes", func(db *database.DB, id string) error {
		err := feeds.ReleaseHeld(in.ctx, db, id, at)
		at = at.Add(feeds.ReleaseEvery)
		return err
	})
}

type postHistoryCommand struct {
	heldIDs
}

// Help shows how it is used.
func (postHistoryCommand) Help() string {
	return "For example:\n\n  bloghorn post history zuuokmbo5bmegvlu5rrhkqskjo\n  bloghorn post history --all tea"
}

// Run makes each of the posts history.
func (c postHistoryCommand) Run(in *invocation) error {
	return c.decide(in, "kept as history", func(db *database.DB, id string) error { return feeds.KeepQuiet(in.ctx, db, id) })
}

// heldIDs name held posts, one by one or all of a blog.
type heldIDs struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids as feed held prints them."`
	All string   `help:"All held posts of this blog." placeholder:"BLOG"`
}

func (c heldIDs) decide(in *invocation, did string, decision func(*database.DB, string) error) error {
	db, err := in.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	ids := c.IDs
	if c.All != "" {
		if ids, err = heldOf(in.ctx, db, c.All); err != nil {
			return err
		}
	}
	if len(ids) == 0 && c.All == "" {
		return exit(exitUsage, "which posts? Give ids as `bloghorn feed held` prints them, or --all BLOG.")
	}
	for i, id := range ids {
		if err := decision(db, id); err != nil {
			return fmt.Errorf("%w; %d of %d are %s. See: bloghorn feed held", err, i, len(ids), did)
		}
	}
	fmt.Fprintf(in.stderr, "%d posts are %s.\n", len(ids), did)
	return nil
}

// maxDecided bounds how many posts one --all is about; a feed lists no more.
const maxDecided = 1000

func heldOf(ctx context.Context, db *database.DB, name string) (ids []string, err error) {
	b, err := feeds.FindBlog(ctx, db, name)
	if err != nil {
		return nil, err
	}
	held, err := feeds.HeldPosts(ctx, db, b.ID, maxDecided)
	for _, p := range held {
		ids = append(ids, p.ID)
	}
	return ids, err
}

type postSameCommand struct {
	ID string `arg:"" name:"id" help:"Id of a held post, as feed held prints it."`
}

// Help shows how it is used.
func (postSameCommand) Help() string {
	return "For example:\n\n  bloghorn post same zuuokmbo5bmegvlu5rrhkqskjo\n\n" +
		"The held post is the one it looks like: that one keeps its id and its comments, and gets the new text and address."
}

// Run joins the held post with the one it looks like.
func (c postSameCommand) Run(in *invocation) error {
	db, err := in.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	of, err := feeds.SamePost(in.ctx, db, c.ID, time.Now())
	if errors.Is(err, web.ErrRefused) {
		return exit(exitRefused, "%w: bloghorn post release %s. Nothing was changed", err, c.ID)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "It is the post %q (%s) from now on.\n", of.Title, of.ID)
	return nil
}

type postDeleteCommand struct {
	ID  string `arg:"" name:"id" help:"Id of a post, as post list prints it."`
	Yes bool   `help:"Delete without asking; other servers remember a deleted post for ever."`
}

// Help shows how it is used.
func (postDeleteCommand) Help() string {
	return "For example:\n\n  bloghorn post delete zuuokmbo5bmegvlu5rrhkqskjo --yes\n\n" +
		"A Delete goes to every follower, and the post's address answers 410. The page on your blog is left alone. " +
		"The post does not come back by itself, even where the feed still lists it."
}

// Run takes the post back.
func (c postDeleteCommand) Run(in *invocation) error {
	db, err := in.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := feeds.PostByID(in.ctx, db, c.ID)
	if errors.Is(err, database.ErrNotFound) || err == nil && !p.IsPublic() {
		return fmt.Errorf("%w: no public post has the id %s. See: bloghorn post list", web.ErrNotFound, c.ID)
	}
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	if !c.Yes {
		return exit(exitRefused, "%q would be deleted on every server that has it, and other servers remember that for ever. If that is what you want, add --yes.", p.Title)
	}
	if err := feeds.Remove(in.ctx, db, c.ID, time.Now()); err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "%q is deleted. Its followers' servers are told by the running server.\n", p.Title)
	return nil
}
