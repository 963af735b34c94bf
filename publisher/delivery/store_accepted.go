package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// setAccepted remembers that a host has taken something.
func setAccepted(ctx context.Context, q database.Querier, host string, now time.Time) error {
	update := func() (int64, error) {
		return q.Exec(ctx, `
			UPDATE hosts
			SET succeeded_at = ?
			WHERE host = ?`, database.Millis(now), host)
	}
	n, err := update()
	if err != nil || n > 0 {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, last_error, updated_at)
		VALUES (?, 0, 0, 0, ?, '', ?)`, host, database.Millis(now), database.Millis(now))
	if errors.Is(err, database.ErrDuplicate) {
		_, err = update()
	}
	return err
}

// setSpoke remembers that somebody at a host has asked for something. A host that is known for that,
// or has taken something, costs one read.
func setSpoke(ctx context.Context, q database.Querier, host string, now time.Time) error {
	var known int64
	err := q.QueryRow(ctx, `
		SELECT spoke_at + succeeded_at
		FROM hosts
		WHERE host = ?`, host).Scan(&known)
	if errors.Is(err, database.ErrNotFound) {
		_, err = q.Exec(ctx, `
			INSERT INTO hosts (host, failures, failing_since, paused_until, succeeded_at, spoke_at, last_error, updated_at)
			VALUES (?, 0, 0, 0, 0, ?, '', ?)`, host, database.Millis(now), database.Millis(now))
		if !errors.Is(err, database.ErrDuplicate) {
			return err
		}
	} else if err != nil || known > 0 {
		return err
	}
	_, err = q.Exec(ctx, `
		UPDATE hosts
		SET spoke_at = ?
		WHERE host = ?
		AND spoke_at = 0`, database.Millis(now), host)
	return err
}

// Accepting gives those of the hosts that have taken something before.
func Accepting(ctx context.Context, q database.Querier, hosts []string) (map[string]bool, error) {
	return hostsThat(ctx, q, hosts, "succeeded_at > 0")
}

// Dead gives those of the hosts that have been given up, since they failed for 90 days.
func Dead(ctx context.Context, q database.Querier, hosts []string) (map[string]bool, error) {
	return hostsThat(ctx, q, hosts, "purged_at > 0 AND failures > 0")
}

func hostsThat(ctx context.Context, q database.Querier, hosts []string, condition string) (map[string]bool, error) {
	found := map[string]bool{}
	for some := range slices.Chunk(hosts, insertRows) {
		args := make([]any, len(some))
		for i, host := range some {
			args[i] = host
		}
		batch, err := database.Collect(func(row database.Scanner) (host string, err error) {
			return host, row.Scan(&host)
		})(q.Query(ctx, `
			SELECT host
			FROM hosts
			WHERE host IN (`+database.Marks(len(some))+`) AND `+condition+`
			LIMIT ?`, append(args, len(some))...))
		if err != nil {
			return nil, fmt.Errorf("look for hosts with %s: %w", condition, err)
		}
		for _, host := range batch {
			found[host] = true
		}
	}
	return found, nil
}
