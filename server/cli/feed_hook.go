package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

type feedHookCommands struct {
	Add    feedHookAddCommand    `cmd:"" help:"Make a token, and print how to use it."`
	List   feedHookListCommand   `cmd:"" help:"List a blog's hooks."`
	Remove feedHookRemoveCommand `cmd:"" help:"Take a token out of use."`
}

type feedHookAddCommand struct {
	blogName
	Note string `help:"What it is for, so that you know it again: \"GitHub Action\"."`
}

// Help shows how it is used.
func (feedHookAddCommand) Help() string {
	return "For example:\n\n  bloghorn feed hook add\n  bloghorn feed hook add tea --note \"GitHub Action\"\n\n" +
		"The token is printed once and kept nowhere. Whoever has it can have the feed read, at most once in 5 seconds, and nothing else."
}

// Run makes a hook and prints the line for a deploy script.
func (c feedHookAddCommand) Run(in *invocation) error {
	return in.aboutFeed(c.blogName, func(db *database.DB, b feeds.Blog) error {
		_, token, err := feeds.AddHook(in.ctx, db, b.ID, c.Note, time.Now())
		if err != nil {
			return fmt.Errorf("make a hook: %w", err)
		}
		fmt.Fprintf(in.stderr, "Put this at the end of your deploy script. The token is shown this once; keep it with your other secrets.\n")
		_, err = fmt.Fprintf(in.stdout, "url    %s\ntoken  %s\n\ncurl -fsS -X POST -H 'Authorization: Bearer %s' %s\n", feeds.HookURL(b), token, token, feeds.HookURL(b))
		return err
	})
}

type feedHookListCommand struct{ blogName }

// Help shows how it is used.
func (feedHookListCommand) Help() string { return "For example:\n\n  bloghorn feed hook list" }

// Run prints one line a hook: id, when it was made and used, what it is for.
func (c feedHookListCommand) Run(in *invocation) error {
	return in.aboutFeed(c.blogName, func(db *database.DB, b feeds.Blog) error {
		hooks, err := feeds.Hooks(in.ctx, db, b.ID)
		if err != nil {
			return fmt.Errorf("list the hooks: %w", err)
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, h := range hooks {
			fmt.Fprintf(table, "%s\tmade %s\t%s\t%s\n", h.ID, clock(h.CreatedAt), used(h), h.Note)
		}
		if len(hooks) == 0 {
			fmt.Fprintf(in.stderr, "%s has no hook. Make one with: bloghorn feed hook add %s\n", b.Handle(), b.Acct())
		}
		return table.Flush()
	})
}

func used(h feeds.Hook) string {
	if h.UsedAt.IsZero() {
		return "never used"
	}
	return "used " + clock(h.UsedAt)
}

type feedHookRemoveCommand struct {
	ID   string `arg:"" name:"id" help:"The hook's id, as feed hook list prints it."`
	Name string `arg:"" optional:"" help:"The blog that it has to be of; may be left out."`
}

// Help shows how it is used.
func (feedHookRemoveCommand) Help() string {
	return "For example:\n\n  bloghorn feed hook remove dirrxtyqaaaaa\n  bloghorn feed hook remove dirrxtyqaaaaa tea"
}

// Run removes a hook; a running server refuses its token at once.
func (c feedHookRemoveCommand) Run(in *invocation) error {
	id, err := parseID(c.ID, "hook", "feed hook list")
	if err != nil {
		return fmt.Errorf("%w. Nothing was changed", err)
	}
	return in.withDatabase(func(db *database.DB) error {
		var b feeds.Blog // any: an id is of one hook
		has, list := "no blog here has the", ""
		if c.Name != "" {
			if b, err = oneBlog(in.ctx, db, c.Name); err != nil {
				return err
			}
			has, list = b.Handle()+" has no", " "+b.Acct()
		}
		err := feeds.RemoveHook(in.ctx, db, b.ID, id)
		if errors.Is(err, database.ErrNotFound) {
			return exit.With(exit.NotFound, "%s hook %s; nothing was changed. See: bloghorn feed hook list%s", has, id, list)
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "Hook %s is removed; its token is refused from now on.\n", id)
		}
		return err
	})
}

// aboutFeed runs f with the database and the blog that is meant.
func (in *invocation) aboutFeed(name blogName, f func(*database.DB, feeds.Blog) error) error {
	return in.withDatabase(func(db *database.DB) error {
		blog, err := name.blog(in.ctx, db)
		if err != nil {
			return err
		}
		return f(db, blog)
	})
}
