package cli

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

type reportCommands struct {
	List  reportListCommand  `cmd:"" help:"List what other servers have reported to you, newest last."`
	Show  reportShowCommand  `cmd:"" help:"Show one report whole."`
	Close reportCloseCommand `cmd:"" help:"Note that a report is dealt with."`
	Send  reportSendCommand  `cmd:"" help:"Report a reply to the server it came from."`
}

type reportListCommand struct {
	Closed bool   `help:"Those that are closed."`
	Limit  atMost `help:"At most so many." default:"50"`
}

// Help shows how it is used.
func (reportListCommand) Help() string { return "For example:\n\n  bloghorn report list" }

// Run prints one line a report: id, date, who reports, beginning of the reason.
func (c reportListCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		reports, err := moderation.Reports(in.ctx, db, c.Closed, 0, int(c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, r := range reports {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.ID, r.CreatedAt.Format(time.DateTime), r.Actor, safehtml.Excerpt(safehtml.Line(r.Reason), 80))
		}
		if len(reports) == 0 {
			none := "No report waits for you."
			if c.Closed {
				none = "No report was closed yet."
			}
			fmt.Fprintln(in.stderr, none)
		}
		return table.Flush()
	})
}

type reportShowCommand struct {
	ID string `arg:"" help:"Id as report list prints it."`
}

// Help shows how it is used.
func (reportShowCommand) Help() string { return "For example:\n\n  bloghorn report show dirrxtyqaaaaa" }

// Run prints the report.
func (c reportShowCommand) Run(in *invocation) error {
	return in.report(c.ID, func(db *database.DB, id database.ID) error {
		r, err := moderation.ReportByID(in.ctx, db, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(in.stdout, "from:   %s\nwhen:   %s\n", r.Actor, r.CreatedAt.Format(time.DateTime))
		for _, object := range r.Objects {
			fmt.Fprintf(in.stdout, "about:  %s\n", object)
		}
		if !r.ClosedAt.IsZero() {
			fmt.Fprintf(in.stdout, "closed: %s by %s\n", r.ClosedAt.Format(time.DateTime), r.ClosedBy)
		}
		fmt.Fprintf(in.stdout, "\n%s\n", safehtml.Line(r.Reason))
		return nil
	})
}

type reportCloseCommand struct {
	ID string `arg:"" help:"Id as report list prints it."`
}

// Help shows how it is used.
func (reportCloseCommand) Help() string {
	return "For example:\n\n  bloghorn report close dirrxtyqaaaaa"
}

// Run closes the report; nobody is told.
func (c reportCloseCommand) Run(in *invocation) error {
	return in.report(c.ID, func(db *database.DB, id database.ID) error {
		err := moderation.CloseReport(in.ctx, db, id, who, time.Now())
		if err == nil {
			fmt.Fprintln(in.stderr, "It is closed; the server it came from is not told.")
		}
		return err
	})
}

type reportSendCommand struct {
	ID  string `arg:"" name:"reply-id" help:"Id as reply list prints it."`
	Why string `help:"What is wrong with it, for the moderators there." required:""`
}

// Help shows how it is used.
func (reportSendCommand) Help() string {
	return "The report goes in the name of this server, not of the blog.\n\nFor example:\n\n" +
		"  bloghorn report send dirrxtyqaaaaa --why \"the same advertisement under every post\""
}

// Run enqueues the report; a running server delivers it within a second.
func (c reportSendCommand) Run(in *invocation) error {
	id, err := reportID(c.ID)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Why) == "" {
		return exit.With(exit.Usage, "--why is empty, and the moderators there would not know what is wrong; nothing was sent")
	}
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Keys.EnsureInstance(in.ctx, a.Settings.PublicURL); err != nil {
		return fmt.Errorf("make the key of this server's actor: %w", err)
	}
	host, err := moderation.SendReport(in.ctx, a.DB, a.Settings.PublicURL, id, who, c.Why, a.Now())
	if err != nil {
		return reportError(err)
	}
	fmt.Fprintf(in.stderr, "The report goes to %s.\n", host)
	return nil
}

// report does something with what an id names.
func (in *invocation) report(text string, do func(*database.DB, database.ID) error) error {
	id, err := reportID(text)
	if err != nil {
		return err
	}
	return in.withDatabase(func(db *database.DB) error { return reportError(do(db, id)) })
}

func reportID(text string) (database.ID, error) {
	id, err := parseID(text, "report or reply", "report list, bloghorn reply list")
	if err != nil {
		return 0, fmt.Errorf("%w. Nothing was changed", err)
	}
	return id, nil
}

// reportError adds what to do.
func reportError(err error) error {
	switch {
	case errors.Is(err, web.ErrNotFound):
		return exit.With(exit.NotFound, "%w. Nothing was changed. See: bloghorn report list, bloghorn reply list", err)
	case errors.Is(err, web.ErrTooMany):
		return exit.With(exit.Usage, "%w. Nothing was sent", err)
	}
	return err
}
