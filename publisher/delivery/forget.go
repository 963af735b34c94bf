package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// ForgetHosts lets go of the hosts of which nothing was learned for long (bounds.HostFor), that
// nobody uses, and that neither took something that we may have to edit or remove nor are to get
// something. Strangers can name any number of hosts. Which ones are used is asked only where there
// are others.
func ForgetHosts(ctx context.Context, db *database.DB, now time.Time, used func(ctx context.Context) (map[string]bool, error)) error {
	var inUse map[string]bool
	for after := ""; ; {
		old, err := oldHosts(ctx, db, now, after)
		if err != nil || len(old) == 0 {
			return wrap(err, "look for old hosts after", after)
		}
		after = old[len(old)-1]
		if inUse == nil {
			if inUse, err = used(ctx); err != nil {
				return fmt.Errorf("list the hosts that somebody uses: %w", err)
			}
		}
		var unused []string
		for _, host := range old {
			if !inUse[host] {
				unused = append(unused, host)
			}
		}
		if err := dropHosts(ctx, db, now, unused); err != nil {
			return fmt.Errorf("let go of hosts: %w", err)
		}
	}
}

// isOldHost selects hosts. Its values are from whenOld.
const isOldHost = `
		updated_at < ?
		AND succeeded_at < ?
		AND spoke_at < ?
		AND paused_until < ?
		AND held_until < ?
		AND NOT EXISTS (
			SELECT 1
			FROM deliveries d
			WHERE d.host = hosts.host
			AND d.state IN ('` + Pending + `', '` + Delivered + `')
		)`

func whenOld(now time.Time) []any {
	before, at := database.Millis(now.Add(-bounds.HostFor)), database.Millis(now)
	return []any{before, before, before, at, at}
}

func oldHosts(ctx context.Context, q database.Querier, now time.Time, after string) ([]string, error) {
	return database.Collect(func(row database.Scanner) (host string, err error) {
		return host, row.Scan(&host)
	})(q.Query(ctx, `
		SELECT host
		FROM hosts
		WHERE host > ?
		AND`+isOldHost+`
		ORDER BY host
		LIMIT ?`, append(append([]any{after}, whenOld(now)...), insertRows)...))
}

// dropHosts asks again: something may have come meanwhile.
func dropHosts(ctx context.Context, q database.Querier, now time.Time, hosts []string) error {
	if len(hosts) == 0 {
		return nil
	}
	args := make([]any, len(hosts))
	for i, host := range hosts {
		args[i] = host
	}
	_, err := q.Exec(ctx, `
		DELETE FROM hosts
		WHERE host IN (`+database.Marks(len(hosts))+`)
		AND`+isOldHost, append(args, whenOld(now)...)...)
	return err
}
