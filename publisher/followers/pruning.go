package followers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
)

// No answer of an inbox removes a follower: servers answer 404 because of a proxy, a signature, a
// migration. It only makes us ask for the follower's own document, once a day. Where that is 404 or
// 410 on three different days, the follower is removed; where it is there, nothing has happened.
// What was sent to a shared inbox that is gone goes to the personal inboxes behind it.
const (
	AskEvery     = 24 * time.Hour
	enoughDays   = 3
	askBatch     = 20
	sharedAgain  = 7 * 24 * time.Hour // a shared inbox that was gone is tried again after this
	maxSameInbox = 100                // actors that are asked for because of one inbox
)

// Pruning finds out which followers have left without a word.
type Pruning struct {
	DB      *database.DB
	Remotes *remote.Directory
	Log     *slog.Logger
	Now     func() time.Time

	loop.Waker
}

// InboxGone takes note that an inbox answered 404 or 410 to an activity
// (delivery.Worker.InboxGone). Where it is a shared one, the activity is enqueued for the personal
// inboxes of the followers behind it, and so is what comes later, for a week.
func (d *Pruning) InboxGone(ctx context.Context, tx database.Querier, activity database.ID, inbox string) error {
	shared, err := markSharedGone(ctx, tx, inbox, d.Now())
	if err != nil {
		return fmt.Errorf("give up the shared inbox %s: %w", inbox, err)
	}
	if shared {
		if err := d.reroute(ctx, tx, activity, inbox); err != nil {
			return fmt.Errorf("send to those behind %s: %w", inbox, err)
		}
	}
	actors, err := followersAt(ctx, tx, inbox, maxSameInbox)
	if err != nil {
		return fmt.Errorf("look for followers at %s: %w", inbox, err)
	}
	for _, actor := range actors {
		if err := insertDeparture(ctx, tx, actor, d.Now()); err != nil && !errors.Is(err, database.ErrDuplicate) {
			return fmt.Errorf("plan to ask for a follower at %s: %w", inbox, err)
		}
	}
	return nil
}

func (d *Pruning) reroute(ctx context.Context, tx database.Querier, activity database.ID, inbox string) error {
	ours, err := remote.OwnHosts(ctx, tx)
	if err != nil {
		return err
	}
	personal := NewInboxSet(ours)
	for after := database.ID(0); ; {
		page, err := behindShared(ctx, tx, activity, inbox, after, Batch)
		if err != nil {
			return err
		}
		if err := personal.Add(ctx, tx, page, func(f Recipient) string { return f.Inbox }); err != nil {
			return err
		}
		if len(page) < Batch {
			return delivery.Reroute(ctx, tx, activity, inbox, personal.All(), d.Now())
		}
		after = page[len(page)-1].ActorID
	}
}

// HostDead gives up the followers on a host that has not answered for 90 days, and says how many
// there were (delivery.Worker.HostDead). Followers whose inbox lies on another host than their id
// stay: their inbox may well answer.
func (d *Pruning) HostDead(ctx context.Context, tx database.Querier, host string) (n int, err error) {
	for after := database.ID(0); ; {
		page, err := followersOnHost(ctx, tx, host, after, Batch)
		if err != nil {
			return n, fmt.Errorf("list followers on %s: %w", host, err)
		}
		for _, f := range page {
			after = f.ActorID
			if activitypub.Host(f.Inbox) != host {
				continue
			}
			if err := removeFollower(ctx, tx, f); err != nil {
				return n, fmt.Errorf("remove a follower on %s: %w", host, err)
			}
			n++
		}
		if len(page) < Batch {
			return n, nil
		}
	}
}

// Run asks for followers who may have left until ctx ends, then returns nil.
func (d *Pruning) Run(ctx context.Context) error {
	return loop.Loop{
		Waker: &d.Waker, Now: d.Now, Log: d.Log, Round: d.Round,
		Next: func(ctx context.Context) (time.Time, error) { return nextDeparture(ctx, d.DB) },
	}.Run(ctx)
}

// Round asks for everybody who is due.
func (d *Pruning) Round(ctx context.Context) error {
	if err := forgetSharedGone(ctx, d.DB, d.Now().Add(-sharedAgain)); err != nil {
		return fmt.Errorf("try shared inboxes again: %w", err)
	}
	for ctx.Err() == nil {
		due, err := dueDepartures(ctx, d.DB, d.Now(), askBatch)
		if err != nil {
			return fmt.Errorf("list followers to ask for: %w", err)
		}
		for _, one := range due {
			if err := d.ask(ctx, one); err != nil {
				return fmt.Errorf("ask for %s: %w", one.uri, err)
			}
		}
		if len(due) < askBatch {
			return nil
		}
	}
	return nil
}

// ask moves the question to tomorrow before it asks, so that of several processes one does, and a
// crash costs a day.
func (d *Pruning) ask(ctx context.Context, one departure) error {
	ours, err := postponeDeparture(ctx, d.DB, one, d.Now().Add(AskEvery))
	if err != nil || !ours {
		return err
	}
	asked := d.Now()
	doc, err := d.Remotes.Fetch(ctx, one.uri)
	switch {
	case errors.Is(err, remote.ErrGone):
		return d.strike(ctx, one, asked)
	case err != nil:
		d.Log.Debug("a follower's server says nothing", "host", activitypub.Host(one.uri), "err", err)
		return nil
	}
	return d.DB.InTx(ctx, func(tx *database.Tx) error {
		if _, err := d.Remotes.Store(ctx, tx, doc, asked); err != nil && !errors.Is(err, remote.ErrNotTrusted) {
			return err
		}
		return deleteDeparture(ctx, tx, one.actor)
	})
}

// strike counts a day on which the follower was gone when their server was asked, and after three
// removes them, unless they were seen since.
func (d *Pruning) strike(ctx context.Context, one departure, asked time.Time) error {
	if one.strikes+1 < enoughDays {
		return countStrike(ctx, d.DB, one.actor)
	}
	removed := 0
	err := d.DB.InTx(ctx, func(tx *database.Tx) (err error) {
		removed = 0
		gone, err := d.Remotes.MarkGone(ctx, tx, one.uri, asked)
		if err != nil {
			return err
		}
		if gone {
			if removed, err = Remove(ctx, tx, 0, Match{ActorURI: one.uri}); err != nil {
				return err
			}
		}
		return deleteDeparture(ctx, tx, one.actor)
	})
	if err == nil && removed > 0 {
		d.Log.Info("a follower is gone: their server has said so on three days", "host", activitypub.Host(one.uri), "actor", one.uri, "blogs", removed)
	}
	return err
}
