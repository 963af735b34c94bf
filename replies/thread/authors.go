package thread

import (
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// Some servers attribute what a person writes to the group that it is written in as well: PeerTube
// to account and channel, and forums to member and category. A group writes nothing, so that the
// person is the one author.

// TypeGroup is the type of an actor who is a group.
const TypeGroup = "Group"

// maxAuthors is how many attributions are looked at; an object with more has no author.
const maxAuthors = 5

// Attributed are the ids of attributedTo that no object calls a group; none where they are too
// many.
func Attributed(o activitypub.Object) []string {
	refs := o.Refs("attributedTo")
	groups := map[string]bool{}
	for _, who := range o.Objects("attributedTo") {
		if who.Is(TypeGroup) {
			groups[who.ID()] = true
		}
	}
	var people []string
	for _, id := range Distinct(refs) {
		if !groups[id] {
			people = append(people, id)
		}
	}
	switch {
	case len(refs) > maxAuthors:
		return nil
	case len(people) == 0: // a group may write in its own name
		return Distinct(refs)
	}
	return people
}
