package admin

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const kindLink = "link"

func insertToken(ctx context.Context, q database.Querier, hash database.Digest, now, expires time.Time) error {
	_, err := q.Exec(ctx, `
INSERT INTO tokens (token_hash, kind, created_at, expires_at, used_at)
VALUES (?, ?, ?, ?, 0)`, hash, kindLink, database.Millis(now), database.Millis(expires))
	return err
}

// spendToken marks a link as used and is true for the one who did it.
func spendToken(ctx context.Context, q database.Querier, hash database.Digest, now time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE tokens
SET used_at = ?
WHERE token_hash = ?
	AND kind = ?
	AND used_at = 0
	AND expires_at > ?`, database.Millis(now), hash, kindLink, database.Millis(now))
	return rows == 1, err
}

// deleteExpired keeps both tables small. Links are made by hand and sessions from links, so there
// are never many.
func deleteExpired(ctx context.Context, q database.Querier, now time.Time) error {
	if _, err := q.Exec(ctx, `
DELETE FROM tokens
WHERE expires_at <= ?`, database.Millis(now)); err != nil {
		return err
	}
	_, err := q.Exec(ctx, `
DELETE FROM sessions
WHERE expires_at <= ?`, database.Millis(now))
	return err
}
