package inbox

import (
	"context"
	"errors"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// brought is an activity that somebody else brings: what they forward, or what they announce.
func brought(a *Inbound) (said *Inbound, by bool) {
	if inner, wrapped := wrappedIn(a); wrapped && a.Signer == a.Actor {
		return inner, true
	}
	return a, a.Signer != a.Actor
}

// asTheirs takes a proven activity for one that its actor sent. What the journal keeps of it, until
// it has had its effect, is the activity itself and not what it came in.
func asTheirs(said, came *Inbound) (*Inbound, error) {
	body, err := activitypub.Marshal(said.activity)
	if err != nil {
		return nil, err
	}
	said.Body, said.Inbox, said.At, said.signed, said.Signer = body, came.Inbox, came.At, came.signed, said.Actor
	return said, nil
}

// setAside writes down what somebody else says that a person did: an activity that was forwarded
// (ActivityPub §7.1.2), or wrapped in the Announce of a group (FEP-1b12). Nothing in it is
// believed; the worker asks the object's own server. So no more than its id is kept.
func (in *Inbox) setAside(ctx context.Context, a *Inbound) error {
	reported, err := in.reported(ctx, a)
	if err != nil {
		return err
	}
	provable := reportable(reported.Kind)
	if reported != a && reported.Embedded.Is("Delete") && reported.Kind == "Undo" {
		again, err := in.restoreReport(ctx, a.Actor, reported)
		if err != nil {
			return err
		}
		if again != nil {
			reported, provable = again, true
		}
	}
	out := Outcome{State: StateQueued, Verdict: "to be asked for on its own server: " + reported.Object, Blog: a.Inbox}
	ours, err := in.IsOurs(ctx, in.DB, reported.Object)
	switch {
	case err != nil:
		return err
	case IsVoting(reported.Kind) && reported != a:
		counts, err := in.isVote(ctx, a.Actor, reported)
		if err != nil {
			return err
		}
		if !counts {
			out = Dropped("a vote in no community of the post")
		}
	case !provable, reported.Object == "", ours:
		out = Dropped("nothing to do for " + thread.Quoted(reported.Kind) + " of somebody else")
	}
	if out.State == StateQueued {
		const much = "you tell of more than can be asked for; send a proof along (FEP-8b32), or come again later"
		if err := in.takeOfSite(ctx, in.DB, in.ForwardLimit, a.Signer, much); err != nil {
			return err
		}
		if err := in.hasRoom(ctx, a); err != nil {
			return err
		}
		a.Asks = activitypub.Site(reported.Object)
	}
	err = InsertForwarded(ctx, in.DB, a, reported, out)
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	if err == nil && out.State == StateQueued {
		in.Wake()
	}
	return err
}

// reported is the activity that a tells about; an error if a is neither wrapped nor a plausible
// forwarding.
func (in *Inbox) reported(ctx context.Context, a *Inbound) (*Inbound, error) {
	stranger := a.Signer != a.Actor
	if inner, wrapped := wrappedIn(a); wrapped && !stranger {
		return inner, Authorise(a.claim())
	}
	forwarded, err := in.isForwarding(ctx, a)
	if err == nil && !forwarded {
		err = Authorise(a.claim())
	}
	return a, err
}

// reportable are the kinds of activity that can be proven by asking for their object.
func reportable(kind string) bool { return kind == "Create" || kind == "Update" || kind == "Delete" }

// wrappedIn is the activity inside an Announce. An Announce of an activity is no boost; one of an
// object, or of an id, is.
func wrappedIn(a *Inbound) (inner *Inbound, wrapped bool) {
	if a.Kind != "Announce" || a.Embedded == nil || !a.Embedded.Has("actor") || !a.Embedded.Has("object") {
		return nil, false
	}
	inner, err := ReadInbound(a.Embedded)
	if err != nil {
		return &Inbound{}, true
	}
	return inner, true
}

// isForwarding says whether an activity that its actor did not sign can be one that the signer
// forwards. A server forwards what concerns something of its own, in threads its users take part
// in; anything else under a foreign key is a forgery and refused as one.
func (in *Inbox) isForwarding(ctx context.Context, a *Inbound) (bool, error) {
	if !reportable(a.Kind) || activitypub.SameHost(a.Signer, a.Actor) || !activitypub.SameOrigin(a.Object, a.Actor) {
		return false, nil
	}
	refs := append(a.activity.Refs("to"), a.activity.Refs("cc")...)
	refs = append(refs, a.activity.Refs("audience")...)
	refs = append(refs, a.Embedded.Refs("inReplyTo")...)
	refs = append(refs, a.Embedded.Refs("tag")...)
	for _, ref := range refs {
		if activitypub.SameHost(ref, a.Signer) {
			return true, nil
		}
	}
	parent, err := parentURI(ctx, in.DB, a.Object)
	return activitypub.SameHost(parent, a.Signer), err
}

// parentURI is the id of what a stored reply answers, if that is a reply; "" if not.
func parentURI(ctx context.Context, q database.Querier, uri string) (parent string, err error) {
	err = q.QueryRow(ctx, `
SELECT p.object_uri
FROM replies r
JOIN replies p ON p.id = r.parent_id
WHERE r.object_hash = ?`, database.Hash(uri)).Scan(&parent)
	if errors.Is(err, database.ErrNotFound) {
		return "", nil
	}
	return parent, err
}
