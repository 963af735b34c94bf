package replies

import (
	"context"
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
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

func acts(kind string) bool { return effects[kind] != nil || thread.KindOf(kind) != "" }

// apply gives an activity of a proven sender its effect, in tx and from what the database knows.
func (in *Inbox) apply(ctx context.Context, tx *database.Tx, a *inbound) (outcome, error) {
	effect, isReaction := effects[a.kind], thread.KindOf(a.kind) != ""
	if isReaction {
		effect = (*Inbox).react
	}
	if effect == nil {
		return dropped("nothing to do for type " + thread.Quoted(a.kind)), authorise(claim{kind: a.kind, signer: a.signer, actor: a.actor, id: a.id})
	}
	switch {
	case slices.Contains([]string{"Delete", "Undo", "Follow", "QuoteRequest", "Block"}, a.kind):
		// Who is blocked may still take back what they said, and block; a blocked Follow or QuoteRequest gets its Reject.
	case isReaction:
		// What a blocked person likes is kept and not counted (reactions.go). Of a blocked server nothing is kept.
		if blocked, err := moderation.BlockedHost(ctx, tx, 0, a.actor); err != nil {
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
	blocked, err := moderation.Blocked(ctx, q, blogID, actor)
	if err != nil {
		return fmt.Errorf("look for blocks: %w", err)
	}
	if blocked {
		return errBlocked
	}
	return nil
}
