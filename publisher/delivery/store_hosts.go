package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// pauseOf says whether a host is paused by the breaker, and how often it failed.
func pauseOf(ctx context.Context, q database.Querier, host string) (paused bool, failures int, err error) {
	var pausedUntil int64
	err = q.QueryRow(ctx, `
		SELECT paused_until, failures
		FROM hosts
		WHERE host = ?`, host).Scan(&pausedUntil, &failures)
	if errors.Is(err, database.ErrNotFound) {
		return false, 0, nil
	}
	return pausedUntil > 0, failures, err
}

// endPause leaves the failures as they are: one more opens the breaker again. failing_since begins with it.
func endPause(ctx context.Context, q database.Querier, host string) error {
	_, err := q.Exec(ctx, `
		UPDATE hosts
		SET paused_until = 0, failing_since = 0, doomed_at = 0
		WHERE host = ?`, host)
	return err
}

// hastenOldest makes the oldest waiting delivery due at that time: the only one that is sure to wait for no other.
func hastenOldest(ctx context.Context, q database.Querier, host string, at time.Time) error {
	var activity database.ID
	var inbox database.Digest
	err := q.QueryRow(ctx, `
		SELECT activity_id, inbox_hash
		FROM deliveries
		WHERE host = ?
		AND state = ?
		AND lease_until = 0
		ORDER BY activity_id
		LIMIT 1`, host, Pending).Scan(&activity, &inbox)
	if errors.Is(err, database.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return comeDue(ctx, q, activity, inbox, at)
}

// hastenNewest makes the newest waiting delivery due at the end of a dead host's pause, if it waits for no other.
func hastenNewest(ctx context.Context, q database.Querier, host string, at time.Time) error {
	var activity database.ID
	var inbox database.Digest
	err := q.QueryRow(ctx, `
		SELECT d.activity_id, d.inbox_hash
		FROM deliveries d
		WHERE d.host = ?
		AND d.state = ?
		AND d.lease_until = 0
		AND NOT EXISTS (
			SELECT 1
			FROM deliveries o
			WHERE o.object_hash = d.object_hash
			AND o.host = d.host
			AND o.state = 'pending'
			AND o.activity_id < d.activity_id
		)
		ORDER BY d.activity_id DESC
		LIMIT 1`, host, Pending).Scan(&activity, &inbox)
	if errors.Is(err, database.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return comeDue(ctx, q, activity, inbox, at)
}

func comeDue(ctx context.Context, q database.Querier, activity database.ID, inbox database.Digest, at time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET next_attempt_at = ?
		WHERE activity_id = ?
		AND inbox_hash = ?
		AND state = ?
		AND lease_until = 0`, database.Millis(at), activity, inbox, Pending)
	return err
}

// setWell forgets the failures of a host and reports whether its breaker was open.
func setWell(ctx context.Context, q database.Querier, host string, now time.Time) (wasOpen bool, err error) {
	for i, which := range []string{"(failures >= ? OR paused_until > 0)", "failures > 0 AND failures < ?"} {
		rows, err := q.Exec(ctx, `
			UPDATE hosts
			SET failures = 0, paused_until = 0, failing_since = 0, doomed_at = 0, last_error = '', succeeded_at = ?, updated_at = ?
			WHERE host = ?
			AND `+which, database.Millis(now), database.Millis(now), host, openAfter)
		if err != nil || rows > 0 {
			return i == 0, err
		}
	}
	return false, nil
}

// hasten makes everything due that waits for a host, but for what the host itself asked to hold back (429). Here and below the "+ 0" keeps
// the planner from walking everything that is due instead of the few rows of one host.
func hasten(ctx context.Context, q database.Querier, host string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET next_attempt_at = ?
		WHERE host = ?
		AND state = ?
		AND next_attempt_at + 0 > ?
		AND lease_until = 0
		AND last_status <> 429`, database.Millis(now), host, Pending, database.Millis(now))
	return err
}

// addFailure counts the failures of a moment as one and tells how the host stands then.
func addFailure(ctx context.Context, q database.Querier, n *hostOutcome, p pauses, now time.Time) (s hostRow, err error) {
	rows, err := updateFailures(ctx, q, n, p, now)
	if err == nil && rows == 0 {
		err = insertFailure(ctx, q, n, p, now)
	}
	if errors.Is(err, database.ErrDuplicate) {
		_, err = updateFailures(ctx, q, n, p, now)
	}
	if err != nil {
		return s, err
	}
	var paused, since, doomed int64
	err = q.QueryRow(ctx, `
		SELECT failures, paused_until, failing_since, doomed_at
		FROM hosts
		WHERE host = ?`, n.host).Scan(&s.failures, &paused, &since, &doomed)
	s.pausedUntil, s.failingSince, s.doomedAt = database.Time(paused), database.Time(since), database.Time(doomed)
	return s, err
}

// updateFailures sets what others are made of last: MySQL evaluates from left to right, with the
// values already set. A failing_since of this moment and one of 0 mean the same to what comes after
// it.
func updateFailures(ctx context.Context, q database.Querier, n *hostOutcome, p pauses, now time.Time) (int64, error) {
	at, dead, longest := database.Millis(now), database.Millis(now.Add(-deadAfter)), deadPause.Milliseconds()
	ended := database.Millis(now.Add(-moment))
	counted, countedArgs := `failures + CASE WHEN failures = 0 OR failed_at <= ? OR failed_at > ? THEN 1 ELSE 0 END`, []any{ended, at}
	args := append([]any{at}, countedArgs...)
	args = append(args, openAfter, !n.burst,
		dead, at+longest,
		at-longest, at+longest,
		database.Millis(now.Add(-p.usual)), 2*at,
		database.Millis(now.Add(p.stranger)),
		database.Millis(now.Add(-p.first)), database.Millis(now.Add(p.first)),
		database.Millis(now.Add(-p.usual)), 2*at,
		database.Millis(now.Add(p.usual)))
	args = append(args, countedArgs...)
	args = append(args, ended, at, at, n.words, at, n.host)
	return q.Exec(ctx, `
		UPDATE hosts
		SET failing_since = CASE WHEN failures = 0 OR failing_since = 0 THEN ? ELSE failing_since END,
			paused_until = CASE
				WHEN `+counted+` < ? AND ? THEN paused_until
				WHEN failing_since > 0 AND failing_since <= ? THEN ?
				WHEN succeeded_at = 0 AND failing_since > 0 AND failing_since <= ? THEN ?
				WHEN succeeded_at = 0 AND failing_since > 0 AND failing_since <= ? THEN ? - failing_since
				WHEN succeeded_at = 0 AND spoke_at = 0 THEN ?
				WHEN failing_since = 0 OR failing_since > ? THEN ?
				WHEN failing_since > ? THEN ? - failing_since
				ELSE ? END,
			failures = `+counted+`,
			failed_at = CASE WHEN failed_at <= ? OR failed_at > ? THEN ? ELSE failed_at END,
			last_error = ?,
			updated_at = ?
		WHERE host = ?`, args...)
}

// insertFailure is of a host that was never written down, so it has neither taken anything nor asked for it.
func insertFailure(ctx context.Context, q database.Querier, n *hostOutcome, p pauses, now time.Time) error {
	pausedUntil := time.Time{}
	if n.burst {
		pausedUntil = now.Add(p.stranger)
	}
	at := database.Millis(now)
	_, err := q.Exec(ctx, `
		INSERT INTO hosts (host, failures, failed_at, paused_until, failing_since, succeeded_at, last_error, updated_at)
		VALUES (?, 1, ?, ?, ?, 0, ?, ?)`, n.host, at, database.Millis(pausedUntil), at, n.words, at)
	return err
}

// doom remembers when a host was first seen to fail after 90 days.
func doom(ctx context.Context, q database.Querier, host string, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE hosts
		SET doomed_at = ?
		WHERE host = ?`, database.Millis(now), host)
	return err
}

// recordPurge keeps when followers were given up, and how many.
func recordPurge(ctx context.Context, q database.Querier, host string, followers int, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE hosts
		SET purged_at = ?, purged = purged + ?
		WHERE host = ?`, database.Millis(now), followers, host)
	return err
}

// hold keeps everything that waits for a host from being due before its pause ends, so that it does not crowd the head of the queue.
func hold(ctx context.Context, q database.Querier, host string, until time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET next_attempt_at = ?
		WHERE host = ?
		AND state = ?
		AND next_attempt_at + 0 < ?`, database.Millis(until), host, Pending, database.Millis(until))
	return err
}

// expireHost gives up what has waited for two weeks for a host that failed just now. Nothing expires without such a failure: two weeks in
// which we did not run are no reason.
func expireHost(ctx context.Context, q database.Querier, host string, now time.Time) error {
	at := database.Millis(now)
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, next_attempt_at = ?, settled_at = ?
		WHERE host = ?
		AND state = ?
		AND expires_at <= ?
		AND lease_until = 0`, Expired, at, at, host, Pending, at)
	return err
}
