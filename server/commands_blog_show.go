package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
)

type blogShowCommand struct {
	Name string `arg:"" help:"The blog: tea, or tea@blog.example."`
}

// Help shows how it is used.
func (blogShowCommand) Help() string { return "For example:\n\n  bloghorn blog show tea" }

// Run prints what is known and set of a blog, a line each: name and value.
func (c blogShowCommand) Run(in *invocation) error {
	db, err := in.openDatabase()
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := feeds.FindBlog(in.ctx, db, c.Name)
	if err != nil {
		return err
	}
	followers, err := publisher.CountFollowers(in.ctx, db, b.ID)
	if err != nil {
		return err
	}
	posts, err := feeds.CountPosts(in.ctx, db, b.ID)
	if err != nil {
		return fmt.Errorf("count the posts of %s: %w", b.Handle(), err)
	}
	lines := append([]blogValue{
		{"handle", b.Handle()}, {"actor", b.ActorID()}, {"followers", fmt.Sprint(followers)}, {"posts", fmt.Sprint(posts)},
	}, blogLines(b)...)
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(table, "%s\t%s\n", l.name, l.value)
	}
	return table.Flush()
}
