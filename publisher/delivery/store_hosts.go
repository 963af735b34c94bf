package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func isPaused(ctx context.Context, q database.Querier, host string) (bool, error) {
	var pausedUntil int64
	err := q.QueryRow(ctx, `
		SELECT paused_until
		FROM hosts
		WHERE host = ?`, host).Scan(&pausedUntil)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return pausedUntil > 0, err
}

// endPause leaves the failures as they are: one more opens the breaker again.
func endPause(ctx context.Context, q database.Querier, host string) error {
	_, err := q.Exec(ctx, `
		UPDATE hosts
		SET paused_until = 0
		WHERE host = ?`, host)
	return err
}

// hastenOldest makes the oldest waiting delivery due: the only one that is sure to wait for no other.
func hastenOldest(ctx context.Context, q database.Querier, host string) error {
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
	_, err = q.Exec(ctx, `
		UPDATE deliveries
		SET next_attempt_at = 0
		WHERE activity_id = ?
		AND inbox_hash = ?
		AND state = ?
		AND lease_until = 0`, activity, inbox, Pending)
	return err
}

// setWell forgets the failures of a host and reports whether its breaker was open.
func setWell(ctx context.Context, q database.Querier, host string, now time.Time) (wasOpen bool, err error) {
	for _, least := range []int{openAfter, 1} {
		rows, err := q.Exec(ctx, `
			UPDATE hosts
			SET failures = 0, paused_until = 0, failing_since = 0, last_error = '', succeeded_at = ?, updated_at = ?
			WHERE host = ?
			AND failures >= ?`, database.Millis(now), database.Millis(now), host, least)
		if err != nil || rows > 0 {
			return least == openAfter, err
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

// addFailures counts failures of a host and tells until when it is paused, the zero time if it is not.
func addFailures(ctx context.Context, q database.Querier, n *news, now time.Time) (pausedUntil time.Time, err error) {
	rows, err := updateFailures(ctx, q, n, now)
	if err == nil && rows == 0 {
		err = insertFailures(ctx, q, n, now)
	}
	if errors.Is(err, database.ErrDuplicate) {
		_, err = updateFailures(ctx, q, n, now)
	}
	if err != nil {
		return time.Time{}, err
	}
	var millis int64
	err = q.QueryRow(ctx, `
		SELECT paused_until
		FROM hosts
		WHERE host = ?`, n.host).Scan(&millis)
	return database.Time(millis), err
}

// updateFailures sets failures last: MySQL evaluates from left to right, with the values already set.
func updateFailures(ctx context.Context, q database.Querier, n *news, now time.Time) (int64, error) {
	return q.Exec(ctx, `
		UPDATE hosts
		SET failing_since = CASE WHEN failures = 0 THEN ? ELSE failing_since END,
			paused_until = CASE WHEN failures + ? >= ? THEN ? ELSE paused_until END,
			failures = failures + ?,
			last_error = ?,
			updated_at = ?
		WHERE host = ?`,
		database.Millis(now), n.failures, openAfter, database.Millis(now.Add(n.pause)), n.failures, n.words, database.Millis(now), n.host)
}

func insertFailures(ctx context.Context, q database.Querier, n *news, now time.Time) error {
	pausedUntil := time.Time{}
	if n.failures >= openAfter {
		pausedUntil = now.Add(n.pause)
	}
	at := database.Millis(now)
	_, err := q.Exec(ctx, `
		INSERT INTO hosts (host, failures, paused_until, failing_since, succeeded_at, last_error, updated_at)
		VALUES (?, ?, ?, ?, 0, ?, ?)`, n.host, n.failures, database.Millis(pausedUntil), at, n.words, at)
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
