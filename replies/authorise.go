package replies

import (
	"fmt"
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/web"
)

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
