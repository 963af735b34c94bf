package fediversetest

import (
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/integrity"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Person is somebody with an account on one of the servers.
type Person struct {
	Name, Host  string
	ID          string // the actor's id
	Key         signature.Key
	Prover      integrity.Key // zero without the trait Proving
	SharedInbox string        // of the host; "" if it has none

	f       *Fediverse
	actor   activitypub.Object
	follows map[string]bool
	inbox   []Delivery
	wroteTo []string // inboxes, one for each host
}

// Trait is something particular about a person.
type Trait func(*Person)

// OwnKey gives a person a key that nobody else has.
func OwnKey(p *Person) { p.Key.Private = p.f.ownKey() }

// NoSharedInbox puts a person on a server without shared inbox, as GoToSocial is.
func NoSharedInbox(p *Person) { p.SharedInbox = "" }

// ActorID gives a person an id in the shape of another software than Mastodon. It comes before all
// other traits.
func ActorID(id string) Trait {
	return func(p *Person) {
		p.ID, p.Key.ID = id, id+"#main-key"
		p.actor = mastodonActor(p)
	}
}

// Profile sets a property of the actor document; nil removes it.
func Profile(key string, value any) Trait {
	return func(p *Person) { set(p.actor, key, value) }
}

// Person gives somebody an account on a host ("pasture.example", with a port if wanted). The actor
// document, its collections and WebFinger are served from now on.
func (f *Fediverse) Person(name, host string, traits ...Trait) *Person {
	f.t.Helper()
	id := "https://" + host + "/users/" + name
	p := &Person{
		Name: name, Host: host, ID: id, SharedInbox: "https://" + host + "/inbox",
		Key: signature.Key{ID: id + "#main-key", Private: keys.at(0)},
		f:   f, follows: map[string]bool{},
	}
	p.actor = mastodonActor(p)
	for _, trait := range traits {
		trait(p)
	}
	f.mu.Lock()
	f.people[p.ID] = p
	f.inboxes[p.InboxURL()] = []*Person{p}
	if p.SharedInbox != "" {
		f.inboxes[p.SharedInbox] = append(f.inboxes[p.SharedInbox], p)
	}
	f.mu.Unlock()
	p.publish()
	return p
}

// InboxURL is the person's own inbox.
func (p *Person) InboxURL() string { return p.ID + "/inbox" }

// Handle is "@ada@pasture.example".
func (p *Person) Handle() string { return "@" + p.Name + "@" + p.Host }

// Inbox is what has reached the person, also through the shared inbox of the host, in order of
// arrival. All of it was verified.
func (p *Person) Inbox() []activitypub.Object {
	var activities []activitypub.Object
	for _, d := range p.Deliveries() {
		activities = append(activities, d.Activity)
	}
	return activities
}

// Deliveries is Inbox with all that is known about each request.
func (p *Person) Deliveries() []Delivery {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	return slices.Clone(p.inbox)
}

// take keeps a delivery that is for p: sent to p's own inbox, or from somebody p follows, or
// addressed to p.
func (p *Person) take(d Delivery) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	addressed := slices.Concat(d.Activity.Refs("to"), d.Activity.Refs("cc"))
	if d.Inbox == p.InboxURL() || p.follows[d.Activity.Ref("actor")] || slices.Contains(addressed, p.ID) {
		p.inbox = append(p.inbox, d)
	}
}
