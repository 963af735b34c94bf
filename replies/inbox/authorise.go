package inbox

import (
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/web"
)

// Claim is an activity as far as the right to do it goes.
type Claim struct {
	Kind   string
	Signer string // who owns the key, or the origin a document was fetched from
	Actor  string
	ID     string // of the activity
	Object string // id of what it is about
	Author string // attributedTo of that, as embedded or fetched
	Owner  string // whom our database knows as its author, or as the one who did what is undone; "" for what we do not know
	Inner  string // the actor of what is undone, as embedded
}

// claim returns what an activity itself says of the right to do it.
func (a *Inbound) claim() Claim {
	return Claim{Kind: a.Kind, Signer: a.Signer, Actor: a.Actor, ID: a.ID, Object: a.Object}
}

// needID are the activities that must have an id. Some servers give none to a Follow or a Like.
var needID = []string{"Create", "Update", "Delete", "Announce", "Undo", "Block", "QuoteRequest", "Move"}

// Authorise decides whether an activity may have its effect. It is the whole of that decision, and
// depends on nothing else (FEP-fe34: same origin, same actor, stored owner). Errors are
// web.ErrRefused or web.ErrInvalid.
func Authorise(c Claim) error {
	switch {
	case c.Actor == "":
		return fmt.Errorf("%w: nobody acts", web.ErrInvalid)
	case c.Signer != c.Actor:
		return fmt.Errorf("%w: signed by %s, not by the actor", web.ErrRefused, c.Signer)
	case c.ID == "" && slices.Contains(needID, c.Kind):
		return fmt.Errorf("%w: %s needs an id", web.ErrInvalid, c.Kind)
	case c.ID != "" && !activitypub.SameHost(c.ID, c.Actor):
		return fmt.Errorf("%w: the activity's id is on another host than its actor", web.ErrRefused)
	}
	switch c.Kind {
	case "Create", "QuoteRequest": // the object is what would quote
		return mayWrite(c)
	case "Update":
		if c.Object == c.Actor {
			return nil
		}
		return mayWrite(c)
	case "Delete":
		return mayDelete(c)
	case "Move":
		if c.Object != c.Actor {
			return fmt.Errorf("%w: an account can move itself alone", web.ErrRefused)
		}
	case "Undo":
		if c.Owner != "" && c.Owner != c.Actor || c.Inner != "" && c.Inner != c.Actor {
			return fmt.Errorf("%w: only who did it can undo it", web.ErrRefused)
		}
	}
	return nil
}

func mayWrite(c Claim) error {
	switch {
	case !activitypub.SameOrigin(c.Object, c.Actor):
		return fmt.Errorf("%w: the object lives on another server than the actor", web.ErrRefused)
	case c.Author != c.Actor:
		return fmt.Errorf("%w: the object is not attributed to the actor alone", web.ErrRefused)
	case c.Owner != "" && c.Owner != c.Actor:
		return fmt.Errorf("%w: the object is known here as somebody else's", web.ErrRefused)
	}
	return nil
}

// mayDelete believes our own record of the author before anything else; the host is asked only
// about what we have never seen.
func mayDelete(c Claim) error {
	switch {
	case c.Object == c.Actor, c.Owner != "" && c.Owner == c.Actor:
		return nil
	case c.Owner == "" && activitypub.SameOrigin(c.Object, c.Actor):
		return nil
	}
	return fmt.Errorf("%w: only its author can delete it", web.ErrRefused)
}
