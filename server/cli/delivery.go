package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

type deliveryCommands struct {
	Ledger deliveryLedgerCommand `cmd:"" help:"Sum up what became of all that was ever sent, and check that nothing is missing: exit code 0 or 1."`
	List   deliveryListCommand   `cmd:"" help:"List deliveries, from the newest on."`
	Show   deliveryShowCommand   `cmd:"" help:"Show one delivery: what was sent where, and what the server answered."`
	Retry  deliveryRetryCommand  `cmd:"" help:"Try again at once, one delivery or all to a server."`
	Drop   deliveryDropCommand   `cmd:"" help:"Give up a delivery that waits, or all that waits for a server."`
	Pause  deliveryPauseCommand  `cmd:"" help:"Send nothing to a server for a while; what is for it waits."`
	Resume deliveryResumeCommand `cmd:"" help:"Send to a server again."`
}

type deliveryLedgerCommand struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Help shows how it is used.
func (deliveryLedgerCommand) Help() string {
	return "For example:\n\n  bloghorn delivery ledger\n  bloghorn delivery ledger --json\n\n" +
		"A delivery is one activity for one inbox. Every one that was ever enqueued is in one of the states, and none disappears; " +
		"where the sums say otherwise, the exit code is 1."
}

// Run prints the sums and fails where they do not agree.
func (c deliveryLedgerCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		l, err := delivery.ReadLedger(in.ctx, db)
		if err != nil {
			return err
		}
		if err := c.print(in, l); err != nil {
			return err
		}
		if !l.Agrees() {
			return exit.With(exit.Failed, "the sums do not agree: enqueued %d, in the ledger %d. Somebody changed the database, or "+
				"a backup was restored in part. Activities concerned: %s", l.Enqueued, l.Sum(), strings.Join(l.Wrong, ", "))
		}
		return nil
	})
}

func (c deliveryLedgerCommand) print(in *invocation, l delivery.Ledger) error {
	if c.JSON {
		sums := map[string]any{"enqueued": l.Enqueued, "sum": l.Sum(), "agrees": l.Agrees()}
		for _, state := range delivery.States {
			sums[state] = l.States[state]
		}
		return json.NewEncoder(in.stdout).Encode(sums)
	}
	table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	for _, state := range delivery.States {
		fmt.Fprintf(table, "%s\t%d\t\n", state, l.States[state])
	}
	fmt.Fprintf(table, "sum\t%d\t\nenqueued\t%d\t\n", l.Sum(), l.Enqueued)
	return table.Flush()
}

type deliveryListCommand struct {
	Host  string `help:"Only to this server." placeholder:"HOST"`
	State string `help:"Only in this state: pending, delivered, refused, gone, expired or cancelled." placeholder:"STATE"`
	Limit atMost `help:"At most so many." default:"50"`
}

// Help shows how it is used.
func (deliveryListCommand) Help() string {
	return "For example:\n\n  bloghorn delivery list --state pending\n  bloghorn delivery list --host pasture.example --state refused\n\n" +
		"The first column is what show, retry and drop take."
}

// Run prints a line for each.
func (c deliveryListCommand) Run(in *invocation) error {
	if c.State != "" && !slices.Contains(delivery.States, c.State) {
		return exit.With(exit.Usage, "no delivery is ever %q. The states are: %s.", c.State, strings.Join(delivery.States, ", "))
	}
	return in.withDatabase(func(db *database.DB) error {
		list, err := delivery.List(in.ctx, db, delivery.Filter{Host: hostName(c.Host), State: c.State, Limit: int(c.Limit)})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			fmt.Fprintln(in.stderr, c.none())
			return nil
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, d := range list {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
				d.Ref(), d.CreatedAt.Format(time.DateTime), d.Kind, d.State, d.Inbox, d.Explain(time.Now()))
		}
		return table.Flush()
	})
}

// none says that nothing is listed, and of what.
func (c deliveryListCommand) none() string {
	said := "No delivery"
	if c.Host != "" {
		said += " to " + hostName(c.Host)
	}
	if c.State != "" {
		return said + " is " + c.State + ". The sums of all: bloghorn delivery ledger"
	}
	return said + " is there: nothing was sent, or it arrived more than 90 days ago. The sums of all: bloghorn delivery ledger"
}

// countedDeliveries is a number of them in words.
func countedDeliveries(n int64) string {
	if n == 1 {
		return "1 delivery"
	}
	return fmt.Sprintf("%d deliveries", n)
}

type deliveryShowCommand struct {
	ID string `arg:"" help:"Id as delivery list prints it."`
}

// Help shows how it is used.
func (deliveryShowCommand) Help() string {
	return "For example:\n\n  bloghorn delivery show dazvpiaq4ysaa-52wv7mzfahqd4"
}

// Run prints what is known, a line each: name and value.
func (c deliveryShowCommand) Run(in *invocation) error {
	return in.withDatabase(func(db *database.DB) error {
		d, err := findDelivery(in, db, c.ID)
		if err != nil {
			return err
		}
		return in.show(slices.DeleteFunc(deliveryLines(d, time.Now()), line.isEmpty))
	})
}

func deliveryLines(d delivery.Delivery, now time.Time) []line {
	kind := d.Kind
	if d.Joined {
		kind = "Update, sent as the Create that never arrived"
	}
	return []line{
		{"id", d.Ref()}, {"activity", d.ActivityURI}, {"kind", kind}, {"inbox", d.Inbox}, {"host", d.Host}, {"state", d.State},
		{"tries", fmt.Sprint(d.Attempts)}, {"enqueued", feeds.Moment(d.CreatedAt, now)}, {"next try", feeds.Moment(d.NextAttemptAt, now)},
		{"settled", feeds.Moment(d.SettledAt, now)}, {"last answer", d.LastAnswer}, {"in words", d.Explain(now)},
	}
}

func findDelivery(in *invocation, db *database.DB, id string) (delivery.Delivery, error) {
	d, err := delivery.Find(in.ctx, db, id)
	if errors.Is(err, delivery.ErrBadRef) || errors.Is(err, database.ErrNotFound) {
		return d, exit.With(exit.NotFound, "no delivery has the id %.100q. See: bloghorn delivery list", id)
	}
	return d, err
}

// hostName is a host as the tables have it: what people paste is often an address.
func hostName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, after, is := strings.Cut(s, "://"); is {
		s = after
	}
	s, _, _ = strings.Cut(s, "/")
	return feeds.ASCIIHost(s)
}

// mustBeHost refuses what can be the name of no server.
func mustBeHost(name string) error {
	u, err := url.Parse("https://" + name)
	if err != nil || u.Hostname() == "" || u.Host != name {
		return exit.With(exit.Usage, "%.200q is not the name of a server; nothing was changed. Write it as pasture.example.", name)
	}
	return nil
}
