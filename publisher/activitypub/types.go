package activitypub

import (
	"slices"
	"strings"
)

// The types that some part of Bloghorn reads or writes. Of several types on one object, the first
// known one is its type.
var knownTypes = []string{
	"Accept", "Add", "Announce", "Block", "Create", "Delete", "Dislike", "EmojiReact", "Flag", "Follow", "Like", "Move", "QuoteRequest",
	"Reject", "Remove", "Undo", "Update",
	"Application", "Group", "Organization", "Person", "Service",
	"Article", "Audio", "Document", "Event", "Image", "Note", "Page", "Question", "Tombstone", "Video",
	"Collection", "CollectionPage", "OrderedCollection", "OrderedCollectionPage",
	"Emoji", "Hashtag", "Link", "Mention", "PropertyValue",
}

// ActorTypes are the types of those who act.
var ActorTypes = []string{"Application", "Group", "Organization", "Person", "Service"}

// Type is the one type the object has here: the first known one, else the first of all, else "". It
// is the same for every reader of the tree, so that an object is never authorised as one thing and
// applied as another.
func (o Object) Type() string {
	first := ""
	for _, v := range list(o["type"]) {
		s, _ := v.(string)
		s = strings.TrimPrefix(strings.TrimPrefix(s, "as:"), "https://www.w3.org/ns/activitystreams#")
		if slices.Contains(knownTypes, s) {
			return s
		}
		if first == "" {
			first = s
		}
	}
	return first
}

// Is says whether Type is one of types.
func (o Object) Is(types ...string) bool { return slices.Contains(types, o.Type()) }
