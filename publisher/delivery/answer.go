package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// EnqueueAnswer is Enqueue for an Accept or Reject that says all that those before it said about
// the object: what still waits of them for the inbox is cancelled. A try of it may have arrived;
// then the newer one tells the same again. Where the inbox is on the host of the actor who asked,
// the host is remembered as one that has spoken: it exists, whoever else is made up at its site.
func EnqueueAnswer(
	ctx context.Context, tx database.Querier, a Activity, blogID database.ID, asker, to string, now time.Time,
) error {
	inbox := newInboxes([]string{to})[0]
	if err := cancelAnswers(ctx, tx, a.object(), inbox, now); err != nil {
		return fmt.Errorf("cancel the answers before %s: %w", a.URI, err)
	}
	if activitypub.Host(asker) == inbox.host {
		if err := setSpoke(ctx, tx, inbox.host, now); err != nil {
			return fmt.Errorf("remember that %s has asked: %w", inbox.host, err)
		}
	}
	return Enqueue(ctx, tx, a, blogID, []string{to}, now)
}

// Stands reports whether the last that was said about the object of a, by its sender to an inbox,
// is of a's kind and either waits still or arrived after a time: then saying it again would say
// nothing new.
func Stands(ctx context.Context, q database.Querier, a Activity, to string, after time.Time) (bool, error) {
	kind, state, settled, err := lastAbout(ctx, q, a.object(), database.Hash(to))
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for what was said last about %s: %w", a.ObjectURI, err)
	}
	return kind == a.Kind && (state == Pending || state == Delivered && settled.After(after)), nil
}
