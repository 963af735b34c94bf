package publisher

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// keyRow is a row of actor_keys. The check value has no owner.
type keyRow struct {
	ID        database.ID
	Owner     string
	Kind      string
	Sealed    []byte
	PublicPEM string
	CreatedAt time.Time
}

func insertKey(ctx context.Context, q database.Querier, row keyRow) error {
	_, err := q.Exec(ctx, `
		INSERT INTO actor_keys (id, owner_hash, owner, kind, sealed, public_pem, created_at, retired_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
		row.ID, database.Hash(row.Owner), row.Owner, row.Kind, row.Sealed, row.PublicPEM, database.Millis(row.CreatedAt))
	return err
}

// currentKey is the key an actor signs with.
func currentKey(ctx context.Context, q database.Querier, owner string) (keyRow, error) {
	return oneKey(ctx, q, owner, kindRSA)
}

func checkRow(ctx context.Context, q database.Querier) (keyRow, error) {
	return oneKey(ctx, q, "", kindCheck)
}

func oneKey(ctx context.Context, q database.Querier, owner, kind string) (keyRow, error) {
	row := keyRow{Owner: owner, Kind: kind}
	err := q.QueryRow(ctx, `
		SELECT id, sealed, public_pem
		FROM actor_keys
		WHERE owner_hash = ? AND kind = ? AND retired_at = 0`,
		database.Hash(owner), kind).Scan(&row.ID, &row.Sealed, &row.PublicPEM)
	return row, err
}

func renameKeys(ctx context.Context, q database.Querier, from, to string) error {
	_, err := q.Exec(ctx, `
		UPDATE actor_keys
		SET owner_hash = ?, owner = ?
		WHERE owner_hash = ?`,
		database.Hash(to), to, database.Hash(from))
	return err
}

func oldestKey(ctx context.Context, q database.Querier) (keyRow, error) {
	var row keyRow
	err := q.QueryRow(ctx, `
		SELECT id, sealed
		FROM actor_keys
		ORDER BY id
		LIMIT 1`).Scan(&row.ID, &row.Sealed)
	return row, err
}
