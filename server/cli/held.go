package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// maxGroups bounds how many reasons feed held tells.
const maxGroups = 100

type feedHeldCommand struct {
	Blog  string `arg:"" optional:"" name:"blog" help:"Only of this blog."`
	Limit atMost `help:"At most so many for each reason." default:"100"`
}

// Help shows how it is used.
func (feedHeldCommand) Help() string {
	return "For example:\n\n  bloghorn feed held\n  bloghorn feed held tea\n\n" +
		"New posts are held where they look like an accident: far more at once than ever before, a feed that looks like another site's, or a " +
		"post that may be a known one under another name. So is what is behind a password. Nobody sees them until you decide; each reason names the commands that fit. " +
		"What is dated ahead is held as well, goes out by itself when its date has come, and stands last; where future_posts is hold, it waits for you " +
		"like the others. " +
		"The admin page has buttons for that: bloghorn admin link"
}

// Run says each reason once, and prints one line for each held post: id, when it was found, rule,
// title, address, and the post it may be.
func (c feedHeldCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		var blogID database.ID
		if c.Blog != "" {
			b, err := namedBlog(in.ctx, db, c.Blog)
			if err != nil {
				return err
			}
			blogID = b.ID
		}
		groups, err := feeds.HeldGroups(in.ctx, db, blogID, maxGroups)
		if err != nil {
			return fmt.Errorf("list the held posts: %w", err)
		}
		if len(groups) == 0 {
			fmt.Fprintln(in.stderr, "No post is held.")
			return nil
		}
		for _, g := range groups {
			if err := c.group(in, db, g); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c feedHeldCommand) group(in *invocation, db *database.DB, g feeds.HeldGroup) error {
	b, err := feeds.BlogByID(in.ctx, db, g.BlogID)
	if err != nil {
		return fmt.Errorf("read the blog of held posts: %w", err)
	}
	posts, err := feeds.HeldIn(in.ctx, db, g, int(c.Limit))
	if err != nil {
		return fmt.Errorf("list the held posts of %s: %w", b.Handle(), err)
	}
	alike, err := feeds.Resembled(in.ctx, db, posts)
	if err != nil {
		return fmt.Errorf("list what the held posts of %s look like: %w", b.Handle(), err)
	}
	words := g.Words(time.Duration(in.settings.Feed.ReleaseHeld))
	fmt.Fprintf(in.stderr, "\n%s: %s (%s)\n%s %s\n", b.Handle(), words.Title, feeds.Counted(g.Count, "post"), words.Why,
		words.Otherwise)
	for i, p := range posts {
		if g.Rule != feeds.HeldDoubt && (i == 0 || p.HeldWhy != posts[i-1].HeldWhy) {
			fmt.Fprintf(in.stderr, "Seen: %s.\n", safehtml.Line(p.HeldWhy))
		}
	}
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	for _, p := range posts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s%s\n", p.ID, clock(p.HeldAt), g.Rule, titleOf(p), p.URL, mayBe(alike[p.HeldLike]))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := g.Count - len(posts); more > 0 {
		fmt.Fprintf(in.stderr, "And %d more: --limit %d\n", more, g.Count)
	}
	for _, step := range nextSteps(g, b) {
		fmt.Fprintf(in.stderr, "%-22s bloghorn post %s\n", step.Name+":", step.Value)
	}
	return nil
}

// nextSteps are the commands that fit the reason why posts are held.
func nextSteps(g feeds.HeldGroup, b feeds.Blog) []line {
	switch g.Rule {
	case feeds.HeldDoubt:
		return []line{{"It is the other one", "same ID"}, {"It is a new one", "release ID"}, {"Keep, tell nobody", "history ID"}}
	case feeds.HeldDated:
		return []line{{"Announce before", "release ID"}, {"Never announce", "history ID"}}
	}
	steps := []line{{"Announce", "release ID"}, {"Keep, tell nobody", "history ID"}}
	if all := "--all " + b.Username + " --reason " + g.Rule; g.Count > 1 && !g.OneByOne() {
		if !g.IsNotYet() {
			steps = append(steps, line{"Announce all", "release " + all})
		}
		steps = append(steps, line{"Keep all, tell nobody", "history " + all})
	}
	return steps
}

// mayBe names the post that a held one may be.
func mayBe(p feeds.Post) string {
	if p.ID == "" {
		return ""
	}
	return "\tmay be " + p.ID + " " + titleOf(p)
}
