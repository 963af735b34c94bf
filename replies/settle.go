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
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// errDuplicate: this activity has had its effect. errRace: another transaction was faster with the same thing; look again.
var (
	errDuplicate = errors.New("activity is in the journal already")
	errRace      = errors.New("overtaken by another transaction")
)

const raceTimes = 5 // an effect is tried this often in all when it is overtaken

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
	for range raceTimes {
		err = in.DB.InTx(ctx, func(tx *database.Tx) error {
			if out, err = do(ctx, tx, a); err != nil {
				return err
			}
			return recordOutcome(ctx, tx, a, out)
		})
		if !errors.Is(err, errRace) {
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

// setAside writes down what somebody else says that a person did: an activity that was forwarded (ActivityPub §7.1.2), or wrapped in the
// Announce of a group (FEP-1b12). Nothing in it is believed; the worker asks the object's own server. So no more than its id is kept.
func (in *Inbox) setAside(ctx context.Context, a *inbound) error {
	reported, err := in.reported(ctx, a)
	if err != nil {
		return err
	}
	if reported != a && reported.embedded.Is("Delete") && reported.kind == "Undo" {
		again, err := in.restoreReport(ctx, a.actor, reported)
		if err != nil {
			return err
		}
		if again != nil {
			reported = again
		}
	}
	out := outcome{state: stateWaiting, verdict: "to be asked for on its own server: " + reported.object, blog: a.inbox}
	ours, err := in.isOurs(ctx, in.DB, reported.object)
	switch {
	case err != nil:
		return err
	case isVoting(reported.kind) && reported != a:
		counts, err := in.isVote(ctx, a.actor, reported)
		if err != nil {
			return err
		}
		if !counts {
			out = dropped("a vote in no community of the post")
		}
	case !reportable(reported.kind) && reported.kind != restoring, reported.object == "", ours:
		out = dropped("nothing to do for " + quoted(reported.kind) + " of somebody else")
	}
	if out.state == stateWaiting {
		const much = "you tell of more than can be asked for; send a proof along (FEP-8b32), or come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, a.signer, much); err != nil {
			return err
		}
		if err := in.hasRoom(ctx, a); err != nil {
			return err
		}
		a.asks = activitypub.Site(reported.object)
	}
	err = insertForwarded(ctx, in.DB, a, reported, out)
	if errors.Is(err, errDuplicate) {
		return nil
	}
	if err == nil && out.state == stateWaiting {
		in.Wake()
	}
	return err
}

// reported is the activity that a tells about; an error if a is neither wrapped nor a plausible forwarding.
func (in *Inbox) reported(ctx context.Context, a *inbound) (*inbound, error) {
	stranger := a.signer != a.actor
	if inner, wrapped := wrappedIn(a); wrapped && !stranger {
		return inner, authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id})
	}
	forwarded, err := in.isForwarding(ctx, a)
	if err == nil && !forwarded {
		err = authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id})
	}
	return a, err
}

// reportable are the kinds of activity that can be proven by asking for their object.
func reportable(kind string) bool { return kind == "Create" || kind == "Update" || kind == "Delete" }

// wrappedIn is the activity inside an Announce. An Announce of an activity is no boost; one of an object, or of an id, is.
func wrappedIn(a *inbound) (inner *inbound, wrapped bool) {
	if a.kind != "Announce" || a.embedded == nil || !a.embedded.Has("actor") || !a.embedded.Has("object") {
		return nil, false
	}
	inner, err := readInbound(a.embedded)
	if err != nil {
		return &inbound{}, true
	}
	return inner, true
}

// isForwarding says whether an activity that its actor did not sign can be one that the signer forwards. A server forwards what concerns
// something of its own, in threads its users take part in; anything else under a foreign key is a forgery and refused as one.
func (in *Inbox) isForwarding(ctx context.Context, a *inbound) (bool, error) {
	if !reportable(a.kind) || activitypub.SameHost(a.signer, a.actor) || !activitypub.SameOrigin(a.object, a.actor) {
		return false, nil
	}
	refs := append(a.activity.Refs("to"), a.activity.Refs("cc")...)
	refs = append(refs, a.activity.Refs("audience")...)
	refs = append(refs, a.embedded.Refs("inReplyTo")...)
	refs = append(refs, a.embedded.Refs("tag")...)
	for _, ref := range refs {
		if activitypub.SameHost(ref, a.signer) {
			return true, nil
		}
	}
	parent, err := parentURI(ctx, in.DB, a.object)
	return activitypub.SameHost(parent, a.signer), err
}

// keyIsOfActor says whether the key that a request names is part of the actor's own document, as nearly all are.
func keyIsOfActor(r *http.Request, actor string) bool {
	keyID, err := signature.KeyID(r)
	document, _, _ := strings.Cut(keyID, "#")
	return err == nil && document == actor
}
