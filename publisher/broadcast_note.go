package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// BroadcastNote sends a new Note, or one that was edited, to the followers and to whom it answers.
// Telling the same again does nothing.
func BroadcastNote(ctx context.Context, tx database.Querier, b feeds.Blog, n article.Note, now time.Time) error {
	create := createNote(b, n)
	if n.UpdatedAt.IsZero() {
		return sendNote(ctx, tx, b, n, delivery.Activity{}, create, now)
	}
	joined, err := activitypub.Marshal(create) // for whom the first one never reached
	if err != nil {
		return err
	}
	update := create
	update.ID, update.Type = noteActivity(b, n, "update", n.UpdatedAt.UTC().Format(time.RFC3339)), "Update"
	return sendNote(ctx, tx, b, n, delivery.Activity{Joined: joined}, update, now)
}

// PublishNote sends everybody a Note that was Private until now, as it is now.
func PublishNote(ctx context.Context, tx database.Querier, b feeds.Blog, n article.Note, now time.Time) error {
	return sendNote(ctx, tx, b, n, delivery.Activity{}, createNote(b, n), now)
}

func createNote(b feeds.Blog, n article.Note) activitypub.Activity {
	note := article.BuildNote(b, n)
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: noteActivity(b, n, "create"), Type: "Create", Actor: b.ActorID(),
		Published: note.Published, To: note.To, Cc: note.Cc, Object: note,
	}
}

// RetractNote tells everybody that a Note is gone.
func RetractNote(ctx context.Context, tx database.Querier, b feeds.Blog, n article.Note, now time.Time) error {
	note := article.BuildNote(b, n)
	gone := article.NoteTombstone(b, n.ID)
	gone.Deleted = activitypub.At(now)
	return sendNote(ctx, tx, b, n, delivery.Activity{}, activitypub.Activity{
		Context: activitypub.PlainContext, ID: noteActivity(b, n, "delete"), Type: "Delete", Actor: b.ActorID(), To: note.To, Cc: note.Cc, Object: gone,
	}, now)
}

// noteActivity is an id that follows from what is done, so that it is done once: once for a few,
// and once more for all.
func noteActivity(b feeds.Blog, n article.Note, what ...string) string {
	if n.Private {
		what = append(what, "private")
	}
	return ids.ActivityID(b.BaseURL, database.Hash(append([]string{ids.NoteID(b, n.ID)}, what...)...).ID())
}

func sendNote(
	ctx context.Context, tx database.Querier, b feeds.Blog, n article.Note, leaves delivery.Activity, activity activitypub.Activity, now time.Time,
) error {
	var inboxes []string
	var err error
	if !n.Private {
		if inboxes, err = recipients(ctx, tx, b.ID); err != nil {
			return err
		}
	}
	if n.To.GoneAt.IsZero() {
		inboxes = withInboxes(inboxes, []remote.Named{{Name: n.To.Handle, Actor: n.To}})
	}
	inboxes = withInboxes(inboxes, n.Named)
	// Who has it and is named no more hears of it all the same; new words that are not for all are
	// not for them.
	if activity.Type == "Delete" || activity.Type == "Update" && !n.Private {
		if inboxes, err = withHoldersOf(ctx, tx, b, n, inboxes); err != nil {
			return err
		}
	}
	leaves.ObjectURI = ids.NoteID(b, n.ID)
	err = enqueue(ctx, tx, b, leaves, activity, inboxes, now)
	if err != nil && !errors.Is(err, database.ErrDuplicate) {
		return fmt.Errorf("send the %s of %s: %w", activity.Type, ids.NoteID(b, n.ID), err)
	}
	return nil
}

// withHoldersOf are the inboxes, and those that a Note went to before.
func withHoldersOf(ctx context.Context, tx database.Querier, b feeds.Blog, n article.Note, inboxes []string) ([]string, error) {
	a := Announcer{Blocked: n.Blocked}
	inboxes, err := a.withHolders(ctx, tx, b, ids.NoteID(b, n.ID), "", inboxes)
	if err != nil {
		return nil, fmt.Errorf("look who has %s: %w", ids.NoteID(b, n.ID), err)
	}
	return inboxes, nil
}
