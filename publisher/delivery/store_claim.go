package delivery

import (
	"context"
	"database/sql"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// A delivery that waits for an older one looks again after a second while that is being sent, and otherwise when that is tried again, but
// within 15 minutes, since it may be cancelled.
const (
	shortWait   = time.Second
	longestLook = 15 * time.Minute
)

// candidates reads deliveries with the failures of their host, and with the activity before each: one about the same object that is still
// pending at the host, or was cancelled while on its way.
const candidates = `
	SELECT d.activity_id, d.inbox_hash, d.inbox, d.host, d.attempts, d.last_status, d.joined, d.expires_at, d.lease_token,
		COALESCE(h.failures, 0), COALESCE(h.paused_until, 0), COALESCE(h.failing_since, 0), COALESCE(h.held_until, 0), COALESCE(h.succeeded_at, 0),
		COALESCE(h.spoke_at, 0),
		(
			SELECT MIN(CASE WHEN o.lease_until > ? THEN 0 ELSE o.next_attempt_at END)
			FROM deliveries o
			WHERE o.object_hash = d.object_hash
			AND o.host = d.host
			AND o.state IN ('pending', 'cancelled')
			AND o.activity_id < d.activity_id
			AND (o.state = 'pending' OR o.lease_until > ?)
		)
	FROM deliveries d
	LEFT JOIN hosts h ON h.host = d.host`

func duePage(ctx context.Context, q database.Querier, now time.Time, limit, skip int) ([]candidate, error) {
	at := database.Millis(now)
	return database.Collect(scanCandidate)(q.Query(ctx, candidates+`
		WHERE d.state = 'pending'
		AND d.next_attempt_at <= ?
		ORDER BY d.next_attempt_at
		LIMIT ? OFFSET ?`, at, at, at, limit, skip))
}

// nextAttempt returns when the next delivery is due, or a lease or a pause ends.
func nextAttempt(ctx context.Context, q database.Querier) (time.Time, error) {
	return database.Earliest(q.QueryRow(ctx, `
		SELECT MIN(next_attempt_at)
		FROM deliveries
		WHERE state = 'pending'`))
}

// dueFor reads the oldest first, so that a host that was away gets its backlog as it came about.
// The "+ 0" keeps the planner on the index of hosts.
func dueFor(ctx context.Context, q database.Querier, host string, now time.Time, limit int) ([]candidate, error) {
	at := database.Millis(now)
	return database.Collect(scanCandidate)(q.Query(ctx, candidates+`
		WHERE d.host = ?
		AND d.state = 'pending'
		AND d.next_attempt_at + 0 <= ?
		ORDER BY d.activity_id
		LIMIT ?`, at, at, host, at, limit))
}

func scanCandidate(row database.Scanner) (c candidate, err error) {
	var expiresAt, pausedUntil, failingSince, heldUntil, succeededAt, spokeAt int64
	var waitUntil sql.NullInt64
	err = row.Scan(&c.activity, &c.inboxHash, &c.inbox, &c.host, &c.attempts, &c.lastStatus, &c.joined, &expiresAt, &c.token,
		&c.failures, &pausedUntil, &failingSince, &heldUntil, &succeededAt, &spokeAt, &waitUntil)
	c.isTrial = succeededAt == 0
	c.spoke = spokeAt > 0
	c.expiresAt = database.Time(expiresAt)
	c.pausedUntil = database.Time(max(pausedUntil, heldUntil))
	c.failingSince = database.Time(failingSince)
	c.waitsFor = waitUntil.Valid
	c.waitUntil = database.Time(waitUntil.Int64)
	return c, err
}

// claimGroup is the rows that one statement leases: those of one activity with the same last token.
type claimGroup struct {
	activity database.ID
	token    database.ID
}

// leaseRows leases those rows that nobody leased or cancelled since they were read. It moves next_attempt_at to the end of the lease, so
// that leased rows are not among the due ones, and those of a crashed worker become due by themselves; those may have arrived.
func leaseRows(ctx context.Context, q database.Querier, take []candidate, token database.ID, now, until time.Time) ([]*job, error) {
	groups := newGroups[claimGroup, *job](len(take))
	for i := range take {
		j := take[i].job
		groups.add(claimGroup{j.activity, j.token}, &j)
		j.token, j.leaseUntil = token, until
	}
	won := make([]*job, 0, len(take))
	for group, jobs := range groups.all() {
		leased, err := leaseGroup(ctx, q, group, jobs, token, until)
		if err != nil {
			return nil, err
		}
		won = append(won, leased...)
	}
	return won, nil
}

func leaseGroup(ctx context.Context, q database.Querier, g claimGroup, jobs []*job, token database.ID, until time.Time) ([]*job, error) {
	hashes := make([]any, len(jobs))
	for i, j := range jobs {
		hashes[i] = j.inboxHash
	}
	args := []any{token, database.Millis(until), database.Millis(until), g.activity, g.token, Pending}
	rows, err := q.Exec(ctx, `
		UPDATE deliveries
		SET unsure = CASE WHEN lease_until > 0 THEN 1 ELSE unsure END, lease_token = ?, lease_until = ?, next_attempt_at = ?
		WHERE activity_id = ?
		AND lease_token = ?
		AND state = ?
		AND inbox_hash IN (`+database.Marks(len(jobs))+`)`, append(args, hashes...)...)
	if err != nil || rows == int64(len(jobs)) || rows == 0 {
		return jobs[:rows], err
	}
	return whichLeased(ctx, q, g.activity, jobs, token, hashes)
}

// whichLeased finds out which rows the token is on: others were faster with the rest.
func whichLeased(ctx context.Context, q database.Querier, activity database.ID, jobs []*job, token database.ID, hashes []any) (
	won []*job, err error,
) {
	leased, err := database.Collect(scanDigest)(q.Query(ctx, `
		SELECT inbox_hash
		FROM deliveries
		WHERE activity_id = ?
		AND lease_token = ?
		AND inbox_hash IN (`+database.Marks(len(jobs))+`)`, append([]any{activity, token}, hashes...)...))
	if err != nil {
		return nil, err
	}
	ours := make(map[database.Digest]bool, len(leased))
	for _, hash := range leased {
		ours[hash] = true
	}
	for _, j := range jobs {
		if ours[j.inboxHash] {
			won = append(won, j)
		}
	}
	return won, nil
}

func scanDigest(row database.Scanner) (d database.Digest, err error) { return d, row.Scan(&d) }

// moveBack moves what is due to when its turn may come, in whole seconds, so that one statement can
// serve many.
func moveBack(ctx context.Context, q database.Querier, later []candidate, now time.Time) error {
	groups := newGroups[waitGroup, any](len(later))
	for _, c := range later {
		groups.add(waitGroup{c.activity, database.Millis(c.waitUntil.Truncate(time.Second).Add(time.Second))}, c.inboxHash)
	}
	return move(ctx, q, groups, now)
}

// waitGroup is the rows that one statement postpones.
type waitGroup struct {
	activity database.ID
	until    int64
}

// postpone moves on what has to wait for an older activity, so that waiting rows never fill the page.
func postpone(ctx context.Context, q database.Querier, wait []candidate, now time.Time) error {
	groups := newGroups[waitGroup, any](len(wait))
	for _, c := range wait {
		until := now.Add(shortWait)
		if c.waitUntil.After(until) {
			until = c.waitUntil
		}
		if latest := now.Add(longestLook); until.After(latest) {
			until = latest
		}
		groups.add(waitGroup{c.activity, database.Millis(until)}, c.inboxHash)
	}
	return move(ctx, q, groups, now)
}

// move moves what is due still.
func move(ctx context.Context, q database.Querier, groups *groups[waitGroup, any], now time.Time) error {
	for group, hashes := range groups.all() {
		args := []any{group.until, group.activity, Pending, database.Millis(now)}
		_, err := q.Exec(ctx, `
			UPDATE deliveries
			SET next_attempt_at = ?
			WHERE activity_id = ?
			AND state = ?
			AND next_attempt_at <= ?
			AND inbox_hash IN (`+database.Marks(len(hashes))+`)`, append(args, hashes...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func readPayload(ctx context.Context, q database.Querier, of bodyKey) (p payload, err error) {
	var created int64
	var object database.Digest
	err = q.QueryRow(ctx, `
		SELECT sender, kind, object_hash, CASE WHEN ? = 1 THEN joined_body ELSE body END, created_at
		FROM activities
		WHERE id = ?`, of.joined, of.activity).Scan(&p.sender, &p.kind, &object, &p.body, &created)
	p.at = database.Time(created)
	p.ofItself = p.kind == "Update" && object == Activity{Sender: p.sender, ObjectURI: p.sender}.object()
	return p, err
}
