package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	maxReported = 50  // objects kept of one report
	maxFlagged  = 200 // objects of one Flag that are looked for here; a list may name other servers' things as well
)

// flag keeps a report about something of ours. One site may send 100 a day; more would be a flood,
// and are only counted in the journal.
func (in *Inbox) flag(ctx context.Context, tx *database.Tx, a *Inbound) (Outcome, error) {
	if err := Authorise(a.claim()); err != nil {
		return Outcome{}, err
	}
	report := moderation.Report{
		ID: database.NewID(a.At), Actor: a.Actor, CreatedAt: a.At,
		Reason: safehtml.Cut(safehtml.Text(thread.Cut(a.activity.Text("content"), thread.MaxContent)), moderation.MaxReason),
	}
	for _, uri := range thread.First(thread.Distinct(a.activity.Refs("object")), maxFlagged) {
		blogID, err := flagged(ctx, tx, uri)
		if errors.Is(err, thread.ErrNowhere) {
			continue
		}
		if err != nil {
			return Outcome{}, fmt.Errorf("look for what is reported: %w", err)
		}
		if report.BlogID == 0 {
			report.BlogID = blogID
		}
		if report.Objects = append(report.Objects, uri); len(report.Objects) == maxReported {
			break
		}
	}
	if len(report.Objects) == 0 {
		return Dropped("a report about nothing of ours"), nil
	}
	site := activitypub.Site(a.Actor)
	n, err := moderation.CountReports(ctx, tx, site, a.At.Add(-24*time.Hour), bounds.ReportsPerDay)
	if err != nil {
		return Outcome{}, fmt.Errorf("count the reports: %w", err)
	}
	if n == bounds.ReportsPerDay {
		return Dropped(fmt.Sprintf("more than %d reports of %s in a day", bounds.ReportsPerDay, site)), nil
	}
	open, err := moderation.CountOpenReports(ctx, tx, bounds.ReportsOpen)
	if err != nil {
		return Outcome{}, fmt.Errorf("count the open reports: %w", err)
	}
	if open == bounds.ReportsOpen {
		return Dropped(fmt.Sprintf("%d reports wait already", open)), nil
	}
	return done("reported", report.BlogID), moderation.InsertReport(ctx, tx, site, report)
}

// flagged is the blog that a reported id concerns; thread.ErrNowhere for what is not ours.
func flagged(ctx context.Context, q database.Querier, uri string) (database.ID, error) {
	if !activitypub.ValidID(uri) {
		return 0, thread.ErrNowhere
	}
	blog, err := thread.BlogByActor(ctx, q, uri)
	if !errors.Is(err, database.ErrNotFound) {
		return blog.ID, err
	}
	p, err := thread.PostByID(ctx, q, uri)
	if !errors.Is(err, database.ErrNotFound) {
		return p.Blog.ID, err
	}
	stored, err := thread.ReplyByURI(ctx, q, uri)
	if errors.Is(err, database.ErrNotFound) {
		return 0, thread.ErrNowhere
	}
	return stored.BlogID, err
}
