package publisher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// Note is what a blog itself says in a thread. Package replies keeps it; here is how others get it.
type Note struct {
	ID          database.ID
	PostID      string
	InReplyTo   string         // the id of what it answers
	To          remote.Actor   // whom it answers; zero where that is the post
	HTML        string         // as the blog wrote it
	Named       []remote.Named // who else is named in it
	Language    string
	Unlisted    bool
	Private     bool // for whom it answers and names alone, as long as readers do not see what it answers
	PublishedAt time.Time
	UpdatedAt   time.Time      // zero before the first edit
	Blocked     remote.Blocked // who hears nothing any more; nil for nobody
}

// BuildNote is the Note as other servers get it. It may be quoted by nobody, since leave is given for posts alone. It begins with a mention
// of whom it answers, as people write, unless its author has begun with one: without one Mastodon tells nobody, and whom a server does not
// address, it may not show the answer to. The same holds for everybody who is named in it.
func BuildNote(b feeds.Blog, n Note) activitypub.Article {
	id := ids.NoteID(b, n.ID)
	content := n.HTML
	to, cc := []string{activitypub.Public}, []string{ids.Followers(b)}
	if n.Unlisted {
		to, cc = []string{ids.Followers(b)}, []string{activitypub.Public}
	}
	named := n.Named
	if n.To.URI != "" {
		named = append([]remote.Named{{Name: n.To.Handle, Actor: n.To}}, named...)
		begun, ok := beginsWith(content, n.To)
		if content = begun; !ok {
			content = "<p>" + mention(n.To) + "</p>" + content
		}
	}
	content = withMentions(content, named)
	tags := mentions(named)
	if n.Private {
		to, cc = nil, nil
	}
	for _, t := range tags {
		if n.Private {
			to = append(to, t.Href)
		} else {
			cc = append(cc, t.Href)
		}
	}
	return activitypub.Article{
		ID: id, Type: "Note", AttributedTo: b.ActorID(), InReplyTo: n.InReplyTo,
		Content: content, ContentMap: contentMap(n.Language, content), URL: id, Tag: tags,
		Published: activitypub.At(n.PublishedAt), Updated: activitypub.At(n.UpdatedAt),
		To: to, Cc: cc, Thread: ids.PostContext(b, n.PostID), Conversation: ids.PostContext(b, n.PostID),
	}
}

// NoteTombstone stands where a Note was.
func NoteTombstone(b feeds.Blog, id database.ID) activitypub.Tombstone {
	return activitypub.Tombstone{ID: ids.NoteID(b, id), Type: "Tombstone", FormerType: "Note"}
}

// BroadcastNote sends a new Note, or one that was edited, to the followers and to whom it answers. Telling the same again does nothing.
func BroadcastNote(ctx context.Context, tx database.Querier, b feeds.Blog, n Note, now time.Time) error {
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
func PublishNote(ctx context.Context, tx database.Querier, b feeds.Blog, n Note, now time.Time) error {
	return sendNote(ctx, tx, b, n, delivery.Activity{}, createNote(b, n), now)
}

func createNote(b feeds.Blog, n Note) activitypub.Activity {
	note := BuildNote(b, n)
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: noteActivity(b, n, "create"), Type: "Create", Actor: b.ActorID(),
		Published: note.Published, To: note.To, Cc: note.Cc, Object: note,
	}
}

// RetractNote tells everybody that a Note is gone.
func RetractNote(ctx context.Context, tx database.Querier, b feeds.Blog, n Note, now time.Time) error {
	note := BuildNote(b, n)
	gone := NoteTombstone(b, n.ID)
	gone.Deleted = activitypub.At(now)
	return sendNote(ctx, tx, b, n, delivery.Activity{}, activitypub.Activity{
		Context: activitypub.PlainContext, ID: noteActivity(b, n, "delete"), Type: "Delete", Actor: b.ActorID(), To: note.To, Cc: note.Cc, Object: gone,
	}, now)
}

// noteActivity is an id that follows from what is done, so that it is done once: once for a few, and once more for all.
func noteActivity(b feeds.Blog, n Note, what ...string) string {
	if n.Private {
		what = append(what, "private")
	}
	return ids.ActivityID(b.BaseURL, database.Hash(append([]string{ids.NoteID(b, n.ID)}, what...)...).ID())
}

func sendNote(
	ctx context.Context, tx database.Querier, b feeds.Blog, n Note, leaves delivery.Activity, activity activitypub.Activity, now time.Time,
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
	// Who has it and is named no more hears of it all the same; new words that are not for all are not for them.
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
func withHoldersOf(ctx context.Context, tx database.Querier, b feeds.Blog, n Note, inboxes []string) ([]string, error) {
	a := Announcer{Blocked: n.Blocked}
	inboxes, err := a.withHolders(ctx, tx, b, ids.NoteID(b, n.ID), "", inboxes)
	if err != nil {
		return nil, fmt.Errorf("look who has %s: %w", ids.NoteID(b, n.ID), err)
	}
	return inboxes, nil
}
