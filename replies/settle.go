package replies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// errDuplicate is returned for an activity that has had its effect.
var errDuplicate = errors.New("activity is in the journal already")

// accept brings an activity of a known sender to its end: the effect, or a row of the journal that leads to it.
func (in *Inbox) accept(ctx context.Context, a *inbound) error {
	if said, by := brought(a); by {
		if err := refuseBlocked(ctx, in.DB, 0, a.signer); err != nil {
			return err // before she makes us ask somebody for a key
		}
		hers, err := in.proven(ctx, said, a.signer)
		if err != nil {
			return err
		}
		if !hers {
			return in.setAside(ctx, a)
		}
		if a, err = asHers(said, a); err != nil {
			return err
		}
	}
	seen, err := isReceived(ctx, in.DB, a.dedupe())
	if seen || err != nil {
		return err
	}
	out, err := in.settle(ctx, a, in.apply)
	var m *missing
	if errors.As(err, &m) && m.what == wantActor && in.meet(in.about(ctx, a), m.id) {
		out, err = in.settle(ctx, a, in.apply)
	}
	if errors.As(err, &m) && m.what == wantWishes {
		in.askPreferences(in.about(ctx, a), a, m.id)
		out, err = in.settle(ctx, a, in.apply)
	}
	switch {
	case errors.As(err, &m):
		return in.postpone(ctx, a, m)
	case errors.Is(err, errDuplicate):
		return nil
	case err != nil:
		return err
	}
	in.announce(out)
	return nil
}

// meet gets to know the actor before the answer, if that is quick. Mostly it needs no question: her document came with the key that her
// signature was verified with a moment ago. Otherwise the worker does it.
func (in *Inbox) meet(ctx context.Context, actor string) bool {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	_, err := in.Remotes.Actor(ctx, actor)
	return err == nil
}

// effect is what an activity does to the database.
type effect = func(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error)

// settle gives an activity its effect and the journal its row in one transaction: either both are there afterwards or neither.
func (in *Inbox) settle(ctx context.Context, a *inbound, do effect) (out outcome, err error) {
	for range thread.RaceTimes {
		err = in.DB.InTx(ctx, func(tx *database.Tx) error {
			if out, err = do(ctx, tx, a); err != nil {
				return err
			}
			return recordOutcome(ctx, tx, a, out)
		})
		if !errors.Is(err, thread.ErrRace) {
			break
		}
	}
	if err != nil {
		return outcome{}, fmt.Errorf("%s of %s: %w", a.kind, a.actor, err)
	}
	return out, nil
}

// announce tells the loops about what was committed.
func (in *Inbox) announce(out outcome) {
	if out.enqueued && in.WakeNext != nil {
		in.WakeNext()
	}
}

// postpone writes down an activity whose effect needs the network. It may be answered 202 then: the row leads to the effect. What she
// answers may be anywhere, and she names as much of it as she likes.
func (in *Inbox) postpone(ctx context.Context, a *inbound, m *missing) error {
	if m.what != wantActor {
		const much = "you name more than can be asked for; come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, a.signer, much); err != nil {
			return err
		}
	}
	if err := in.hasRoom(ctx, a); err != nil {
		return err
	}
	a.asks = activitypub.Site(m.id)
	err := insertReceived(ctx, in.DB, a, outcome{state: stateWaiting, verdict: m.Error(), blog: a.inbox})
	if errors.Is(err, errDuplicate) {
		return nil
	}
	if err == nil {
		in.Wake()
	}
	return err
}

// hasRoom is an error where so much waits already that more would only wait longer.
func (in *Inbox) hasRoom(ctx context.Context, a *inbound) error {
	ofSite, ofPerson, err := waitingFor(ctx, in.DB, activitypub.Site(a.signer), a.signer, bounds.WaitingPerSite)
	if err == nil && (ofSite >= bounds.WaitingPerSite || ofPerson >= bounds.WaitingPerPerson) {
		err = fmt.Errorf("%w: too much of what you sent still waits for other servers; come again later", web.ErrTooMany)
	}
	return err
}

// keyIsOfActor says whether the key that a request names is part of the actor's own document, as nearly all are.
func keyIsOfActor(r *http.Request, actor string) bool {
	keyID, err := signature.KeyID(r)
	document, _, _ := strings.Cut(keyID, "#")
	return err == nil && document == actor
}
