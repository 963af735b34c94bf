package replies

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// Lemmy, PieFed and Mbin let people take back that they deleted something: Undo of a Delete, whose id
// is a new one. Of what was deleted here nothing is left, so its own server is asked for it, and it
// is taken as if it were new. It is for its author to say, or for the community of the post, whose
// moderators delete and restore as well.

// restoring is what the journal calls a report that something is there again. Nobody can send it.
const restoring = "Restore"

// toRestore is the deleted reply that an Undo brings back; database.ErrNotFound where there is none.
func toRestore(ctx context.Context, q database.Querier, undo *inbound) (thread.Stored, error) {
	if undo.kind != "Undo" || !undo.embedded.Is("Delete") {
		return thread.Stored{}, database.ErrNotFound
	}
	object, _ := undo.embedded.Single("object")
	stored, err := thread.ReplyByURI(ctx, q, object)
	if err == nil && stored.Status != thread.Deleted {
		err = database.ErrNotFound
	}
	return stored, err
}

// restoreReport is what a group says with the Undo of a Delete, for the worker to find out about; nil
// where it is nothing of ours, or the group is not the community of the post.
func (in *Inbox) restoreReport(ctx context.Context, group string, undo *inbound) (*inbound, error) {
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
	return &inbound{id: undo.id, kind: restoring, actor: stored.AuthorURI, object: stored.ObjectURI}, nil
}

// restore brings back a deleted reply as o, which was fetched from its own server. What moderators or
// blocks had hidden before it was deleted stays away.
func (in *Inbox) restore(ctx context.Context, tx *database.Tx, stored thread.Stored, a *inbound, o activitypub.Object) (outcome, error) {
	switch {
	case stored.Status != thread.Deleted:
		return dropped("it is there"), nil
	case stored.Before != "":
		return dropped("it was hidden when it was deleted"), nil
	case o.Is("Tombstone"):
		return dropped("deleted on its own server"), nil
	}
	again := in.fetched("Create", thread.ReadNote(o))
	again.embedded, again.parent, again.orphan, again.lost, again.asked, again.deleted = o, a.parent, a.orphan, a.lost, a.asked, &stored
	n, err := in.writtenBy(ctx, tx, again, stored.AuthorURI)
	if errors.Is(err, errSeveral) {
		return dropped(err.Error()), nil
	}
	if err != nil {
		return outcome{}, err
	}
	return in.addReply(ctx, tx, again, n)
}

// fetched is an object from its own server as the activity of its author: the origin proves what a signature would.
func (in *Inbox) fetched(kind string, n thread.Note) *inbound {
	return &inbound{kind: kind, id: n.ID, actor: n.Author, signer: n.Author, object: n.ID, at: in.Now()}
}
