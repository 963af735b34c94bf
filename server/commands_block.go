package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

type blockCommands struct {
	Add    blockAddCommand    `cmd:"" help:"Keep a person or a server out of every blog here."`
	List   blockListCommand   `cmd:"" help:"List who is kept out."`
	Remove blockRemoveCommand `cmd:"" help:"Let a person or a server in again."`
}

type blockTarget struct {
	Target string `arg:"" help:"A domain (spam.example), the handle of a person we have met (@eve@spam.example) or the address of her actor."`
}

// kind tells a person from a domain, which includes its subdomains.
func (t blockTarget) kind() (kind, value string) {
	if strings.ContainsAny(t.Target, "@/") {
		return replies.BlockActor, t.Target
	}
	return replies.BlockDomain, t.Target
}

type blockAddCommand struct {
	blockTarget
	Why string `help:"A reason for the log of decisions."`
}

// Help shows how it is used.
func (blockAddCommand) Help() string {
	return "For example:\n\n  bloghorn block add spam.example --why \"nothing but spam\"\n  bloghorn block add https://mean.example/users/eve\n\n" +
		"Their replies are hidden, their likes and boosts no longer count, they no longer follow, and what waits for them is not delivered."
}

// Run blocks; a running server obeys at once.
func (c blockAddCommand) Run(in *invocation) error {
	return in.block(c.blockTarget, func(db *database.DB, kind, value string) error {
		effect, err := replies.AddBlock(in.ctx, db, 0, kind, value, c.Why, who, time.Now())
		if err == nil {
			fmt.Fprintf(in.stderr, "%s is blocked: %d replies hidden, %d likes and boosts no longer counted, %d followers removed.\n",
				effect.Block.Value, effect.Replies, effect.Reactions, effect.Followers)
		}
		return err
	})
}

type blockRemoveCommand struct{ blockTarget }

// Help shows how it is used.
func (blockRemoveCommand) Help() string {
	return "For example:\n\n  bloghorn block remove spam.example"
}

// Run lifts a block. Likes and boosts count again; replies that it hid stay hidden until they are approved.
func (c blockRemoveCommand) Run(in *invocation) error {
	return in.block(c.blockTarget, func(db *database.DB, kind, value string) error {
		err := replies.RemoveBlock(in.ctx, db, 0, kind, value, who, time.Now())
		if errors.Is(err, web.ErrNotFound) {
			return exit(exitNotFound, "%s is not blocked. See: bloghorn block list", value)
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s is blocked no more, and their likes and boosts count again. Replies that the block hid stay hidden until you approve them: bloghorn reply list --status hidden\n", value)
		}
		return err
	})
}

func (in *invocation) block(t blockTarget, do func(db *database.DB, kind, value string) error) error {
	return in.withDatabase(func(db *database.DB) error {
		kind, value := t.kind()
		err := do(db, kind, value)
		if errors.Is(err, web.ErrInvalid) {
			return &exitError{exitUsage, err}
		}
		return err
	})
}

type blockListCommand struct{}

// Help shows how it is used.
func (blockListCommand) Help() string { return "For example:\n\n  bloghorn block list" }

// Run prints one line a block: kind, value, date, reason.
func (blockListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		page := func(after database.ID) ([]replies.Block, error) {
			return replies.ListBlocks(in.ctx, db, after, pageSize)
		}
		err := eachRow(page, func(b replies.Block) database.ID { return b.ID }, func(b replies.Block) error {
			_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", b.Kind, b.Value, b.CreatedAt.Format(time.DateOnly), b.Reason)
			return err
		})
		if err != nil {
			return fmt.Errorf("list the blocks: %w", err)
		}
		return table.Flush()
	})
}
