package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// ErrDuplicate is returned for an activity that has had its effect.
var ErrDuplicate = errors.New("activity is in the journal already")

// meet gets to know the actor before the answer, if that is quick. Mostly it needs no question: her
// document came with the key that her signature was verified with a moment ago. Otherwise the
// worker does it.
func (in *Inbox) meet(ctx context.Context, actor string) bool {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	_, err := in.Remotes.Actor(ctx, actor)
	return err == nil
}

// Effect is what an activity does to the database.
type Effect = func(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error)

// Settle gives an activity its effect and the journal its row in one transaction: either both are
// there afterwards or neither.
func (in *Inbox) Settle(ctx context.Context, a *Inbound, do Effect) (out Outcome, err error) {
	for range thread.RaceTimes {
		err = in.DB.InTx(ctx, func(tx *database.Tx) error {
			if out, err = do(ctx, tx, a); err != nil {
				return err
			}
			return RecordOutcome(ctx, tx, a, out)
		})
		if !errors.Is(err, thread.ErrRace) {
			break
		}
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("%s of %s: %w", a.Kind, a.Actor, err)
	}
	return out, nil
}

// Announce tells the loops about what was committed.
func (in *Inbox) Announce(out Outcome) {
	if out.enqueued && in.WakeNext != nil {
		in.WakeNext()
	}
}

// postpone writes down an activity whose effect needs the network. It may be answered 202 then: the
// row leads to the effect. What she answers may be anywhere, and she names as much of it as she
// likes.
func (in *Inbox) postpone(ctx context.Context, a *Inbound, m *Missing) error {
	if m.What != WantActor {
		const much = "you name more than can be asked for; come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, a.Signer, much); err != nil {
			return err
		}
	}
	if err := in.hasRoom(ctx, a); err != nil {
		return err
	}
	a.Asks = activitypub.Site(m.ID)
	err := insertReceived(ctx, in.DB, a, Outcome{State: StateQueued, Verdict: m.Error(), Blog: a.Inbox})
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	if err == nil {
		in.Wake()
	}
	return err
}

// hasRoom is an error where so much waits already that more would only wait longer.
func (in *Inbox) hasRoom(ctx context.Context, a *Inbound) error {
	ofSite, ofPerson, err := waitingFor(ctx, in.DB, activitypub.Site(a.Signer), a.Signer, bounds.WaitingPerSite)
	if err == nil && (ofSite >= bounds.WaitingPerSite || ofPerson >= bounds.WaitingPerPerson) {
		err = fmt.Errorf("%w: too much of what you sent still waits for other servers; come again later", web.ErrTooMany)
	}
	return err
}
