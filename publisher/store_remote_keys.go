package publisher

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func remoteKeyByURI(ctx context.Context, q database.Querier, uri string) (remoteKey, error) {
	var k remoteKey
	var fetched, tried int64
	err := q.QueryRow(ctx, `
		SELECT key_uri, owner_uri, pem, fetched_at, tried_at, failure
		FROM remote_keys
		WHERE key_hash = ?`, database.Hash(uri)).Scan(&k.URI, &k.Owner, &k.PEM, &fetched, &tried, &k.Failure)
	k.FetchedAt, k.TriedAt = database.Time(fetched), database.Time(tried)
	return k, err
}

func saveRemoteKey(ctx context.Context, q database.Querier, k remoteKey) error {
	rows, err := updateRemoteKey(ctx, q, k)
	if err != nil || rows > 0 {
		return err
	}
	err = insertRemoteKey(ctx, q, k)
	if errors.Is(err, database.ErrDuplicate) { // another process asked for it at the same time
		_, err = updateRemoteKey(ctx, q, k)
	}
	return err
}

func updateRemoteKey(ctx context.Context, q database.Querier, k remoteKey) (int64, error) {
	return q.Exec(ctx, `
		UPDATE remote_keys
		SET owner_hash = ?, owner_uri = ?, pem = ?, fetched_at = ?, tried_at = ?, failure = ?
		WHERE key_hash = ?`,
		ownerHash(k), k.Owner, k.PEM, database.Millis(k.FetchedAt), database.Millis(k.TriedAt), k.Failure, database.Hash(k.URI))
}

func insertRemoteKey(ctx context.Context, q database.Querier, k remoteKey) error {
	_, err := q.Exec(ctx, `
		INSERT INTO remote_keys (key_hash, key_uri, owner_hash, owner_uri, pem, fetched_at, tried_at, failure)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		database.Hash(k.URI), k.URI, ownerHash(k), k.Owner, k.PEM, database.Millis(k.FetchedAt), database.Millis(k.TriedAt), k.Failure)
	return err
}

// ownerHash is NULL where the owner is not known.
func ownerHash(k remoteKey) any {
	if k.Owner == "" {
		return nil
	}
	return database.Hash(k.Owner)
}

// deleteRemoteKeys forgets keys that were last asked for before a time, and failures before another (the later one), in batches, so that
// no statement holds the table for long.
func deleteRemoteKeys(ctx context.Context, q database.Querier, keysBefore, failuresBefore time.Time) error {
	for {
		hashes, err := database.Collect(scanDigest)(q.Query(ctx, `
			SELECT key_hash
			FROM remote_keys
			WHERE tried_at < ? AND (pem = '' OR tried_at < ?)
			LIMIT ?`, database.Millis(failuresBefore), database.Millis(keysBefore), inBatch))
		if err != nil || len(hashes) == 0 {
			return err
		}
		if _, err := q.Exec(ctx, `
			DELETE FROM remote_keys
			WHERE key_hash IN (`+database.Marks(len(hashes))+`)`, hashes...); err != nil {
			return err
		}
	}
}

func scanDigest(row database.Scanner) (any, error) {
	var d database.Digest
	err := row.Scan(&d)
	return d, err
}
