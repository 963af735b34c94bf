package keyring

import (
	"context"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// keyRow is a row of actor_keys. The check value has no owner.
type keyRow struct {
	ID        database.ID
	Owner     string
	Kind      string
	Fragment  string // "" for the check value
	Sealed    []byte
	PublicPEM string
	CreatedAt time.Time
	SignsFrom time.Time
	RetiredAt time.Time // zero for the last one of its kind
	ShownTill time.Time // when a retired key leaves its actor's document
}

func insertKey(ctx context.Context, q database.Querier, row keyRow) error {
	_, err := q.Exec(ctx, `
		INSERT INTO actor_keys (id, owner_hash, owner, kind, fragment, sealed, public_pem, created_at, signs_from, retired_at, shown_till)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
		row.ID, database.Hash(row.Owner), row.Owner, row.Kind, row.Fragment, row.Sealed, row.PublicPEM, database.Millis(row.CreatedAt),
		database.Millis(row.SignsFrom))
	return err
}

const selectKey = `
		SELECT id, owner, kind, fragment, sealed, public_pem, created_at, signs_from, retired_at, shown_till
		FROM actor_keys`

func scanKey(row database.Scanner) (k keyRow, err error) {
	var created, signs, retired, shown int64
	err = row.Scan(&k.ID, &k.Owner, &k.Kind, &k.Fragment, &k.Sealed, &k.PublicPEM, &created, &signs, &retired, &shown)
	k.CreatedAt, k.SignsFrom, k.RetiredAt = database.Time(created), database.Time(signs), database.Time(retired)
	k.ShownTill = database.Time(shown)
	return k, err
}

// keyAt is the key of a kind that an actor signs with at a time.
func keyAt(ctx context.Context, q database.Querier, owner, kind string, at time.Time) (keyRow, error) {
	return scanKey(q.QueryRow(ctx, selectKey+`
		WHERE owner_hash = ? AND kind = ? AND signs_from <= ?
		ORDER BY signs_from DESC, id DESC
		LIMIT 1`, database.Hash(owner), kind, database.Millis(at)))
}

// lastKey is the key of a kind that nothing follows yet.
func lastKey(ctx context.Context, q database.Querier, owner, kind string) (keyRow, error) {
	return scanKey(q.QueryRow(ctx, selectKey+`
		WHERE owner_hash = ? AND kind = ? AND retired_at = 0`, database.Hash(owner), kind))
}

// keysOf lists an actor's keys, the oldest first. Of too many the newest are there.
func keysOf(ctx context.Context, q database.Querier, owner string, limit int) ([]keyRow, error) {
	rows, err := database.Collect(scanKey)(q.Query(ctx, selectKey+`
		WHERE owner_hash = ?
		ORDER BY id DESC
		LIMIT ?`, database.Hash(owner), limit))
	slices.Reverse(rows)
	return rows, err
}

// retireKey ends a key at the time at which the next one takes over; false where somebody else has.
func retireKey(ctx context.Context, q database.Querier, id database.ID, at, shownTill time.Time) (bool, error) {
	rows, err := q.Exec(ctx, `
		UPDATE actor_keys
		SET retired_at = ?, shown_till = ?
		WHERE id = ? AND retired_at = 0`, database.Millis(at), database.Millis(shownTill), id)
	return rows == 1, err
}

// withdrawKeys takes an actor's retired keys out of its document at a time, where they would stay
// longer.
func withdrawKeys(ctx context.Context, q database.Querier, owner string, at time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE actor_keys
		SET shown_till = ?
		WHERE owner_hash = ? AND retired_at <> 0 AND shown_till > ?`, database.Millis(at), database.Hash(owner), database.Millis(at))
	return err
}

// deleteKeys deletes keys that were retired before a time and are not shown any more.
func deleteKeys(ctx context.Context, q database.Querier, retiredBefore, now time.Time) error {
	_, err := q.Exec(ctx, `
		DELETE FROM actor_keys
		WHERE retired_at <> 0 AND retired_at < ? AND shown_till < ?`, database.Millis(retiredBefore), database.Millis(now))
	return err
}

func checkRow(ctx context.Context, q database.Querier) (keyRow, error) {
	return lastKey(ctx, q, "", kindCheck)
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
