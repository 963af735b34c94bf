package inbox

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// What is taken back before it arrives is remembered. Mastodon remembers for six hours; deletions
// we keep as long as the journal, because senders retry for days and a deleted text that comes up
// again hurts more than a row costs.
const (
	UndoMemory   = 12 * time.Hour
	DeleteMemory = 30 * 24 * time.Hour
)

// The keys of what is remembered.
func deletedKey(actor, object string) database.Digest { return database.Hash("deleted", actor, object) }
func privateKey(actor, object string) database.Digest { return database.Hash("private", actor, object) }
func undoneKey(actor, activity string) database.Digest {
	return undoneHash(actor, database.Hash(activity))
}

// undoneHash is undoneKey for an activity of which only the digest was kept.
func undoneHash(actor string, activity database.Digest) database.Digest {
	return database.Hash("undone", actor, activity.String())
}

// remember keeps a key for UndoMemory or, with long, for DeleteMemory.
func remember(ctx context.Context, q database.Querier, key database.Digest, long bool, now time.Time) error {
	_, err := q.Exec(ctx, `
INSERT INTO tombstones (key_hash, created_at, keep)
VALUES (?, ?, ?)`, key, database.Millis(now), long)
	if errors.Is(err, database.ErrDuplicate) {
		return nil
	}
	return err
}

// rememberUndone keeps a key with the time when a was signed, which takes back what was signed
// before; of several such times the last.
func rememberUndone(ctx context.Context, q database.Querier, key database.Digest, a *Inbound) error {
	if err := remember(ctx, q, key, false, a.made()); err != nil {
		return err
	}
	_, err := q.Exec(ctx, `
UPDATE tombstones
SET created_at = ?
WHERE key_hash = ? AND created_at < ?`, database.Millis(a.made()), key, database.Millis(a.made()))
	return err
}

func isRemembered(ctx context.Context, q database.Querier, key database.Digest) (bool, error) {
	return isRememberedSince(ctx, q, key, time.Time{})
}

// isRememberedSince is isRemembered for a key with the given time or a later one.
func isRememberedSince(ctx context.Context, q database.Querier, key database.Digest, since time.Time) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM tombstones
WHERE key_hash = ? AND created_at >= ?`, key, database.Millis(since)))
}

// isRememberedNow is isRememberedSince for a transaction that has already written: an UPDATE sees
// what others have committed since the transaction began, and makes them wait until it has ended.
// Two transactions that each look for what the other is about to write would otherwise both see
// nothing.
func isRememberedNow(ctx context.Context, q database.Querier, key database.Digest, since time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
UPDATE tombstones
SET key_hash = key_hash
WHERE key_hash = ? AND created_at >= ?`, key, database.Millis(since))
	return rows > 0, err
}

// ExpireTombstones forgets up to limit keys of one age, and says how many it was.
func ExpireTombstones(ctx context.Context, q database.Querier, long bool, before time.Time, limit int) (int64, error) {
	keys, err := database.Collect(func(row database.Scanner) (key any, err error) {
		var d database.Digest
		err = row.Scan(&d)
		return d, err
	})(q.Query(ctx, `
SELECT key_hash
FROM tombstones
WHERE keep = ? AND created_at < ?
ORDER BY created_at
LIMIT ?`, long, database.Millis(before), limit))
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return q.Exec(ctx, `
DELETE FROM tombstones
WHERE key_hash IN (`+database.Marks(len(keys))+`)`, keys...)
}
