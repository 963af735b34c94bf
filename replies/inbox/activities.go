package inbox

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Outcome is what became of an activity. The journal keeps it.
type Outcome struct {
	State    string // done or dropped
	Verdict  string // in words, for the journal
	Blog     database.ID
	enqueued bool // something is to be delivered
}

// done and Dropped are the two ends: it had its effect, or it has none and verdict says why.
func done(verdict string, blog database.ID) Outcome {
	return Outcome{State: stateDone, Verdict: verdict, Blog: blog}
}

// Dropped is the end of an activity that has no effect; verdict says why.
func Dropped(verdict string) Outcome { return Outcome{State: StateDropped, Verdict: verdict} }

// Missing is returned by an effect that needs something from the network first. Nothing was written
// then.
type Missing struct {
	What string // WantActor, WantObject, wantParent, WantInstrument, WantTarget, WantBack or WantWishes
	ID   string
}

const (
	WantActor  = "actor"
	WantObject = "object"
	wantParent = "parent"

	WantInstrument = "instrument"
	WantTarget     = "target"
	WantBack       = "restored object"
	WantWishes     = "wishes" // of an actor; what is known of them counts where they cannot be had
)

// Error says what is missing, for the journal.
func (m *Missing) Error() string { return "the " + m.What + " " + m.ID + " has to be fetched first" }

// effects are what we act upon, beside reactions. Everything else is journalled and has no effect.
var effects = map[string]func(*Inbox, context.Context, *database.Tx, *Inbound) (Outcome, error){
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

// Apply gives an activity of a proven sender its effect, in tx and from what the database knows.
func (in *Inbox) Apply(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	effect, isReaction := effects[a.Kind], thread.KindOf(a.Kind) != ""
	if isReaction {
		effect = (*Inbox).react
	}
	if effect == nil {
		return Dropped("nothing to do for type " + thread.Quoted(a.Kind)), Authorise(a.claim())
	}
	a.blocks = nil
	switch a.Kind {
	case "Delete", "Undo", "Follow", "QuoteRequest", "Block":
		// Who is blocked may still take back what they said, and block; a blocked Follow or
		// QuoteRequest gets its Reject.
	default:
		blocks, err := a.blocksOf(ctx, tx)
		// What a blocked person likes is kept and not counted (like.go). Of a blocked server
		// nothing is kept.
		if err == nil && (blocks.KeepOutServer() || !isReaction && blocks.KeepOut(0)) {
			err = errBlocked
		}
		if err != nil {
			return Outcome{}, err
		}
	}
	return effect(in, ctx, tx, a)
}

var errBlocked = fmt.Errorf("%w: this server takes nothing from you", web.ErrRefused)
