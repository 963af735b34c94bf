package replies

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// Some servers attribute what a person writes to the group that it is written in as well: PeerTube to account and channel, and forums to
// member and category. A group writes nothing, so that the person is the one author.

const typeGroup = "Group"

// errSeveral is of an object that is attributed to others too, of whom nobody here can say that they are groups. It is ignored.
var errSeveral = errors.New("it is attributed to others as well")

// maxAuthors is how many attributions are looked at; an object with more has no author.
const maxAuthors = 5

// attributed are the ids of attributedTo that no object calls a group; none where they are too many.
func attributed(o activitypub.Object) []string {
	refs := o.Refs("attributedTo")
	groups := map[string]bool{}
	for _, who := range o.Objects("attributedTo") {
		if who.Is(typeGroup) {
			groups[who.ID()] = true
		}
	}
	var people []string
	for _, id := range distinct(refs) {
		if !groups[id] {
			people = append(people, id)
		}
	}
	switch {
	case len(refs) > maxAuthors:
		return nil
	case len(people) == 0: // a group may write in its own name
		return distinct(refs)
	}
	return people
}

// soleAuthor is whom an object of an actor has as its author, "" where nobody can be that: the one
// it names, or the actor where all others are known as groups, or live on the actor's own server,
// which may call its groups what it likes. It is errSeveral where the others are unknown here.
func (in *Inbox) soleAuthor(ctx context.Context, q database.Querier, named []string, actor string) (string, error) {
	if len(named) == 1 {
		return named[0], nil
	}
	isActor, unknown := false, false
	for _, id := range named {
		if id == actor {
			isActor = true
			continue
		}
		known, err := in.Remotes.Known(ctx, q, id)
		switch {
		case errors.Is(err, database.ErrNotFound):
			unknown = unknown || !activitypub.SameOrigin(id, actor)
		case err != nil:
			return "", fmt.Errorf("look for whom it is attributed to: %w", err)
		case known.Type != typeGroup:
			return "", nil
		}
	}
	switch {
	case !isActor:
		return "", nil
	case unknown:
		return "", errSeveral
	}
	return actor, nil
}
