package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// allSchemes are the hosts that want RFC 9421, with the end of what we know.
func allSchemes(ctx context.Context, q database.Querier) (map[string]time.Time, error) {
	rows, err := q.Query(ctx, `
		SELECT host, expires_at
		FROM host_schemes
		ORDER BY expires_at DESC
		LIMIT ?`, maxSchemes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	until := map[string]time.Time{}
	for rows.Next() {
		var host string
		var at int64
		if err := rows.Scan(&host, &at); err != nil {
			return nil, err
		}
		until[host] = database.Time(at)
	}
	return until, rows.Err()
}

func saveScheme(ctx context.Context, q database.Querier, host string, until time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO host_schemes (host, expires_at)
		VALUES (?, ?)`, host, database.Millis(until))
	if !errors.Is(err, database.ErrDuplicate) {
		return err
	}
	_, err = q.Exec(ctx, `
		UPDATE host_schemes
		SET expires_at = ?
		WHERE host = ?`, database.Millis(until), host)
	return err
}

func deleteScheme(ctx context.Context, q database.Querier, host string) error {
	_, err := q.Exec(ctx, `
		DELETE FROM host_schemes
		WHERE host = ?`, host)
	return err
}

// deleteOldSchemes removes what has run out.
func deleteOldSchemes(ctx context.Context, q database.Querier, now time.Time) error {
	_, err := q.Exec(ctx, `
		DELETE FROM host_schemes
		WHERE expires_at <= ?`, database.Millis(now))
	return err
}
