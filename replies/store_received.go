package replies

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
	stateWaiting = "waiting" // for the worker; only these keep a body
	stateDone    = "done"
	stateDropped = "dropped"
)

const (
	maxVerdict = 500 // characters
	maxSite    = 255 // characters
	maxTold    = 500 // bytes of ids, which only people read here
)

// journalRow is a waiting row as the worker holds it.
type journalRow struct {
	id        database.ID
	body      []byte // nil until it is claimed
	person    string // who caused it
	cause     string // their site
	asks      string // the site that is asked
	forwarded bool
	inbox     database.ID
	attempts  int
	received  time.Time
	lease     int64 // the lease_until we have set; another value means that the row is somebody else's now
}

// isReceived says whether an activity is in the journal. It saves the work; what decides is the unique key.
func isReceived(ctx context.Context, q database.Querier, key database.Digest) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM received
WHERE dedupe = ?`, key))
}

// insertReceived journals an activity of its own actor. A body is kept only while it is needed. It returns errDuplicate where the activity
// is there already.
func insertReceived(ctx context.Context, q database.Querier, a *inbound, out outcome) (err error) {
	var body []byte
	if out.state == stateWaiting {
		if body, err = waitingBody(a); err != nil {
			return err
		}
	}
	return insertJournal(ctx, q, a, a.dedupe(), a.about(), body, false, out)
}

// waitingBody is as much of an activity as is needed to finish it. A large one is asked for again at the object's own server, which must be
// its author's: else strangers could have us keep a megabyte with each activity that waits.
func waitingBody(a *inbound) ([]byte, error) {
	if len(a.body) <= bounds.WaitingBody || a.kind != "Create" && a.kind != "Update" || !activitypub.SameOrigin(a.object, a.actor) {
		return a.body, nil
	}
	return activitypub.Marshal(activitypub.Activity{ID: a.id, Type: a.kind, Actor: a.actor, Object: a.object})
}

// insertForwarded journals what a says that another did, as no more than a type and an id. The key is not the activity's own, so that
// nobody can keep an activity out by forwarding its id first.
func insertForwarded(ctx context.Context, q database.Querier, a, reported *inbound, out outcome) error {
	body, err := activitypub.Marshal(activitypub.Activity{
		ID: reported.id, Type: reported.kind, Actor: reported.actor, Object: reported.object,
	})
	if err != nil {
		return err
	}
	if out.state != stateWaiting {
		body = nil
	}
	return insertJournal(ctx, q, a, database.Hash("forwarded", a.signer, a.id, a.signed), reported.about(), body, true, out)
}

func insertJournal(
	ctx context.Context, q database.Querier, a *inbound, key, about database.Digest, body []byte, forwarded bool, out outcome,
) error {
	at, due := database.Millis(a.at), max(database.Millis(a.at), database.Millis(a.due))
	var stored any // NULL where there is none
	if body != nil {
		stored = body
	}
	_, err := q.Exec(ctx, `
INSERT INTO received (id, dedupe, uri, type, actor_uri, blog_id, state, verdict, cause_site, asks_site, forwarded, attempts, next_attempt_at,
	lease_until, received_at, body, about_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?)`,
		database.NewID(a.at), key.OrNull(), thread.Cut(a.id, maxTold), a.kind, thread.Cut(a.signer, maxTold), out.blog, out.state,
		safehtml.Cut(out.verdict, maxVerdict), safehtml.Cut(cmp.Or(a.cause, activitypub.Site(a.signer)), maxSite), safehtml.Cut(a.asks, maxSite),
		forwarded, due, at, stored, about.OrNull())
	if errors.Is(err, database.ErrDuplicate) {
		return errDuplicate
	}
	return err
}

// recordOutcome journals what became of an activity: in a row of its own, or in the one that the worker holds. A worker that has lost its
// lease gets errRace, and with it its transaction is undone.
func recordOutcome(ctx context.Context, q database.Querier, a *inbound, out outcome) error {
	if a.row.id == 0 {
		return insertReceived(ctx, q, a, out)
	}
	rows, err := q.Exec(ctx, `
UPDATE received
SET state = ?, verdict = ?, blog_id = ?, body = NULL, lease_until = 0
WHERE id = ? AND state = ? AND lease_until = ?`,
		out.state, safehtml.Cut(out.verdict, maxVerdict), out.blog, a.row.id, stateWaiting, a.row.lease)
	if err == nil && rows == 0 {
		err = errLeaseLost
	}
	return err
}

// waitingFor counts the waiting rows that a site has caused, up to limit, and those of one person among them.
func waitingFor(ctx context.Context, q database.Querier, site, person string, limit int) (ofSite, ofPerson int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*), COALESCE(SUM(CASE WHEN actor_uri = ? THEN 1 ELSE 0 END), 0)
FROM (
	SELECT actor_uri
	FROM received
	WHERE state = ? AND cause_site = ?
	LIMIT ?
) waiting`, thread.Cut(person, maxTold), stateWaiting, site, limit).Scan(&ofSite, &ofPerson)
	return ofSite, ofPerson, err
}

var errLeaseLost = errors.New("the row belongs to another worker now")
