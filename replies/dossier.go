package replies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Dossier is all that is known of a reply.
type Dossier struct {
	Listed
	ApprovedAt time.Time  // by a moderator; zero for never
	LetGoAt    time.Time  // when its text goes; zero for never, and where it is gone
	Parent     *Listed    // what it answers, where that is a reply
	Received   []Received // what came about it, newest first, as far as the journal remembers
	Decisions  []Decision // about it, its author and their server, newest first
}

// ReadDossier is all that is known of a reply; web.ErrNotFound where there is none with this id.
func ReadDossier(ctx context.Context, q database.Querier, id database.ID) (d Dossier, err error) {
	stored, err := replyThere(ctx, q, id)
	if err != nil {
		return d, err
	}
	if d.Listed, err = ListedByID(ctx, q, id); err != nil {
		return d, err
	}
	d.ApprovedAt, d.LetGoAt = stored.ApprovedAt, stored.letGoAt
	if stored.ParentID != 0 {
		parent, err := ListedByID(ctx, q, stored.ParentID)
		if err != nil {
			return d, fmt.Errorf("read what it answers: %w", err)
		}
		d.Parent = &parent
	}
	if d.Received, err = ListReceived(ctx, q, ReceivedFilter{About: stored.ObjectURI}, maxList); err != nil {
		return d, err
	}
	about := []string{stored.ObjectURI}
	if stored.AuthorURI != "" {
		about = append(about, namesOf(stored.AuthorURI)...)
	}
	if d.Decisions, err = decisionsAbout(ctx, q, about, maxList); err != nil {
		return d, fmt.Errorf("list the decisions: %w", err)
	}
	return d, nil
}

// ListedByID is one reply as a moderator meets it; web.ErrNotFound where there is none with this id.
func ListedByID(ctx context.Context, q database.Querier, id database.ID) (Listed, error) {
	list, err := listedByIDs(ctx, q, []database.ID{id})
	if err != nil {
		return Listed{}, fmt.Errorf("read the reply: %w", err)
	}
	if len(list) == 0 {
		return Listed{}, fmt.Errorf("%w: there is no reply %s", web.ErrNotFound, id)
	}
	err = dressListed(ctx, q, list)
	return list[0], err
}

// Received is a row of the journal: what came, and what became of it.
type Received struct {
	ID        database.ID
	URI       string // the id of the activity; "" where it has none
	Type      string
	Actor     string // who sent it
	BlogID    database.ID
	State     string // waiting, done or dropped
	Verdict   string
	Forwarded bool   // by Actor, of somebody else
	Asks      string // the site that has to be asked first
	Attempts  int
	DueAt     time.Time // of the next attempt, while it waits
	At        time.Time
}

// ReceivedFilter says which rows are meant; the zero value means all.
type ReceivedFilter struct {
	State string // waiting, done or dropped
	Site  string // that has caused it: its registrable domain
	About string // the id of what it is about
}

// ListReceived reads the journal of the inbox, newest first; limit is at most 500. What is done is
// kept for 30 days, what had no effect for 7.
func ListReceived(ctx context.Context, q database.Querier, f ReceivedFilter, limit int) ([]Received, error) {
	if f.Site != "" {
		f.Site = activitypub.Site("https://" + f.Site + "/")
	}
	list, err := newestReceived(ctx, q, f, max(0, min(limit, maxList)))
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return list, nil
}

// ReceivedByID is one row of the journal; web.ErrNotFound where it has none with this id.
func ReceivedByID(ctx context.Context, q database.Querier, id database.ID) (Received, error) {
	r, err := receivedByID(ctx, q, id)
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: the journal has no row %s; it remembers for 30 days what was done, and for 7 what had no effect", web.ErrNotFound, id)
	}
	return r, err
}
