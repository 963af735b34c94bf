package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/web"
)

type quoteCommands struct {
	List   quoteListCommand   `cmd:"" help:"List who may quote a post, newest last."`
	Revoke quoteRevokeCommand `cmd:"" help:"Take back the leave to quote a post: the other server is told, and shows it no more."`
}

type quoteListCommand struct {
	Limit atMost `help:"At most so many." default:"50"`
}

// Help shows how it is used.
func (quoteListCommand) Help() string {
	return "Who may quote is a setting of each blog: bloghorn blog edit blog --quotes followers\n\nFor example:\n\n  bloghorn quote list"
}

// Run prints one line a quote: id, date, what has become of the leave, what quotes.
func (c quoteListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		quotes, err := moderation.Quotes(in.ctx, db, 0, int(c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, q := range quotes {
			state := "allowed"
			if !q.RevokedAt.IsZero() {
				state = "taken back"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", q.ID, q.CreatedAt.Format(time.DateTime), state, q.Instrument)
		}
		if len(quotes) == 0 {
			fmt.Fprintln(in.stderr, "Nobody has asked to quote a post.")
		}
		return table.Flush()
	})
}

type quoteRevokeCommand struct {
	ID  string `arg:"" help:"Id as quote list prints it."`
	Why string `help:"A reason for the log of decisions."`
}

// Help shows how it is used.
func (quoteRevokeCommand) Help() string {
	return "For example:\n\n  bloghorn quote revoke dirrxtyqaaaaa --why \"quoted out of context\""
}

// Run takes the leave back; a running server tells the other one within a second.
func (c quoteRevokeCommand) Run(in *invocation) error {
	id, err := parseID(c.ID, "quote", "quote list")
	if err != nil {
		return fmt.Errorf("%w. Nothing was changed", err)
	}
	return in.withDatabase(func(db *database.DB) error {
		err := moderation.RevokeQuote(in.ctx, db, id, who, c.Why, time.Now())
		if errors.Is(err, web.ErrNotFound) {
			return exit.With(exit.NotFound, "there is no quote %s, or its leave was taken back already. See: bloghorn quote list", id)
		}
		if err == nil {
			fmt.Fprintln(in.stderr, "Taken back. A running server tells the other one at once; a post that has lost its leave gets none again.")
		}
		return err
	})
}
