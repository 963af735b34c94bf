package inbox

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// The states of a row of the journal.
const (
	StateQueued  = "queued" // for the worker; only these keep a body
	stateDone    = "done"
	StateDropped = "dropped"
)

const (
	MaxVerdict = 500 // characters
	MaxSite    = 255 // characters
	maxTold    = 500 // bytes of ids, which only people read here
)

// JournalRow is a waiting row as the worker holds it.
type JournalRow struct {
	ID        database.ID
	Body      []byte // nil until it is claimed
	Person    string // who caused it
	Cause     string // their site
	Asks      string // the site that is asked
	Forwarded bool
	Inbox     database.ID
	Attempts  int
	Received  time.Time
	Lease     int64 // the lease_until we have set; another value means that the row is somebody else's now
}

// isReceived says whether an activity is in the journal. It saves the work; what decides is the
// unique key.
func isReceived(ctx context.Context, q database.Querier, key database.Digest) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM received
WHERE dedupe = ?`, key))
}

// insertReceived journals an activity of its own actor. A body is kept only while it is needed. It
// returns ErrDuplicate where the activity is there already.
func insertReceived(ctx context.Context, q database.Querier, a *Inbound, out Outcome) (err error) {
	var body []byte
	if out.State == StateQueued {
		if body, err = waitingBody(a); err != nil {
			return err
		}
	}
	return insertJournal(ctx, q, a, a.dedupe(), a.about(), body, false, out)
}

// waitingBody is as much of an activity as is needed to finish it. A large one is asked for again
// at the object's own server, which must be its author's: else strangers could have us keep a
// megabyte with each activity that waits.
func waitingBody(a *Inbound) ([]byte, error) {
	if len(a.Body) <= bounds.WaitingBody || a.Kind != "Create" && a.Kind != "Update" || !activitypub.SameOrigin(a.Object, a.Actor) {
		return a.Body, nil
	}
	return activitypub.Marshal(activitypub.Activity{ID: a.ID, Type: a.Kind, Actor: a.Actor, Object: a.Object})
}

// InsertForwarded journals what a says that another did, as no more than a type and an id. The key
// is not the activity's own, so that nobody can keep an activity out by forwarding its id first.
func InsertForwarded(ctx context.Context, q database.Querier, a, reported *Inbound, out Outcome) error {
	body, err := activitypub.Marshal(activitypub.Activity{
		ID: reported.ID, Type: reported.Kind, Actor: reported.Actor, Object: reported.Object,
	})
	if err != nil {
		return err
	}
	if out.State != StateQueued {
		body = nil
	}
	return insertJournal(ctx, q, a, database.Hash("forwarded", a.Signer, a.ID, a.signed), reported.about(), body, true, out)
}

func insertJournal(
	ctx context.Context, q database.Querier, a *Inbound, key, about database.Digest, body []byte, forwarded bool, out Outcome,
) error {
	at, due := database.Millis(a.At), max(database.Millis(a.At), database.Millis(a.Due))
	var stored any // NULL where there is none
	if body != nil {
		stored = body
	}
	_, err := q.Exec(ctx, `
INSERT INTO received (id, dedupe, uri, type, actor_uri, blog_id, state, verdict, cause_site, asks_site, forwarded, attempts, next_attempt_at,
	lease_until, received_at, body, about_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?)`,
		database.NewID(a.At), key.OrNull(), thread.Cut(a.ID, maxTold), a.Kind, thread.Cut(a.Signer, maxTold), out.Blog, out.State,
		safehtml.Cut(out.Verdict, MaxVerdict), safehtml.Cut(cmp.Or(a.Cause, activitypub.Site(a.Signer)), MaxSite), safehtml.Cut(a.Asks, MaxSite),
		forwarded, due, at, stored, about.OrNull())
	if errors.Is(err, database.ErrDuplicate) {
		return ErrDuplicate
	}
	return err
}

// RecordOutcome journals what became of an activity: in a row of its own, or in the one that the
// worker holds. A worker that has lost its lease gets ErrLeaseLost, and with it its transaction
// is undone.
func RecordOutcome(ctx context.Context, q database.Querier, a *Inbound, out Outcome) error {
	if a.Row.ID == 0 {
		return insertReceived(ctx, q, a, out)
	}
	rows, err := q.Exec(ctx, `
UPDATE received
SET state = ?, verdict = ?, blog_id = ?, body = NULL, lease_until = 0
WHERE id = ? AND state = ? AND lease_until = ?`,
		out.State, safehtml.Cut(out.Verdict, MaxVerdict), out.Blog, a.Row.ID, StateQueued, a.Row.Lease)
	if err == nil && rows == 0 {
		err = ErrLeaseLost
	}
	return err
}

// waitingFor counts the waiting rows that a site has caused, up to limit, and those of one person
// among them.
func waitingFor(ctx context.Context, q database.Querier, site, person string, limit int) (ofSite, ofPerson int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COALESCE(SUM(CASE WHEN actor_uri = ? THEN 1 ELSE 0 END), 0)
FROM (
	SELECT actor_uri
	FROM received
	WHERE state = ? AND cause_site = ?
	LIMIT ?
) waiting`, thread.Cut(person, maxTold), StateQueued, site, limit).Scan(&ofSite, &ofPerson)
	return ofSite, ofPerson, err
}

// ErrLeaseLost is returned to a worker whose row another one has taken over.
var ErrLeaseLost = errors.New("the row belongs to another worker now")

const selectReceived = `
SELECT id, uri, type, actor_uri, blog_id, state, verdict, forwarded, asks_site, attempts, next_attempt_at, received_at
FROM received`

func scanReceived(row database.Scanner) (r Received, err error) {
	var due, at int64
	err = row.Scan(&r.ID, &r.URI, &r.Type, &r.Actor, &r.BlogID, &r.State, &r.Verdict, &r.Forwarded, &r.Asks, &r.Attempts, &due, &at)
	r.At = database.Time(at)
	if r.State == StateQueued {
		r.DueAt = database.Time(due)
	}
	return r, err
}

// newestReceived lists the journal backwards, by the one index that says most about what is asked
// for.
func newestReceived(ctx context.Context, q database.Querier, f ReceivedFilter, limit int) ([]Received, error) {
	scan := database.Collect(scanReceived)
	const newest = `
ORDER BY id DESC
LIMIT ?`
	switch {
	case f.About != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE about_hash = ? AND (? = '' OR state = ?) AND (? = '' OR cause_site = ?)`+newest,
			database.Hash(f.About), f.State, f.State, f.Site, f.Site, limit))
	case f.Site != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE state IN (?, ?, ?) AND cause_site = ? AND (? = '' OR state = ?)`+newest,
			StateQueued, stateDone, StateDropped, f.Site, f.State, f.State, limit))
	case f.State != "":
		return scan(q.Query(ctx, selectReceived+`
WHERE state = ?
ORDER BY next_attempt_at DESC
LIMIT ?`, f.State, limit))
	}
	return scan(q.Query(ctx, selectReceived+newest, limit))
}

func receivedByID(ctx context.Context, q database.Querier, id database.ID) (Received, error) {
	return scanReceived(q.QueryRow(ctx, selectReceived+`
WHERE id = ?`, id))
}
