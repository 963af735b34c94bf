package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type planCommand struct {
	Blog string `arg:"" optional:"" name:"blog" help:"Name of the blog; may be left out where there is only one."`
	All  bool   `help:"List posts that nothing would happen to as well."`
}

// Help shows how it is used.
func (planCommand) Help() string {
	return "For example:\n\n  bloghorn plan\n  bloghorn plan tea --all\n\n" +
		"It reads the feed now and says what the next poll would do with each post, and why. Nothing is stored, nothing is sent."
}

// Run prints one line for each post of the feed that something would happen to.
func (c planCommand) Run(in *invocation) error {
	a, err := newApp(in.ctx, in.settings, in.logger(), outside{})
	if err != nil {
		return err
	}
	defer a.close()
	b, err := oneBlog(in.ctx, a.db, c.Blog)
	if err != nil {
		return err
	}
	outlook, err := a.poller.Plan(in.ctx, b.ID)
	if err != nil {
		return exit(exitNetwork, "%w", err)
	}
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	nothing := 0
	for _, is := range outlook.Posts {
		if is.Does == feeds.DoNothing && !c.All {
			nothing++
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", intentWords(is), safehtml.Excerpt(is.Title, 60), is.URL, is.Why)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "%d posts in the feed of %s, %d of them as they were.\n", len(outlook.Posts), b.Handle(), nothing)
	if outlook.Missing > 0 {
		fmt.Fprintf(in.stderr, "%d posts are missing. They are deleted only if they stay away for a day and their pages are gone.\n", outlook.Missing)
	}
	if outlook.Notice != "" {
		fmt.Fprintf(in.stderr, "What is new would wait for you: %s. See: bloghorn feed held\n", outlook.Notice)
	}
	return nil
}

// intentWords say what happens to a post.
func intentWords(is feeds.Intent) string {
	switch is.Does {
	case feeds.DoAnnounce:
		return "announce at " + is.At.Format(time.TimeOnly)
	case feeds.DoUpdate:
		return "update at " + is.At.Format(time.TimeOnly)
	case feeds.DoStore:
		return "store quietly"
	case feeds.DoHold:
		return "hold for you"
	}
	return "nothing"
}
