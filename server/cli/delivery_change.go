package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// deliveryTarget is one delivery, or all of a server.
type deliveryTarget struct {
	ID   string `arg:"" optional:"" help:"Id as delivery list prints it."`
	Host string `help:"All to this server." placeholder:"HOST"`
}

// check refuses what could mean everything or nothing.
func (t deliveryTarget) check() error {
	switch one, all := t.ID != "", hostName(t.Host) != ""; {
	case one && all:
		return exit.With(exit.Usage, "an id names one delivery, and --host all of a server. Nothing was changed; give one of the two.")
	case !one && !all:
		return exit.With(exit.Usage, "which deliveries? Give one id as `bloghorn delivery list` prints it, or --host HOST.")
	}
	return nil
}

type deliveryRetryCommand struct{ deliveryTarget }

// Help shows how it is used.
func (deliveryRetryCommand) Help() string {
	return "For example:\n\n  bloghorn delivery retry dazvpiaq4ysaa-52wv7mzfahqd4\n  bloghorn delivery retry --host pasture.example\n\n" +
		"With --host, what waits for the server goes out at once, and so does what it refused or what expired in the last two weeks. " +
		"What a Delete has overtaken is never sent again."
}

// Run makes the deliveries due.
func (c deliveryRetryCommand) Run(in *invocation) error {
	if err := c.check(); err != nil {
		return err
	}
	return in.withDatabase(func(db *database.DB) error {
		if c.ID != "" {
			return c.one(in, db)
		}
		n, isTried := int64(0), false
		err := db.InTx(in.ctx, func(tx *database.Tx) (err error) {
			if n, err = delivery.RetryHost(in.ctx, tx, hostName(c.Host), time.Now()); err != nil || n > 0 {
				return err
			}
			isTried, err = delivery.IsTried(in.ctx, tx, hostName(c.Host))
			return err
		})
		if isTried {
			fmt.Fprintf(in.stderr, "What waits for %s is being tried at this moment.\n", hostName(c.Host))
			return nil
		}
		if err == nil && n == 0 {
			return exit.With(exit.NotFound, "nothing for %[1]s could be tried again or sooner. See: bloghorn delivery list --host %[1]s", hostName(c.Host))
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "Tried at once: %s to %s.\n", countedDeliveries(n), hostName(c.Host))
		}
		return err
	})
}

func (c deliveryRetryCommand) one(in *invocation, db *database.DB) error {
	d, err := findDelivery(in, db, c.ID)
	if err != nil {
		return err
	}
	if d.State == delivery.Delivered {
		fmt.Fprintf(in.stderr, "%s has it already; nothing to do.\n", d.Host)
		return nil
	}
	err = db.InTx(in.ctx, func(tx *database.Tx) error { return delivery.Retry(in.ctx, tx, d, time.Now()) })
	switch {
	case errors.Is(err, delivery.ErrOvertaken):
		return exit.With(exit.Refused, "the delivery is not tried again: what it is about was deleted since, and would come back on %s.", d.Host)
	case errors.Is(err, delivery.ErrCancelled):
		return exit.With(exit.Refused, "the delivery is not tried again: it was %s.", d.Explain(time.Now()))
	case err == nil:
		fmt.Fprintf(in.stderr, "It is tried at once. See: bloghorn delivery show %s\n", d.Ref())
	}
	return err
}

type deliveryDropCommand struct {
	deliveryTarget
	Yes bool `help:"Give up without asking; readers there will not get it."`
}

// Help shows how it is used.
func (deliveryDropCommand) Help() string {
	return "For example:\n\n  bloghorn delivery drop dazvpiaq4ysaa-52wv7mzfahqd4\n  bloghorn delivery drop --host gone.example --yes\n\n" +
		"Only what waits is given up. It stays in the ledger as cancelled, and retry takes it up again."
}

// Run gives the deliveries up.
func (c deliveryDropCommand) Run(in *invocation) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.ID == "" && !c.Yes {
		return exit.With(exit.Refused, "everything that waits for %s would be given up, and readers there would not get it. If that is what you want, add --yes.", hostName(c.Host))
	}
	return in.withDatabase(func(db *database.DB) error {
		if c.ID == "" {
			n, err := delivery.DropHost(in.ctx, db, hostName(c.Host), time.Now())
			if err == nil && n == 0 {
				return exit.With(exit.NotFound, "nothing waits for %[1]s, so nothing was given up. See: bloghorn delivery list --host %[1]s", hostName(c.Host))
			}
			if err == nil {
				fmt.Fprintf(in.stderr, "Given up: %s to %s.\n", countedDeliveries(n), hostName(c.Host))
			}
			return err
		}
		d, err := findDelivery(in, db, c.ID)
		if err != nil {
			return err
		}
		dropped, err := delivery.Drop(in.ctx, db, d, time.Now())
		if err == nil && !dropped {
			return exit.With(exit.Refused, "the delivery does not wait any more: %s.", d.Explain(time.Now()))
		}
		if err == nil {
			fmt.Fprintln(in.stderr, "It is given up.")
		}
		return err
	})
}

// tillResumed is how long a pause without an end lasts.
const tillResumed = config.Duration(100 * 365 * 24 * time.Hour)

type deliveryPauseCommand struct {
	Host string          `arg:"" help:"The server, as pasture.example."`
	For  config.Duration `help:"How long, as 12h or 3d (default: until you resume)." placeholder:"TIME"`
}

// Help shows how it is used.
func (deliveryPauseCommand) Help() string {
	return "For example:\n\n  bloghorn delivery pause pasture.example --for 1d\n\n" +
		"What is for the server waits and goes out afterwards; nothing expires meanwhile."
}

// Run pauses; a running server obeys within a second.
func (c deliveryPauseCommand) Run(in *invocation) error {
	host, span := hostName(c.Host), c.For
	if err := mustBeHost(host); err != nil {
		return err
	}
	if span == 0 {
		span = tillResumed
	}
	return in.withDatabase(func(db *database.DB) error {
		sent, err := delivery.List(in.ctx, db, delivery.Filter{Host: host, Limit: 1})
		if err != nil {
			return err
		}
		now := time.Now()
		until := now.Add(time.Duration(span))
		err = db.InTx(in.ctx, func(tx *database.Tx) error { return delivery.Pause(in.ctx, tx, host, until, now) })
		if err == nil && len(sent) == 0 {
			fmt.Fprintf(in.stderr, "Nothing was sent to %s in the last 90 days; look for a typing error. It is paused all the same.\n", host)
		}
		if err == nil && c.For == 0 {
			fmt.Fprintf(in.stderr, "Nothing is sent to %s until: bloghorn delivery resume %s\n", host, host)
		} else if err == nil {
			fmt.Fprintf(in.stderr, "Nothing is sent to %s until %s.\n", host, until.UTC().Format(time.RFC3339))
		}
		return err
	})
}

type deliveryResumeCommand struct {
	Host string `arg:"" help:"The server, as pasture.example."`
}

// Help shows how it is used.
func (deliveryResumeCommand) Help() string {
	return "For example:\n\n  bloghorn delivery resume pasture.example\n\nIt also ends a pause that the server got because it failed."
}

// Run resumes.
func (c deliveryResumeCommand) Run(in *invocation) error {
	host := hostName(c.Host)
	return in.withDatabase(func(db *database.DB) error {
		paused := false
		err := db.InTx(in.ctx, func(tx *database.Tx) (err error) {
			paused, err = delivery.Resume(in.ctx, tx, host, time.Now())
			return err
		})
		if err == nil && !paused {
			return exit.With(exit.NotFound, "%[1]s is not paused; nothing was changed. See: bloghorn delivery list --host %[1]s", host)
		}
		if err == nil {
			fmt.Fprintf(in.stderr, "%s gets what waits for it.\n", host)
		}
		return err
	})
}
