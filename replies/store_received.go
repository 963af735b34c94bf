package replies

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
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
	return exists(q.QueryRow(ctx, `
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
	at, due := database.Millis(a.at), database.Millis(latest(a.at, a.due))
	var stored any // NULL where there is none
	if body != nil {
		stored = body
	}
	_, err := q.Exec(ctx, `
INSERT INTO received (id, dedupe, uri, type, actor_uri, blog_id, state, verdict, cause_site, asks_site, forwarded, attempts, next_attempt_at,
	lease_until, received_at, body, about_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?)`,
		database.NewID(a.at), key.OrNull(), cut(a.id, maxTold), a.kind, cut(a.signer, maxTold), out.blog, out.state,
		cutRunes(out.verdict, maxVerdict), cutRunes(cmp.Or(a.cause, activitypub.Site(a.signer)), maxSite), cutRunes(a.asks, maxSite),
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
		out.state, cutRunes(out.verdict, maxVerdict), out.blog, a.row.id, stateWaiting, a.row.lease)
	if err == nil && rows == 0 {
		err = errLeaseLost
	}
	return err
}

// dueReceived lists waiting rows that nobody holds, without those of the persons and sites that are busy.
func dueReceived(ctx context.Context, q database.Querier, now time.Time, busy busy, limit int) ([]journalRow, error) {
	at := database.Millis(now)
	where, args := "", []any{stateWaiting, at, at}
	for column, names := range map[string][]any{"actor_uri": busy.persons, "cause_site": busy.causes, "asks_site": busy.asked} {
		if len(names) > 0 {
			where += " AND " + column + " NOT IN (" + database.Marks(len(names)) + ")"
			args = append(args, names...)
		}
	}
	return database.Collect(func(row database.Scanner) (j journalRow, err error) {
		var received int64
		err = row.Scan(&j.id, &j.person, &j.cause, &j.asks, &j.forwarded, &j.inbox, &j.attempts, &received, &j.lease)
		j.received = database.Time(received)
		return j, err
	})(q.Query(ctx, `
SELECT id, actor_uri, cause_site, asks_site, forwarded, blog_id, attempts, received_at, lease_until
FROM received
WHERE state = ? AND next_attempt_at <= ? AND lease_until <= ?`+where+`
ORDER BY next_attempt_at
LIMIT ?`, append(args, limit)...))
}

// bodyOfReceived is the activity of a row.
func bodyOfReceived(ctx context.Context, q database.Querier, id database.ID) (body []byte, err error) {
	err = q.QueryRow(ctx, `
SELECT body
FROM received
WHERE id = ?`, id).Scan(&body)
	return body, err
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
) waiting`, cut(person, maxTold), stateWaiting, site, limit).Scan(&ofSite, &ofPerson)
	return ofSite, ofPerson, err
}

// soonestReceived returns when the next waiting row is due; one that a worker holds is due again when its lease ends.
func soonestReceived(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
SELECT MIN(CASE WHEN lease_until > next_attempt_at THEN lease_until ELSE next_attempt_at END)
FROM (
	SELECT next_attempt_at, lease_until
	FROM received
	WHERE state = ?
	ORDER BY next_attempt_at
	LIMIT ?
) soonest`, stateWaiting, database.MaxLeased))
}

// claimReceived takes a row if it is still as it was listed. The attempt counts from now on: a row whose work kills the process must not be
// tried for ever.
func claimReceived(ctx context.Context, q database.Querier, j *journalRow, until time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE received
SET lease_until = ?, attempts = attempts + 1
WHERE id = ? AND state = ? AND lease_until = ? AND attempts = ?`,
		database.Millis(until), j.id, stateWaiting, j.lease, j.attempts)
	j.lease, j.attempts = database.Millis(until), j.attempts+1
	return rows == 1, err
}

// deferReceived gives a row back, to be tried again.
func deferReceived(ctx context.Context, q database.Querier, j journalRow, verdict string, next time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE received
SET lease_until = 0, next_attempt_at = ?, verdict = ?, asks_site = ?
WHERE id = ? AND state = ? AND lease_until = ?`,
		database.Millis(next), cutRunes(verdict, maxVerdict), cutRunes(j.asks, maxSite), j.id, stateWaiting, j.lease)
	return err
}

// expireDropped forgets up to limit rows older than before that had no effect, and says how many it was.
func expireDropped(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	ids, err := database.Collect(scanID)(q.Query(ctx, `
SELECT id
FROM received
WHERE state = ? AND next_attempt_at < ?
ORDER BY next_attempt_at
LIMIT ?`, stateDropped, database.Millis(before), limit))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM received
WHERE id IN (`+database.Marks(len(ids))+`)`, anys(ids)...)
}

// expireReceived forgets up to limit rows older than before that are done with, and says how many it was.
func expireReceived(ctx context.Context, q database.Querier, before time.Time, limit int) (int64, error) {
	ids, err := database.Collect(func(row database.Scanner) (id any, err error) {
		var n database.ID
		err = row.Scan(&n)
		return n, err
	})(q.Query(ctx, `
SELECT id
FROM received
WHERE received_at < ? AND state <> ?
ORDER BY received_at
LIMIT ?`, database.Millis(before), stateWaiting, limit))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM received
WHERE id IN (`+database.Marks(len(ids))+`)`, ids...)
}
