package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// who signs the decisions that are made from the command line.
const who = "command line"

type replyCommands struct {
	List    replyListCommand    `cmd:"" help:"List replies, newest last."`
	Show    replyShowCommand    `cmd:"" help:"Show a reply whole, and why it has its state."`
	Approve replyApproveCommand `cmd:"" help:"Show held or hidden replies; their authors are known from then on."`
	Hide    replyHideCommand    `cmd:"" help:"Hide replies from readers."`
	Answer  replyAnswerCommand  `cmd:"" help:"Answer a reply, or say something under a post, as the blog."`
	Edit    replyEditCommand    `cmd:"" help:"Change an answer of the blog."`
	Delete  replyDeleteCommand  `cmd:"" help:"Take answers of the blog back."`
	Log     replyLogCommand     `cmd:"" help:"Show who decided what about replies, people and servers."`
}

type replyListCommand struct {
	Status string `help:"Only these: held (for you), shown, withheld (its author or a setting of the blog keeps it off the page), hidden or expired (held for so long that the text went)." enum:"held,pending,shown,withheld,hidden,expired" default:"held"`
	Limit  atMost `help:"At most so many." default:"50"`
}

// Help shows how it is used.
func (replyListCommand) Help() string {
	return "For example:\n\n  bloghorn reply list\n  bloghorn reply list --status hidden"
}

// Run prints one line a reply: id, date, author, the post it stands under, beginning of the text.
func (c replyListCommand) Run(in *invocation) error {
	if c.Status == "pending" { // its name before, deprecated
		c.Status = thread.Held
	}
	return in.withDatabase(func(db *database.DB) error {
		items, err := moderation.List(in.ctx, db, c.Status, 0, 0, int(c.Limit))
		if err != nil {
			return fmt.Errorf("list the replies: %w", err)
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, item := range items {
			text := safehtml.Excerpt(safehtml.Line(safehtml.Text(item.HTML.String())), 80)
			if item.TextGone() {
				text = "(its text was let go)"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s", item.Reply.ID, item.PublishedAt.Format(time.DateTime), safehtml.Line(item.Author.Handle),
				safehtml.Excerpt(safehtml.Line(cmp.Or(item.PostTitle, item.PostURL)), 40), text)
			if why := item.KeptBack(); why != "" {
				fmt.Fprintf(table, "\t%s", why)
			}
			fmt.Fprintln(table)
		}
		if len(items) == 0 {
			fmt.Fprintf(in.stderr, "No reply is %s.\n", c.Status)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if err := in.sayWithheld(db, c.Status); err != nil {
			return err
		}
		if len(items) > 0 {
			fmt.Fprintln(in.stderr, "A reply whole, and why it is here: bloghorn reply show ID")
		}
		return in.sayCrowded(db)
	})
}

// sayWithheld tells of replies that nobody sees although no moderator holds them.
func (in *invocation) sayWithheld(db *database.DB, listed string) error {
	n, err := moderation.CountWithheld(in.ctx, db)
	if err != nil || n == 0 || listed == thread.Withheld {
		return err
	}
	fmt.Fprintf(in.stderr, "Withheld besides: %s, kept off the page by the author's profile or a setting of the blog. "+
		"You may answer all the same. See why: bloghorn reply list --status withheld\n", moderation.CountedReplies(n))
	return nil
}

// sayCrowded tells on which blogs replies are refused because too many wait, and what to do.
func (in *invocation) sayCrowded(db *database.DB) error {
	crowds, err := moderation.Crowds(in.ctx, db)
	for _, c := range crowds {
		blog, err := feeds.BlogByID(in.ctx, db, c.BlogID)
		if err != nil {
			return fmt.Errorf("look for the blog: %w", err)
		}
		var from []string
		for _, s := range c.Sites {
			from = append(from, fmt.Sprintf("%s (%d)", safehtml.Line(s.Site), s.Held))
		}
		fmt.Fprintf(in.stderr, "%d replies wait on %s, and there is room for %d, or for %d MiB of text. "+
			"So replies are refused now, at first of servers that have many there. Most are from %s. "+
			"Approve or hide some; to hide all of a server and keep it out: bloghorn block add %s\n",
			c.Held, blog.Username, bounds.HeldPerBlog, bounds.HeldBytesPerBlog>>20, strings.Join(from, ", "), safehtml.Line(c.Sites[0].Site))
	}
	return err
}

type replyApproveCommand struct {
	IDs []string `arg:"" name:"id" help:"Ids as reply list prints them, or addresses as reply log does."`
}

// Help shows how it is used.
func (replyApproveCommand) Help() string {
	return "For example:\n\n  bloghorn reply approve dirrxtyqaaaaa"
}

// Run approves each reply; a running server shows it at the next read.
func (c replyApproveCommand) Run(in *invocation) error {
	return in.decide(c.IDs, "Approved", func(db *database.DB, id database.ID) error {
		if err := moderation.Approve(in.ctx, db, id, who, "", time.Now()); err != nil {
			return err
		}
		l, err := moderation.ListedByID(in.ctx, db, id)
		if err != nil {
			return err
		}
		if why := l.KeptBack(); why != "" {
			fmt.Fprintf(in.stderr, "No reader sees it yet: %s.\n", safehtml.Line(why))
		}
		return nil
	})
}

type replyHideCommand struct {
	IDs []string `arg:"" name:"id" help:"Ids as reply list prints them, or addresses as reply log does."`
	Why string   `help:"A reason for the log of decisions."`
}

// Help shows how it is used.
func (replyHideCommand) Help() string {
	return "For example:\n\n  bloghorn reply hide dirrxtyqaaaaa --why off-topic"
}

// Run hides each reply; a running server stops showing it at the next read.
func (c replyHideCommand) Run(in *invocation) error {
	return in.decide(c.IDs, "Hidden", func(db *database.DB, id database.ID) error {
		before, err := moderation.ListedByID(in.ctx, db, id)
		if err != nil {
			return err
		}
		if err := moderation.Hide(in.ctx, db, id, who, c.Why, time.Now()); err != nil || before.Status != thread.Hidden {
			return err
		}
		now, err := moderation.ListedByID(in.ctx, db, id)
		fmt.Fprintf(in.stderr, "It was hidden already: %s.%s\n", safehtml.Line(before.Why.Words()), newWhy(before.Why, now.Why))
		return err
	})
}

// newWhy says whether a reply that was hidden has another reason now.
func newWhy(before, now thread.Why) string {
	if now == before {
		return " Nothing was changed."
	}
	return fmt.Sprintf(" Now it is %s.", safehtml.Line(now.Words()))
}

// decide runs one decision for each id or address, and says what was done. All are read before the
// first one is acted on.
func (in *invocation) decide(texts []string, done string, decision func(*database.DB, database.ID) error) error {
	return in.withDatabase(func(db *database.DB) error {
		ids := make([]database.ID, len(texts))
		for i, text := range texts {
			var err error
			if ids[i], err = in.findReply(db, text); err != nil {
				return fmt.Errorf("%w. Nothing was changed", err)
			}
		}
		for i, id := range ids {
			err := decision(db, id)
			if errors.Is(err, web.ErrNotFound) {
				return exit.With(exit.NotFound, "%w; done: %d of %d. See: bloghorn reply list", err, i, len(ids))
			}
			if err != nil {
				return fmt.Errorf("reply %s: %w", id, err)
			}
			fmt.Fprintf(in.stderr, "%s: %s\n", done, id)
		}
		return nil
	})
}

// findReply is the id of the reply that has this id or address.
func (in *invocation) findReply(db *database.DB, text string) (database.ID, error) {
	id, err := moderation.FindReply(in.ctx, db, text)
	switch {
	case errors.Is(err, web.ErrInvalid) || errors.Is(err, web.ErrNotFound):
		return 0, exit.With(exit.CodeOf(err, exit.Usage), "%w", err)
	case err != nil:
		return 0, fmt.Errorf("look for the reply: %w", err)
	}
	return id, nil
}

type replyLogCommand struct {
	Limit atMost `help:"At most so many of the newest, up to 500." default:"50"`
}

// Help shows how it is used.
func (replyLogCommand) Help() string {
	return "For example:\n\n  bloghorn reply log\n  bloghorn reply log --limit 500\n\nNothing is ever taken out of this log."
}

// Run prints one line a decision: date, who, what, about what, why.
func (c replyLogCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		log, err := moderation.Decisions(in.ctx, db, 0, int(c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, d := range log {
			target := d.Target
			if d.Reply != 0 {
				target = d.Reply.String() + " " + target
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", d.At.Format(time.DateTime), d.Who, d.What, target, safehtml.Line(d.Why))
		}
		if len(log) == 0 {
			fmt.Fprintln(in.stderr, "Nothing was decided yet.")
		}
		return table.Flush()
	})
}
