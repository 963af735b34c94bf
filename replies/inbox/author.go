package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// errSeveral is of an object that is attributed to others too, of whom nobody here can say that
// they are groups. It is ignored.
var errSeveral = errors.New("it is attributed to others as well")

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
		case known.Type != thread.TypeGroup:
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

// author is the actor as we know them. One we have never met is fetched first: a comment needs a
// name.
func (in *Inbox) author(ctx context.Context, q database.Querier, uri string) (remote.Actor, error) {
	actor, err := in.Remotes.Known(ctx, q, uri)
	if errors.Is(err, database.ErrNotFound) {
		return actor, &Missing{WantActor, uri}
	}
	if err != nil {
		return actor, fmt.Errorf("look for the actor: %w", err)
	}
	if in.Now().Sub(actor.FetchedAt) > bounds.UnusedActorFor-24*time.Hour {
		kept, err := remote.KeepActor(ctx, q, actor)
		if err != nil {
			return actor, err
		}
		if !kept {
			return actor, &Missing{WantActor, uri}
		}
	}
	if in.Stale.add(actor, in.Now()) {
		in.Wake()
	}
	return actor, nil
}

// What an author's profile says may have changed, and their server tells nobody but their
// followers, of which the blog is none. So nothing is withheld for a wish that is older than a
// minute; and those of whom something is withheld are asked again, each hour while it is new and
// each day later.
const (
	wishesBelieved = time.Minute
	WishesAfter    = time.Hour
)

// askFirst is a missing where words that come in would be withheld for a wish of their author that
// is not new.
func (a *Inbound) askFirst(status string, author remote.Actor) error {
	wished := author.Preferences.HidesUnlisted || author.Preferences.HidesPublic
	if status == thread.Withheld && wished && !a.Asked && a.At.Sub(author.FetchedAt) >= wishesBelieved {
		return &Missing{WantWishes, author.URI}
	}
	return nil
}

// AskPreferences asks an author again, if that is quick. Where it is not, what is known counts, and
// the loop asks.
func (in *Inbox) AskPreferences(ctx context.Context, a *Inbound, author string) {
	a.Asked = true
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(in.MeetTimeout, time.Second))
	defer cancel()
	if _, err := in.Remotes.Refresh(ctx, author); err != nil && in.Stale.Put(author) {
		in.Wake()
	}
}
