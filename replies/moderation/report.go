package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

// Reports cross servers as Flag activities: "somebody here has complained about this of yours".
// Servers send them in the name of their instance actor, so that nobody learns who complained. What
// comes is for the owner's eyes alone; what we send goes to one server.

// Report is what another server has told us about something of ours.
type Report struct {
	ID        database.ID
	BlogID    database.ID
	Actor     string   // who reports: mostly a server's own actor
	Objects   []string // ids of the blog's actor, its posts, or replies to it
	Reason    string   // plain text, at most 5,000 characters
	CreatedAt time.Time
	ClosedAt  time.Time // zero while it waits for the owner
	ClosedBy  string
}

// Reports lists reports that wait for the owner, or those that were closed, oldest first, from
// after on (0 = from the start). limit is at most 500.
func Reports(ctx context.Context, q database.Querier, closed bool, after database.ID, limit int) ([]Report, error) {
	list, err := listReports(ctx, q, closed, after, min(limit, MaxList))
	if err != nil {
		return nil, fmt.Errorf("list the reports: %w", err)
	}
	return list, nil
}

// ReportByID reads one report; web.ErrNotFound where there is none.
func ReportByID(ctx context.Context, q database.Querier, id database.ID) (Report, error) {
	r, err := reportByID(ctx, q, id)
	if errors.Is(err, database.ErrNotFound) {
		return r, fmt.Errorf("%w: there is no report %s", web.ErrNotFound, id)
	}
	if err != nil {
		return r, fmt.Errorf("read the report: %w", err)
	}
	return r, nil
}

// CloseReport notes that a report has been dealt with. web.ErrNotFound where there is none that
// waits.
func CloseReport(ctx context.Context, db *database.DB, id database.ID, who string, now time.Time) error {
	return thread.InTx(ctx, db, func(tx *database.Tx) error {
		r, err := ReportByID(ctx, tx, id)
		if err == nil && !r.ClosedAt.IsZero() {
			err = fmt.Errorf("%w: report %s is closed already", web.ErrNotFound, id)
		}
		if err == nil {
			err = closeReport(ctx, tx, id, safehtml.Cut(who, maxWho), now)
		}
		if err != nil {
			return err
		}
		return decide(ctx, tx, Decision{BlogID: r.BlogID, Who: who, What: whatClose, Target: "report " + id.String(), At: now})
	})
}

// SendReport reports a reply to the server it came from, in the name of the instance actor of a
// base URL (whose key must exist), and says which server that is. A reply is reported once;
// web.ErrTooMany says so, web.ErrNotFound that there is none or nobody to tell.
func SendReport(
	ctx context.Context, db *database.DB, base string, id database.ID, who, why string, now time.Time,
) (host string, err error) {
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		stored, err := thread.ReplyByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) || err == nil && stored.Status == thread.Deleted {
			return fmt.Errorf("%w: there is no reply %s, or its author deleted it", web.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		authors, err := remote.ActorsByID(ctx, tx, []database.ID{stored.AuthorID})
		if err != nil {
			return err
		}
		author, known := authors[stored.AuthorID]
		if !known || !author.GoneAt.IsZero() {
			return fmt.Errorf("%w: its author has left their server", web.ErrNotFound)
		}
		host = author.Host
		if err := publisher.SendFlag(ctx, tx, base, author, stored.ObjectURI, safehtml.Cut(why, MaxReason), now); err != nil {
			return err
		}
		return decide(ctx, tx, Decision{BlogID: stored.BlogID, Who: who, What: whatReport, Target: stored.ObjectURI, Why: why, At: now})
	})
	if err != nil {
		return "", fmt.Errorf("report the reply: %w", err)
	}
	return host, nil
}
