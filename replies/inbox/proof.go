package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	// proofAge is how old a proof may be. What is passed on comes within hours; what comes later
	// may have been taken back since, and who deleted a reply elsewhere in a thread had no reason
	// to tell us. It is less than journalMemory, so nothing has its effect twice.
	proofAge = 24 * time.Hour
	// proofAhead is how far a clock elsewhere may be ahead.
	proofAhead = 65 * time.Minute
)

// proven says whether an activity that somebody else brings bears a proof of its own actor
// (FEP-8b32). Then it is taken as if they had sent it themselves: all else is decided as for
// theirs. Any doubt is no proof, and what it says is asked for at its origin as before.
//
// It is for what can come twice without harm (repeatable). A key that we do not know counts as
// hearsay of who brings it: anybody can write the id of one.
func (in *Inbox) proven(ctx context.Context, a *Inbound, bringer string) (bool, error) {
	p, err := integrity.Read(a.activity)
	if err != nil || !repeatable(a) || !activitypub.SameOrigin(p.Method, a.Actor) || !in.timely(p) {
		return false, nil
	}
	ours, err := in.IsOurs(ctx, in.DB, a.Actor)
	if err != nil || ours {
		return false, err
	}
	if blocked, err := moderation.Blocked(ctx, in.DB, 0, a.Actor); err != nil || blocked {
		return false, err // nothing is asked of their server
	}
	known, err := in.Remotes.Remembers(ctx, p.Method)
	if err != nil {
		return false, err
	}
	if !known {
		const much = "you bring proofs by more new keys than can be asked for; come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, bringer, much); err != nil {
			return false, err
		}
	}
	ctx = remote.Because(ctx, activitypub.Site(bringer))
	for _, fresh := range []bool{false, true} { // their key may be a new one
		key, err := in.Remotes.Key(ctx, p.Method, fresh)
		switch {
		case errors.Is(err, signature.ErrKeyUnreachable), errors.Is(err, web.ErrTooMany), errors.Is(err, signature.ErrKey):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("read the key of a proof: %w", err)
		case key.Owner != a.Actor || key.Ed25519 == nil:
			return false, nil
		case p.Verify(key.Ed25519) == nil:
			return true, nil
		}
	}
	return false, nil
}

// repeatable says whether an activity can be brought again, by whoever kept it, and changes nothing
// then. A Like that was taken back would be there again. So would an old profile, with wishes that
// its owner has changed since, and old words in an edit that says no date: nothing in these tells
// which of two is the later.
func repeatable(a *Inbound) bool {
	if a.Kind == "Update" {
		_, dated := a.Embedded.Time("updated")
		return dated && a.Object != a.Actor
	}
	return reportable(a.Kind)
}

func (in *Inbox) timely(p integrity.Proof) bool {
	now := in.Now()
	return now.Sub(p.Created) < proofAge && p.Created.Sub(now) < proofAhead && (p.Expires.IsZero() || now.Before(p.Expires))
}
