package remote

import (
	"context"
	"errors"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

func keyByURI(ctx context.Context, q database.Querier, uri string) (keyRow, error) {
	var k keyRow
	var fetched, tried int64
	err := q.QueryRow(ctx, `
		SELECT key_uri, owner_uri, pem, fetched_at, tried_at, failure
		FROM remote_keys
		WHERE key_hash = ?`, database.Hash(uri)).Scan(&k.URI, &k.Owner, &k.PEM, &fetched, &tried, &k.Failure)
	k.FetchedAt, k.TriedAt = database.Time(fetched), database.Time(tried)
	return k, err
}

func saveKey(ctx context.Context, q database.Querier, k keyRow) error {
	rows, err := updateKey(ctx, q, k)
	if err != nil || rows > 0 {
		return err
	}
	err = insertKey(ctx, q, k)
	if errors.Is(err, database.ErrDuplicate) { // another process asked for it at the same time
		_, err = updateKey(ctx, q, k)
	}
	return err
}

func updateKey(ctx context.Context, q database.Querier, k keyRow) (int64, error) {
	return q.Exec(ctx, `
		UPDATE remote_keys
		SET owner_hash = ?, owner_uri = ?, pem = ?, fetched_at = ?, tried_at = ?, failure = ?
		WHERE key_hash = ?`,
		ownerHash(k), k.Owner, k.PEM, database.Millis(k.FetchedAt), database.Millis(k.TriedAt), k.Failure, database.Hash(k.URI))
}

func insertKey(ctx context.Context, q database.Querier, k keyRow) error {
	_, err := q.Exec(ctx, `
		INSERT INTO remote_keys (key_hash, key_uri, owner_hash, owner_uri, pem, fetched_at, tried_at, failure)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		database.Hash(k.URI), k.URI, ownerHash(k), k.Owner, k.PEM, database.Millis(k.FetchedAt), database.Millis(k.TriedAt), k.Failure)
	return err
}

// ownerHash is NULL where the owner is not known.
func ownerHash(k keyRow) any {
	if k.Owner == "" {
		return nil
	}
	return database.Hash(k.Owner)
}

// deleteKeys forgets keys that were last asked for before a time, and failures before another (the
// later one), in batches, so that no statement holds the table for long.
func deleteKeys(ctx context.Context, q database.Querier, keysBefore, failuresBefore time.Time) error {
	for {
		hashes, err := database.Collect(scanDigest)(q.Query(ctx, `
			SELECT key_hash
			FROM remote_keys
			WHERE tried_at < ? AND (pem = '' OR tried_at < ?)
			LIMIT ?`, database.Millis(failuresBefore), database.Millis(keysBefore), InBatch))
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
