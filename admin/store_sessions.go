package admin

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func insertSession(ctx context.Context, q database.Querier, s session) error {
	_, err := q.Exec(ctx, `
INSERT INTO sessions (token_hash, who, created_at, seen_at, expires_at)
VALUES (?, ?, ?, ?, ?)`, s.hash, s.who, database.Millis(s.createdAt), database.Millis(s.seenAt), database.Millis(s.expiresAt))
	return err
}

// readSession finds a session that has not ended; database.ErrNotFound where there is none.
func readSession(ctx context.Context, q database.Querier, hash database.Digest, now time.Time) (session, error) {
	s := session{hash: hash}
	var created, seen, expires int64
	err := q.QueryRow(ctx, `
SELECT who, created_at, seen_at, expires_at
FROM sessions
WHERE token_hash = ?
	AND expires_at > ?`, hash, database.Millis(now)).Scan(&s.who, &created, &seen, &expires)
	s.createdAt, s.seenAt, s.expiresAt = database.Time(created), database.Time(seen), database.Time(expires)
	return s, err
}

func updateSession(ctx context.Context, q database.Querier, s session) error {
	_, err := q.Exec(ctx, `
UPDATE sessions
SET seen_at = ?, expires_at = ?
WHERE token_hash = ?`, database.Millis(s.seenAt), database.Millis(s.expiresAt), s.hash)
	return err
}

func deleteSession(ctx context.Context, q database.Querier, hash database.Digest) error {
	_, err := q.Exec(ctx, `
DELETE FROM sessions
WHERE token_hash = ?`, hash)
	return err
}
