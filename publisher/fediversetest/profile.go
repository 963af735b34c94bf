package fediversetest

import (
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// mastodonActor is the actor document without key and endpoints, which Person.publish adds.
func mastodonActor(p *Person) activitypub.Object {
	return activitypub.Object{
		"@context": activitypub.ActorContext, "id": p.ID, "type": "Person", "preferredUsername": p.Name, "name": p.Name,
		"summary": "<p>Hello.</p>", "url": "https://" + p.Host + "/@" + p.Name,
		"inbox": p.InboxURL(), "outbox": p.ID + "/outbox", "followers": p.ID + "/followers", "following": p.ID + "/following",
		"manuallyApprovesFollowers": false, "discoverable": true, "indexable": true, "published": "2024-03-01T00:00:00Z",
		"icon":       activitypub.NewImage("https://"+p.Host+"/avatars/"+p.Name+".png", "image/png", ""),
		"attachment": []any{}, "tag": []any{},
	}
}

// publish serves the documents about p.
func (p *Person) publish() {
	p.f.t.Helper()
	p.actor["publicKey"] = activitypub.PublicKey{
		ID: p.Key.ID, Owner: p.ID, PublicKeyPEM: signature.EncodePublicPEM(&p.Key.Private.PublicKey),
	}
	delete(p.actor, "endpoints")
	if p.SharedInbox != "" {
		p.actor["endpoints"] = activitypub.Endpoints{SharedInbox: p.SharedInbox}
	}
	p.f.Serve(p.ID, p.actor)
	for _, collection := range []string{"outbox", "followers", "following"} {
		p.f.Serve(p.ID+"/"+collection, activitypub.Collection{
			Context: activitypub.PlainContext, ID: p.ID + "/" + collection, Type: "OrderedCollection", TotalItems: new(0),
		})
	}
	p.f.Handle("https://"+p.Host+"/.well-known/webfinger", http.HandlerFunc(p.f.webFinger))
}

// webFinger answers for everybody on a host.
func (f *Fediverse) webFinger(w http.ResponseWriter, r *http.Request) {
	name, host, _ := strings.Cut(strings.TrimPrefix(r.URL.Query().Get("resource"), "acct:"), "@")
	f.mu.Lock()
	p := f.people["https://"+host+"/users/"+name]
	f.mu.Unlock()
	if p == nil || host != r.Host {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/jrd+json")
	w.Write(f.marshal(map[string]any{
		"subject": "acct:" + name + "@" + host,
		"links":   []any{map[string]string{"rel": "self", "type": "application/activity+json", "href": p.ID}},
	}))
}

// RotateKey gives the person another key under the same id, as a server does after a restore.
// Nobody is told.
func (p *Person) RotateKey() {
	p.f.t.Helper()
	p.Key.Private = p.f.ownKey()
	p.publish()
}

// UpdateProfile changes a property of p's actor document and tells each host that p has written to;
// Sent is of the last of them.
func (p *Person) UpdateProfile(key string, value any, options ...Option) *Sent {
	p.f.t.Helper()
	set(p.actor, key, value)
	p.publish()
	return p.tellAll(activitypub.Object{
		"@context": activitypub.PlainContext, "id": p.ID + "#updates/" + p.f.next(), "type": "Update", "actor": p.ID,
		"to": []any{activitypub.Public}, "object": p.actor,
	}, options)
}

// DeleteActor ends p's account: the actor document answers 410, and each host that p has written to
// is told.
func (p *Person) DeleteActor(options ...Option) *Sent {
	p.f.t.Helper()
	p.f.Gone(p.ID)
	return p.tellAll(activitypub.Object{
		"@context": activitypub.PlainContext, "id": p.ID + "#delete", "type": "Delete", "actor": p.ID,
		"to": []any{activitypub.Public}, "object": p.ID,
	}, options)
}

// tellAll sends to an inbox of each host that p has written to, or to the one that At names.
func (p *Person) tellAll(activity activitypub.Object, options []Option) *Sent {
	p.f.t.Helper()
	p.f.mu.Lock()
	inboxes := append([]string(nil), p.wroteTo...)
	p.f.mu.Unlock()
	if len(inboxes) == 0 {
		inboxes = []string{""}
	}
	var sent *Sent
	for _, inbox := range inboxes {
		sent = p.send(letter{inbox: inbox, activity: activity}, options)
		if sent.inbox != inbox {
			break
		}
	}
	return sent
}
