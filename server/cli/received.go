package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type receivedCommands struct {
	List receivedListCommand `cmd:"" help:"List what came, newest first."`
	Show receivedShowCommand `cmd:"" help:"Show one row of the journal."`
}

type receivedListCommand struct {
	State string `help:"Only these: done, dropped (it has no effect; the last column says why) or queued (for another server)." enum:",done,dropped,queued,waiting" default:"" placeholder:"STATE"`
	From  string `help:"Only what this server has caused." placeholder:"SERVER"`
	About string `help:"Only what is about the thing with this id: a post, a reply, a blog's actor." placeholder:"ADDRESS"`
	Limit atMost `help:"At most so many, up to 500." default:"50"`
}

// Help shows how it is used.
func (receivedListCommand) Help() string {
	return "For example:\n\n  bloghorn received list\n  bloghorn received list --state dropped --from pasture.example\n\n" +
		"What was done is remembered for 30 days, what had no effect for 7. Requests that were refused are in the log of the server, not here."
}

// Run prints one line a row: id, time, type, sender, state, what became of it.
func (c receivedListCommand) Run(in *invocation) error {
	if c.State == "waiting" { // its name before, deprecated
		c.State = inbox.StateQueued
	}
	return in.withDatabase(func(db *database.DB) error {
		rows, err := inbox.ListReceived(in.ctx, db, inbox.ReceivedFilter{State: c.State, Site: serverOf(c.From), About: strings.TrimSpace(c.About)}, int(c.Limit))
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintln(table, receivedLine(r))
		}
		if len(rows) == 0 {
			fmt.Fprintln(in.stderr, "The journal has nothing of that.")
		}
		return table.Flush()
	})
}

// serverOf is the server in what a person wrote: its name, its address, or a handle there.
func serverOf(text string) string {
	host := hostName(text)
	return host[strings.LastIndexByte(host, '@')+1:]
}

func receivedLine(r inbox.Received) string {
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", r.ID, r.At.UTC().Format(time.DateTime), safehtml.Line(r.Type), safehtml.Line(r.Actor), r.State,
		safehtml.Line(r.Verdict))
}

type receivedShowCommand struct {
	ID string `arg:"" help:"Id as received list prints it."`
}

// Help shows how it is used.
func (receivedShowCommand) Help() string {
	return "For example:\n\n  bloghorn received show dirrxtyqaaaaa"
}

// Run prints what the journal says, a line each: name and value.
func (c receivedShowCommand) Run(in *invocation) error {
	id, err := parseID(c.ID, "row of the journal", "received list")
	if err != nil {
		return err
	}
	return in.withDatabase(func(db *database.DB) error {
		r, err := inbox.ReceivedByID(in.ctx, db, id)
		if err != nil {
			return err
		}
		blog := ""
		if b, err := feeds.BlogByID(in.ctx, db, r.BlogID); err == nil {
			blog = b.Handle()
		}
		now, kind, tries := app.OutsideOf(in.ctx).Now(), "", ""
		if r.Forwarded {
			kind = "of somebody else, so that nothing in it was believed"
		}
		if r.Attempts > 0 {
			tries = fmt.Sprint(r.Attempts)
		}
		return in.show(slices.DeleteFunc([]line{
			{"id", r.ID.String()}, {"type", safehtml.Line(r.Type)}, {"activity", r.URI}, {"sent by", safehtml.Line(r.Actor)}, {"passed on", kind},
			{"blog", blog}, {"came", feeds.Moment(r.At, now)}, {"state", r.State}, {"what became of it", safehtml.Line(r.Verdict)},
			{"asks", r.Asks}, {"tries", tries}, {"next try", feeds.Moment(r.DueAt, now)},
		}, line.isEmpty))
	})
}
