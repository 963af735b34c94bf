package replies

import (
	"context"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// outcome is what became of an activity. The journal keeps it.
type outcome struct {
	state    string // done or dropped
	verdict  string // in words, for the journal
	blog     database.ID
	enqueued bool // something is to be delivered
}

// done and dropped are the two ends: it had its effect, or it has none and verdict says why.
func done(verdict string, blog database.ID) outcome {
	return outcome{state: stateDone, verdict: verdict, blog: blog}
}

func dropped(verdict string) outcome { return outcome{state: stateDropped, verdict: verdict} }

// missing is returned by an effect that needs something from the network first. Nothing was written then.
type missing struct {
	what string // wantActor, wantObject, wantParent, wantInstrument, wantTarget, wantBack or wantWishes
	id   string
}

const (
	wantActor  = "actor"
	wantObject = "object"
	wantParent = "parent"

	wantInstrument = "instrument"
	wantTarget     = "target"
	wantBack       = "restored object"
	wantWishes     = "wishes" // of an actor; what is known of them counts where they cannot be had
)

func (m *missing) Error() string { return "the " + m.what + " " + m.id + " has to be fetched first" }

// effects are what we act upon, beside reactions. Everything else is journalled and has no effect.
var effects = map[string]func(*Inbox, context.Context, *database.Tx, *inbound) (outcome, error){
	"Create": (*Inbox).create,
	"Update": (*Inbox).update,
	"Delete": (*Inbox).delete,
	"Follow": (*Inbox).follow,
	"Block":  (*Inbox).block,
	"Undo":   (*Inbox).undo,
	"Flag":   (*Inbox).flag,
	"Move":   (*Inbox).move,
	"Accept": (*Inbox).answered,
	"Reject": (*Inbox).answered,

	"QuoteRequest": (*Inbox).quoteRequest,
}

func acts(kind string) bool { return effects[kind] != nil || kindOf(kind) != "" }

// apply gives an activity of a proven sender its effect, in tx and from what the database knows.
func (in *Inbox) apply(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	effect, isReaction := effects[a.kind], kindOf(a.kind) != ""
	if isReaction {
		effect = (*Inbox).react
	}
	if effect == nil {
		return dropped("nothing to do for type " + quoted(a.kind)), authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id})
	}
	switch {
	case slices.Contains([]string{"Delete", "Undo", "Follow", "QuoteRequest", "Block"}, a.kind):
		// Who is blocked may still take back what they said, and block; a blocked Follow or QuoteRequest gets its Reject.
	case isReaction:
		// What a blocked person likes is kept and not counted (reactions.go). Of a blocked server nothing is kept.
		if blocked, err := blockedHost(ctx, tx, 0, a.actor); err != nil {
			return outcome{}, fmt.Errorf("look for blocks: %w", err)
		} else if blocked {
			return outcome{}, errBlocked
		}
	default:
		if err := refuseBlocked(ctx, tx, 0, a.actor); err != nil {
			return outcome{}, err
		}
	}
	return effect(in, ctx, tx, a)
}

var errBlocked = fmt.Errorf("%w: this server takes nothing from you", web.ErrRefused)

func refuseBlocked(ctx context.Context, q database.Querier, blogID database.ID, actor string) error {
	blocked, err := Blocked(ctx, q, blogID, actor)
	if err != nil {
		return fmt.Errorf("look for blocks: %w", err)
	}
	if blocked {
		return errBlocked
	}
	return nil
}

// claim is an activity as far as the right to do it goes.
type claim struct {
	kind   string
	signer string // who owns the key, or the origin a document was fetched from
	actor  string
	id     string // of the activity
	object string // id of what it is about
	author string // attributedTo of that, as embedded or fetched
	owner  string // whom our database knows as its author, or as the one who did what is undone; "" for what we do not know
	inner  string // the actor of what is undone, as embedded
}

// needID are the activities that must have an id. Some servers give none to a Follow or a Like.
var needID = []string{"Create", "Update", "Delete", "Announce", "Undo", "Block", "QuoteRequest", "Move"}

// authorise decides whether an activity may have its effect. It is the whole of that decision, and depends on nothing else
// (FEP-fe34: same origin, same actor, stored owner). Errors are web.ErrRefused or web.ErrInvalid.
func authorise(c claim) error {
	switch {
	case c.actor == "":
		return fmt.Errorf("%w: nobody acts", web.ErrInvalid)
	case c.signer != c.actor:
		return fmt.Errorf("%w: signed by %s, not by the actor", web.ErrRefused, c.signer)
	case c.id == "" && slices.Contains(needID, c.kind):
		return fmt.Errorf("%w: %s needs an id", web.ErrInvalid, c.kind)
	case c.id != "" && !activitypub.SameHost(c.id, c.actor):
		return fmt.Errorf("%w: the activity's id is on another host than its actor", web.ErrRefused)
	}
	switch c.kind {
	case "Create", "QuoteRequest": // the object is what would quote
		return mayWrite(c)
	case "Update":
		if c.object == c.actor {
			return nil
		}
		return mayWrite(c)
	case "Delete":
		return mayDelete(c)
	case "Move":
		if c.object != c.actor {
			return fmt.Errorf("%w: an account can move itself alone", web.ErrRefused)
		}
	case "Undo":
		if c.owner != "" && c.owner != c.actor || c.inner != "" && c.inner != c.actor {
			return fmt.Errorf("%w: only who did it can undo it", web.ErrRefused)
		}
	}
	return nil
}

func mayWrite(c claim) error {
	switch {
	case !activitypub.SameOrigin(c.object, c.actor):
		return fmt.Errorf("%w: the object lives on another server than the actor", web.ErrRefused)
	case c.author != c.actor:
		return fmt.Errorf("%w: the object is not attributed to the actor alone", web.ErrRefused)
	case c.owner != "" && c.owner != c.actor:
		return fmt.Errorf("%w: the object is known here as somebody else's", web.ErrRefused)
	}
	return nil
}

// mayDelete believes our own record of the author before anything else; the host is asked only about what we have never seen.
func mayDelete(c claim) error {
	switch {
	case c.object == c.actor, c.owner != "" && c.owner == c.actor:
		return nil
	case c.owner == "" && activitypub.SameOrigin(c.object, c.actor):
		return nil
	}
	return fmt.Errorf("%w: only its author can delete it", web.ErrRefused)
}
