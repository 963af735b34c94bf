package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/exit"
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
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := oneBlog(in.ctx, a.DB, c.Blog)
	if err != nil {
		return err
	}
	outlook, err := a.Poller.Plan(in.ctx, b.ID)
	if err != nil {
		return exit.With(exit.Network, "%w", err)
	}
	now := a.Now()
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	count := map[feeds.Doing]int{}
	for _, is := range outlook.Posts {
		count[is.Does]++
		if is.Does == feeds.DoNothing && !c.All {
			continue
		}
		why := is.Why
		if strings.Contains(outlook.Held.Why, why) { // said once, below
			why = ""
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", intentWords(is, now), titleOf(feeds.Post{Title: is.Title}), is.URL, safehtml.Line(why))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(in.stderr, "%s in the feed of %s%s; nothing would happen to %d.\n",
		feeds.Counted(len(outlook.Posts)+outlook.LeftOut, "post"), b.Handle(), chosenWords(b, outlook), count[feeds.DoNothing])
	in.warnOf(outlook)
	return nil
}

// chosenWords say how many posts of the feed the blog takes, "" where it is all of them.
func chosenWords(b feeds.Blog, o feeds.DryRun) string {
	switch {
	case o.LeftOut == 0:
		return ""
	case len(o.Posts) == 0:
		return ", 0 chosen by its rules (see: bloghorn blog show " + b.Acct() + ")"
	}
	return fmt.Sprintf(", %d chosen by its rules or known already", len(o.Posts))
}

// warnOf says what an owner should know before the poll.
func (in *invocation) warnOf(o feeds.DryRun) {
	if o.Missing > 0 {
		fmt.Fprintf(in.stderr, "%s not in the feed any more. A post is deleted only if it stays away for a day and its page is gone as well.\n",
			feeds.Counted(o.Missing, "known post"))
	}
	switch {
	case o.Held.Undecided > 0:
		fmt.Fprintf(in.stderr, "%s would wait for you, unseen: %s. Then see: bloghorn feed held\n",
			feeds.Counted(o.Held.Undecided, "post"), safehtml.Line(o.Held.Why))
	case o.Already.Undecided > 0:
		fmt.Fprintf(in.stderr, "Posts wait for you already: %s. See: bloghorn feed held\n", safehtml.Line(o.Already.Why))
	}
	if dated := o.Held.DatedWords(); dated != "" {
		fmt.Fprintf(in.stderr, "Of the new ones %s. You need not do anything.\n", dated)
	}
	if dated := o.Already.DatedWords(); dated != "" {
		fmt.Fprintf(in.stderr, "Of the known ones %s. You need not do anything.\n", dated)
	}
}

// intentWords say what happens to a post, and in how long.
func intentWords(is feeds.Intent, now time.Time) string {
	switch is.Does {
	case feeds.DoAnnounce:
		return "announce " + feeds.Distance(is.At, now)
	case feeds.DoUpdate:
		return "update " + feeds.Distance(is.At, now)
	case feeds.DoKeep:
		return "keep as it was"
	case feeds.DoStore:
		return "store quietly"
	case feeds.DoHold:
		return "hold for you"
	case feeds.DoWait:
		return "wait for its date, " + feeds.Distance(is.At, now)
	}
	return "nothing"
}
