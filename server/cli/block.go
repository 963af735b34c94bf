package cli

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type blockCommands struct {
	Add    blockAddCommand    `cmd:"" help:"Keep a person or a server out of every blog here."`
	List   blockListCommand   `cmd:"" help:"List who is kept out."`
	Remove blockRemoveCommand `cmd:"" help:"Let a person or a server in again."`
}

type blockTarget struct {
	Target string `arg:"" help:"A server with all its subdomains (spam.example), or a person: a handle (@eve@spam.example) or the address of a profile (https://spam.example/@eve)."`
}

type blockAddCommand struct {
	blockTarget
	Why string `help:"A reason for the log of decisions."`
}

// Help shows how it is used.
func (blockAddCommand) Help() string {
	return "For example:\n\n  bloghorn block add spam.example --why \"nothing but spam\"\n  bloghorn block add @eve@mean.example\n  bloghorn block add https://mean.example/@eve\n\n" +
		"A server is blocked with all its subdomains; its address will do as well (https://spam.example/). A person is looked for among those who have been here, and then asked for at their server. " +
		"Their replies are hidden, their likes and boosts no longer count, they no longer follow and their servers are told so, and what waits for them is not delivered."
}

// Run blocks; a running server obeys at once.
func (c blockAddCommand) Run(in *invocation) error {
	return in.block(c.blockTarget, func(db *database.DB, kind, value string) error {
		effect, err := moderation.AddBlock(in.ctx, db, 0, kind, value, c.Why, who, time.Now())
		if err == nil {
			state := "is blocked"
			if effect.Already {
				state = "was blocked already"
			}
			if effect.NewReason {
				state += ", and has the new reason now"
			}
			fmt.Fprintf(in.stderr, "%s %s: %s hidden, %s no longer counted, %s removed.\n", effect.Block.Value, state,
				moderation.CountedReplies(effect.Replies), countedReactions(effect.Reactions), feeds.Counted(effect.Followers, "follower"))
		}
		return err
	})
}

type blockRemoveCommand struct{ blockTarget }

// Help shows how it is used.
func (blockRemoveCommand) Help() string {
	return "For example:\n\n  bloghorn block remove spam.example\n\nIn any of the ways to write it for block add, and as block list prints it."
}

// Run lifts a block. What it hid is as it was before, where no other block concerns it.
func (c blockRemoveCommand) Run(in *invocation) error {
	return in.block(c.blockTarget, func(db *database.DB, kind, value string) error {
		effect, err := moderation.RemoveBlock(in.ctx, db, 0, kind, value, who, time.Now())
		if errors.Is(err, web.ErrNotFound) && len(effect.Standing) > 0 {
			return exit.With(exit.NotFound, "there is no block of %s alone, but they are kept out by %s", value, moderation.WordsFor(effect.Standing))
		}
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "%s is not blocked. See: bloghorn block list", value)
		}
		if err == nil {
			fmt.Fprintln(in.stderr, unblocked(effect))
		}
		return err
	})
}

// unblocked says what lifting a block has changed.
func unblocked(effect moderation.UnblockEffect) string {
	if len(effect.Standing) > 0 {
		return fmt.Sprintf("The block of %s is lifted, but they stay blocked by %s.", effect.Value, moderation.WordsFor(effect.Standing))
	}
	said := effect.Value + " is blocked no more."
	if effect.Reactions > 0 {
		said += fmt.Sprintf(" Counted again: %s.", countedReactions(effect.Reactions))
	}
	if effect.Replies > 0 {
		said += fmt.Sprintf(" As before the block: %s.", moderation.CountedReplies(effect.Replies))
	}
	return said + " Who followed before has to follow again."
}

func countedReactions(n int) string {
	if n == 1 {
		return "1 like or boost"
	}
	return fmt.Sprintf("%d likes and boosts", n)
}

// block finds out who is meant and does something to them.
func (in *invocation) block(t blockTarget, do func(db *database.DB, kind, value string) error) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	kind, value, err := moderation.BlockTarget(in.ctx, a.DB, func(ctx context.Context, name string) (remote.Actor, error) { return lookup(ctx, a, name) }, t.Target)
	if err == nil {
		err = do(a.DB, kind, value)
	}
	if errors.Is(err, web.ErrInvalid) {
		return exit.With(exit.Usage, "%w. Nothing was changed", err)
	}
	return err
}

// lookup asks for somebody at their server, in the name of this one.
func lookup(ctx context.Context, a *app.App, name string) (remote.Actor, error) {
	if err := a.Keys.EnsureInstance(ctx, a.Settings.PublicURL); err != nil {
		return remote.Actor{}, fmt.Errorf("make the key of this server's actor: %w", err)
	}
	actor, _, err := a.Remotes.Lookup(ctx, name)
	return actor, err
}

type blockListCommand struct{}

// Help shows how it is used.
func (blockListCommand) Help() string { return "For example:\n\n  bloghorn block list" }

// Run prints one line a block: kind, value, date, reason.
func (blockListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		page := func(after database.ID) ([]moderation.Block, error) {
			return moderation.ListBlocks(in.ctx, db, after, app.PageSize)
		}
		none := true
		err := app.EachRow(page, func(b moderation.Block) database.ID { return b.ID }, func(b moderation.Block) error {
			none = false
			_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", b.Kind, b.Value, b.CreatedAt.Format(time.DateOnly), b.Reason)
			return err
		})
		if err != nil {
			return fmt.Errorf("list the blocks: %w", err)
		}
		if none {
			fmt.Fprintln(in.stderr, "Nobody is blocked.")
		}
		return table.Flush()
	})
}
