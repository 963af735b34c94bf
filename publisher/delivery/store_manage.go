package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func listDeliveries(ctx context.Context, q database.Querier, f Filter) ([]Delivery, error) {
	order := "d.activity_id DESC, d.inbox_hash"
	if f.Host == "" && f.State != "" {
		order = "d.next_attempt_at DESC" // the index of states has it
	}
	where, args := "1 = 1", []any{}
	if f.Host != "" {
		where, args = where+" AND d.host = ?", append(args, f.Host)
	}
	if f.State != "" {
		where, args = where+" AND d.state = ?", append(args, f.State)
	}
	return database.Collect(scanDelivery)(q.Query(ctx, selectDelivery+`
		WHERE `+where+`
		ORDER BY `+order+`
		LIMIT ?`, append(args, f.Limit)...))
}

func deliveriesBetween(ctx context.Context, q database.Querier, activity database.ID, least, greatest database.Digest) ([]Delivery, error) {
	return database.Collect(scanDelivery)(q.Query(ctx, selectDelivery+`
		WHERE d.activity_id = ?
		AND d.inbox_hash >= ?
		AND d.inbox_hash <= ?
		LIMIT 2`, activity, least, greatest))
}

func isOvertaken(ctx context.Context, q database.Querier, d Delivery) (bool, error) {
	var id database.ID
	err := q.QueryRow(ctx, `
		SELECT a.id
		FROM activities a
		JOIN deliveries d ON d.object_hash = a.object_hash
		WHERE d.activity_id = ?
		AND d.inbox_hash = ?
		AND a.kind = 'Delete'
		AND a.id > d.activity_id
		LIMIT 1`, d.ActivityID, d.inboxHash).Scan(&id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func retryRow(ctx context.Context, q database.Querier, d Delivery, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, next_attempt_at = ?, expires_at = ?, settled_at = 0
		WHERE activity_id = ?
		AND inbox_hash = ?
		AND host <> ''
		AND state <> ?
		AND lease_until = 0`,
		Pending, database.Millis(now), database.Millis(now.Add(tryFor)), d.ActivityID, d.inboxHash, Delivered)
	return err
}

// retryFailed leaves out what an operator or a Delete gave up, and what is so old that nobody waits for it.
func retryFailed(ctx context.Context, q database.Querier, host string, now time.Time) (n int64, err error) {
	for _, state := range []string{Refused, Gone, Expired} {
		rows, err := q.Exec(ctx, `
			UPDATE deliveries
			SET state = ?, next_attempt_at = ?, expires_at = ?, settled_at = 0
			WHERE host = ?
			AND state = ?
			AND settled_at >= ?
			AND lease_until = 0
			AND NOT EXISTS (
				SELECT 1
				FROM activities a
				WHERE a.object_hash = deliveries.object_hash
				AND a.id > deliveries.activity_id
				AND a.kind = 'Delete'
			)`, Pending, database.Millis(now), database.Millis(now.Add(tryFor)), host, state, database.Millis(now.Add(-tryFor)))
		n += rows
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// hastenAll makes due what waits for a host, whatever it waits for.
func hastenAll(ctx context.Context, q database.Querier, host string, now time.Time) (int64, error) {
	return q.Exec(ctx, `
		UPDATE deliveries
		SET next_attempt_at = ?
		WHERE host = ?
		AND state = ?
		AND lease_until = 0`, database.Millis(now), host, Pending)
}

func isLeased(ctx context.Context, q database.Querier, host string) (bool, error) {
	var id database.ID
	err := q.QueryRow(ctx, `
		SELECT activity_id
		FROM deliveries
		WHERE host = ?
		AND state = ?
		AND lease_until > 0
		LIMIT 1`, host, Pending).Scan(&id)
	if errors.Is(err, database.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func dropRow(ctx context.Context, q database.Querier, d Delivery, now time.Time) (int64, error) {
	at := database.Millis(now)
	return q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, settled_at = ?, last_answer = ?
		WHERE activity_id = ?
		AND inbox_hash = ?
		AND state = ?`, Cancelled, at, droppedWords, d.ActivityID, d.inboxHash, Pending)
}

func dropHost(ctx context.Context, q database.Querier, host string, now time.Time) (int64, error) {
	return q.Exec(ctx, `
		UPDATE deliveries
		SET state = ?, settled_at = ?, last_answer = ?
		WHERE host = ?
		AND state = ?`, Cancelled, database.Millis(now), droppedWords, host, Pending)
}

func holdHost(ctx context.Context, q database.Querier, host string, until, now time.Time) error {
	update := func() (int64, error) {
		return q.Exec(ctx, `
			UPDATE hosts
			SET held_until = ?, updated_at = ?
			WHERE host = ?`, database.Millis(until), database.Millis(now), host)
	}
	n, err := update()
	if err != nil || n > 0 {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO hosts (host, failures, paused_until, failing_since, succeeded_at, last_error, updated_at, held_until)
		VALUES (?, 0, 0, 0, 0, '', ?, ?)`, host, database.Millis(now), database.Millis(until))
	if errors.Is(err, database.ErrDuplicate) {
		_, err = update()
	}
	return err
}

func releaseHost(ctx context.Context, q database.Querier, host string, now time.Time) (int64, error) {
	return q.Exec(ctx, `
		UPDATE hosts
		SET held_until = 0, paused_until = 0, updated_at = ?
		WHERE host = ?
		AND (held_until > ? OR paused_until > ?)`, database.Millis(now), host, database.Millis(now), database.Millis(now))
}
