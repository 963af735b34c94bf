package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type replyShowCommand struct {
	ID string `arg:"" help:"Id as reply list prints it, or the reply's own address."`
}

// Help shows how it is used.
func (replyShowCommand) Help() string {
	return "For example:\n\n  bloghorn reply show dirrxtyqaaaaa\n  bloghorn reply show https://pasture.example/@ada/1\n\n" +
		"It shows the whole text, the post and the reply that it answers, why it is held or hidden, what the journal says about it, and what was decided."
}

// Run prints a line for each thing that is known, then the text, the journal and the decisions.
func (c replyShowCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		id, err := in.findReply(db, c.ID)
		if err != nil {
			return err
		}
		d, err := moderation.ReadDossier(in.ctx, db, id)
		if err != nil {
			return err
		}
		if err := in.show(slices.DeleteFunc(replyLines(d, app.OutsideOf(in.ctx).Now()), line.isEmpty)); err != nil {
			return err
		}
		fmt.Fprintf(in.stdout, "\n%s\n", indent(replyText(d.Listed)))
		return in.showHistory(db, d)
	})
}

func replyLines(d moderation.Dossier, now time.Time) []line {
	lines := []line{
		{"id", d.Reply.ID.String()}, {"address", d.ObjectURI}, {"page", d.URL}, {"author", author(d.Item)}, {"on", d.BlogHandle},
		{"post", strings.TrimSpace(safehtml.Line(d.PostTitle) + " " + d.PostURL)}, {"kind", d.Kind}, {"state", d.Status},
		{"because", safehtml.Line(d.Because())}, {"since", feeds.Moment(d.Why.At, now)},
		{"visibility", d.Visibility}, {"language", d.Language}, {"written", feeds.Moment(d.PublishedAt, now)},
		{"came", feeds.Moment(d.ReceivedAt, now)}, {"edited", feeds.Moment(d.EditedAt, now)}, {"approved", feeds.Moment(d.ApprovedAt, now)},
		{"text goes", feeds.Moment(d.LetGoAt, now)},
	}
	if d.Parent != nil {
		lines = append(lines, line{"answers", fmt.Sprintf("%s of %s (%s): %s", d.Parent.Reply.ID, author(d.Parent.Item), d.Parent.Status,
			safehtml.Excerpt(safehtml.Line(replyText(*d.Parent)), 300))})
	}
	for _, a := range d.Attachments {
		lines = append(lines, line{"attached", strings.TrimSpace(a.URL + " " + safehtml.Line(a.Name))})
	}
	return append(lines, line{"warning", safehtml.Line(d.CW)})
}

// author is the name and the handle, or the blog itself.
func author(i thread.Item) string {
	if i.Author.ID == 0 {
		return "the blog itself"
	}
	return strings.TrimSpace(safehtml.Line(i.Author.Name) + " " + safehtml.Line(i.Author.Handle))
}

// replyText is what a reply says, in plain text and whole.
func replyText(l moderation.Listed) string {
	switch {
	case l.TextGone():
		return "(its text was let go)"
	case l.Status == thread.Deleted:
		return "(its author deleted it)"
	}
	return cmp.Or(strings.TrimSpace(safehtml.Text(l.HTML.String())), "(no text)")
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// maxHistory is how many lines of the journal are printed for one reply.
const maxHistory = 500

// showHistory prints what the journal and the log of decisions say.
func (in *invocation) showHistory(db *database.DB, d moderation.Dossier) error {
	received, err := inbox.ListReceived(in.ctx, db, inbox.ReceivedFilter{About: d.ObjectURI}, maxHistory)
	if err != nil {
		return err
	}
	fmt.Fprintln(in.stdout, "\nWhat came about it:")
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
	for _, r := range received {
		fmt.Fprintf(table, "  %s\n", receivedLine(r))
	}
	if len(received) == 0 {
		fmt.Fprintln(table, "  nothing that the journal remembers (30 days)")
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(in.stdout, "\nWhat was decided about it, its author and their server:")
	for _, one := range d.Decisions {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", one.At.Format(time.DateTime), one.Who, one.What, one.Target, safehtml.Line(one.Why))
	}
	if len(d.Decisions) == 0 {
		fmt.Fprintln(table, "  nothing")
	}
	return table.Flush()
}
