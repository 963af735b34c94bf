package activitypub

// Actor is a blog's actor, or the instance actor with fewer fields.
type Actor struct {
	Context           any    `json:"@context,omitempty"` // ActorContext or ApplicationContext
	ID                string `json:"id"`
	Type              string `json:"type"` // Person, Organization or Service; Application for the instance actor
	PreferredUsername string `json:"preferredUsername"`
	WebFinger         string `json:"webfinger,omitempty"` // "tea@blog.example" (FEP-2c59)
	Name              string `json:"name,omitempty"`
	Summary           string `json:"summary,omitempty"` // HTML
	URL               string `json:"url,omitempty"`     // Mastodon drops it where its host is not the id's

	Inbox     string     `json:"inbox"`
	Outbox    string     `json:"outbox,omitempty"`
	Followers string     `json:"followers,omitempty"`
	Following string     `json:"following,omitempty"`
	Featured  string     `json:"featured,omitempty"`
	Endpoints *Endpoints `json:"endpoints,omitempty"`

	ManuallyApprovesFollowers bool `json:"manuallyApprovesFollowers"`
	Discoverable              bool `json:"discoverable,omitempty"` // absent means false, as the context of the instance actor wants it
	Indexable                 bool `json:"indexable,omitempty"`    // likewise

	Published          Timestamp       `json:"published,omitzero"`
	Icon               *Image          `json:"icon,omitempty"`
	Image              *Image          `json:"image,omitempty"`
	AlsoKnownAs        []string        `json:"alsoKnownAs,omitempty"` // ids of accounts that may move their followers here
	MovedTo            string          `json:"movedTo,omitempty"`
	AttributionDomains []string        `json:"attributionDomains,omitempty"` // hosts whose pages may name this actor as their author
	Attachment         []PropertyValue `json:"attachment,omitempty"`
	PublicKey          *PublicKey      `json:"publicKey,omitempty"`
	AssertionMethod    []Multikey      `json:"assertionMethod,omitempty"` // keys that sign what the actor says (FEP-521a)
	Generator          *Application    `json:"generator,omitempty"`
}

// Application is the software behind an actor, with what others may want to know of it before they
// speak to it (FEP-844e).
type Application struct {
	Type       string       `json:"type"` // Application
	Implements []Capability `json:"implements"`
}

// Capability is something that an application can do, named by the address of its standard.
type Capability struct {
	Href string `json:"href"`
	Name string `json:"name"`
}

// Endpoints names the inbox that all actors of a server share.
type Endpoints struct {
	SharedInbox string `json:"sharedInbox,omitempty"`
}

// PropertyValue is one line of a profile. Name is text, Value HTML. Make it with Property.
type PropertyValue struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Property is a PropertyValue with its type.
func Property(name, html string) PropertyValue {
	return PropertyValue{Type: "PropertyValue", Name: name, Value: html}
}

// PublicKey is the key that the actor signs requests with. Mastodon ignores one whose owner is not
// the actor.
type PublicKey struct {
	ID           string `json:"id"`
	Owner        string `json:"owner"`
	PublicKeyPEM string `json:"publicKeyPem"` // SPKI
}

// Multikey is a key that the actor signs its words with (FEP-521a).
type Multikey struct {
	ID                 string `json:"id"`
	Type               string `json:"type"` // Multikey
	Controller         string `json:"controller"`
	PublicKeyMultibase string `json:"publicKeyMultibase"`
}
