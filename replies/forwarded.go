package replies

import (
	"context"
	"errors"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// brought is an activity that somebody else brings: what she forwards, or what she announces.
func brought(a *inbound) (said *inbound, by bool) {
	if inner, wrapped := wrappedIn(a); wrapped && a.signer == a.actor {
		return inner, true
	}
	return a, a.signer != a.actor
}

// asHers takes a proven activity for one that its actor sent. What the journal keeps of it, until it has had its effect, is the activity
// itself and not what it came in.
func asHers(said, came *inbound) (*inbound, error) {
	body, err := activitypub.Marshal(said.activity)
	if err != nil {
		return nil, err
	}
	said.body, said.inbox, said.at, said.signed, said.signer = body, came.inbox, came.at, came.signed, said.actor
	return said, nil
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
		out = dropped("nothing to do for " + thread.Quoted(reported.kind) + " of somebody else")
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
