package inbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// Lemmy, PieFed and Mbin let people take back that they deleted something: Undo of a Delete, whose
// id is a new one. Of what was deleted here nothing is left, so its own server is asked for it, and
// it is taken as if it were new. It is for its author to say, or for the community of the post,
// whose moderators delete and restore as well.

// Restoring is what the journal calls a report that something is there again. Whoever sends
// it says nothing by it: restoreReport alone makes one (setAside).
const Restoring = "Restore"

// toRestore is the deleted reply that an Undo brings back; database.ErrNotFound where there is
// none.
func toRestore(ctx context.Context, q database.Querier, undo *Inbound) (thread.Stored, error) {
	if undo.Kind != "Undo" || !undo.Embedded.Is("Delete") {
		return thread.Stored{}, database.ErrNotFound
	}
	object, _ := undo.Embedded.Single("object")
	stored, err := thread.ReplyByURI(ctx, q, object)
	if err == nil && stored.Status != thread.Deleted {
		err = database.ErrNotFound
	}
	return stored, err
}

// restoreReport is what a group says with the Undo of a Delete, for the worker to find out about;
// nil where it is nothing of ours, or the group is not the community of the post.
func (in *Inbox) restoreReport(ctx context.Context, group string, undo *Inbound) (*Inbound, error) {
	stored, err := toRestore(ctx, in.DB, undo)
	if errors.Is(err, database.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for the reply: %w", err)
	}
	told, err := publisher.AnnouncementOf(ctx, in.DB, stored.PostID)
	if err != nil || told.Community == "" || told.Community != group {
		return nil, err
	}
	return &Inbound{ID: undo.ID, Kind: Restoring, Actor: stored.AuthorURI, Object: stored.ObjectURI}, nil
}

// Restore brings back a deleted reply as o, which was fetched from its own server. What moderators
// or blocks had hidden before it was deleted stays away.
func (in *Inbox) Restore(ctx context.Context, tx *database.Tx, stored thread.Stored, a *Inbound, o activitypub.Object) (Outcome, error) {
	switch {
	case stored.Status != thread.Deleted:
		return Dropped("it is there"), nil
	case stored.Before != "":
		return Dropped("it was hidden when it was deleted"), nil
	case o.Is("Tombstone"):
		return Dropped("deleted on its own server"), nil
	}
	again := in.Fetched("Create", thread.ReadNote(o))
	again.Embedded, again.Parent, again.Orphan, again.Lost, again.Asked, again.deleted = o, a.Parent, a.Orphan, a.Lost, a.Asked, &stored
	n, err := in.writtenBy(ctx, tx, again, stored.AuthorURI)
	if err != nil {
		return Outcome{}, err
	}
	return in.AddReply(ctx, tx, again, n)
}

// Fetched is an object from its own server as the activity of its author: the origin proves what a
// signature would.
func (in *Inbox) Fetched(kind string, n thread.Note) *Inbound {
	return &Inbound{Kind: kind, ID: n.ID, Actor: n.Author, Signer: n.Author, Object: n.ID, At: in.Now()}
}
