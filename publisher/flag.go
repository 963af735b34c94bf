package publisher

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// SendFlag reports an object and its author to their server, in the name of the instance actor of a
// base URL: Mastodon's moderators see a report without who complained, and so do all others. The
// ids are embedded, the account first. An object is reported once; its Flag's id follows from it. A
// second time is web.ErrTooMany.
func SendFlag(
	ctx context.Context, tx database.Querier, base string, author remote.Actor, object, why string, now time.Time,
) error {
	flag := activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(base, database.Hash("flag", base, object).ID()), Type: "Flag", Actor: ids.InstanceActor(base),
		To: []string{author.URI}, Object: []string{author.URI, object}, Content: why,
	}
	body, err := activitypub.Marshal(flag)
	if err != nil {
		return err
	}
	// Of no blog: a block of the author, which mostly follows, must not cancel it.
	err = delivery.Enqueue(ctx, tx, delivery.Activity{
		ID: database.NewID(now), URI: flag.ID, Sender: flag.Actor, Kind: flag.Type, ObjectURI: object, Body: body,
	}, 0, []string{cmp.Or(author.SharedInbox, author.Inbox)}, now)
	if errors.Is(err, database.ErrDuplicate) {
		return fmt.Errorf("%w: it was reported to %s already", web.ErrTooMany, author.Host)
	}
	if err != nil {
		return fmt.Errorf("report %s: %w", object, err)
	}
	return nil
}
