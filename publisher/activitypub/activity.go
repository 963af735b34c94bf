package activitypub

// Activity is anything that is done: Create, Update, Delete, Accept, Reject, Undo, Announce,
// Follow, Like, QuoteRequest, Flag. Object is an id or an embedded object; answers embed what they
// answer, because some servers match it by id and others by content.
type Activity struct {
	Context   any       `json:"@context,omitempty"` // nil where the Activity is embedded
	ID        string    `json:"id,omitempty"`       // empty only when echoing a Follow that had none
	Type      string    `json:"type"`
	Actor     string    `json:"actor"`
	Published Timestamp `json:"published,omitzero"`
	To        []string  `json:"to,omitempty"`
	Cc        []string  `json:"cc,omitempty"`
	Audience  string    `json:"audience,omitempty"` // the group that it is for, where that is one (FEP-1b12)
	Object    any       `json:"object,omitempty"`
	Target    string    `json:"target,omitempty"`

	Instrument string `json:"instrument,omitempty"` // of a QuoteRequest: the id of what quotes
	Result     string `json:"result,omitempty"`     // of its Accept: the id of the QuoteAuthorization
	Content    string `json:"content,omitempty"`    // of a Flag: the reason, plain text
}

// QuoteAuthorization is the leave to quote a post (FEP-044f), valid as long as its id answers with
// it.
type QuoteAuthorization struct {
	Context           any    `json:"@context,omitempty"` // QuoteContext; nil where it is embedded
	ID                string `json:"id"`
	Type              string `json:"type"` // "QuoteAuthorization"
	AttributedTo      string `json:"attributedTo"`
	InteractingObject string `json:"interactingObject"` // the id of what quotes
	InteractionTarget string `json:"interactionTarget"` // the id of our post
}

// Tombstone stands where a post was.
type Tombstone struct {
	Context    any       `json:"@context,omitempty"`
	ID         string    `json:"id"`
	Type       string    `json:"type"` // "Tombstone"
	FormerType string    `json:"formerType,omitempty"`
	Deleted    Timestamp `json:"deleted,omitzero"`
}

// Collection is a Collection or an OrderedCollection, whole or as an entrance to its pages. An
// empty list that is not nil is written, as readers expect it to be there.
type Collection struct {
	Context      any      `json:"@context,omitempty"`
	ID           string   `json:"id"`
	Type         string   `json:"type"` // Collection or OrderedCollection
	AttributedTo string   `json:"attributedTo,omitempty"`
	TotalItems   *int     `json:"totalItems,omitempty"`
	First        any      `json:"first,omitempty"` // an id or a *CollectionPage; Mastodon takes its absence for "hidden"
	Last         string   `json:"last,omitempty"`
	Items        []string `json:"items,omitzero"`
	OrderedItems []string `json:"orderedItems,omitzero"`
}

// CollectionPage is one page of a Collection (Items) or an OrderedCollection (OrderedItems: ids or
// embedded activities).
type CollectionPage struct {
	Context      any      `json:"@context,omitempty"`
	ID           string   `json:"id,omitempty"`
	Type         string   `json:"type"` // CollectionPage or OrderedCollectionPage
	PartOf       string   `json:"partOf"`
	Items        []string `json:"items,omitzero"`
	OrderedItems []any    `json:"orderedItems,omitzero"`
	Next         string   `json:"next,omitempty"`
	Prev         string   `json:"prev,omitempty"`
}

// Count is a Collection that only says how many there are: likes and shares.
func Count(id string, total int) *Collection {
	return &Collection{ID: id, Type: "Collection", TotalItems: &total}
}
