package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Received is a row of the journal: what came, and what became of it.
type Received struct {
	ID        database.ID
	URI       string // the id of the activity; "" where it has none
	Type      string
	Actor     string // who sent it
	BlogID    database.ID
	State     string // queued, done or dropped
	Verdict   string
	Forwarded bool   // by Actor, of somebody else
	Asks      string // the site that has to be asked first
	Attempts  int
	DueAt     time.Time // of the next attempt, while it waits
	At        time.Time
}

// ReceivedFilter says which rows are meant; the zero value means all.
type ReceivedFilter struct {
	State string // queued, done or dropped
	Site  string // that has caused it: its registrable domain
	About string // the id of what it is about
}

// ListReceived reads the journal of the inbox, newest first; limit is at most 500. What is done is
// kept for 30 days, what had no effect for 7.
func ListReceived(ctx context.Context, q database.Querier, f ReceivedFilter, limit int) ([]Received, error) {
	if f.Site != "" {
		f.Site = activitypub.Site("https://" + f.Site + "/")
	}
	list, err := newestReceived(ctx, q, f, max(0, min(limit, moderation.MaxList)))
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
