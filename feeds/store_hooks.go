package feeds

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const selectHook = `
SELECT id, blog_id, note, created_at, used_at
FROM hooks`

func scanHook(row database.Scanner) (h Hook, err error) {
	var created, used int64
	err = row.Scan(&h.ID, &h.BlogID, &h.Note, &created, &used)
	h.CreatedAt, h.UsedAt = database.Time(created), database.Time(used)
	return h, err
}

// Hooks lists the hooks of a blog, oldest first.
func Hooks(ctx context.Context, q database.Querier, blogID database.ID) ([]Hook, error) {
	return database.Collect(scanHook)(q.Query(ctx, selectHook+`
WHERE blog_id = ?
ORDER BY id
LIMIT ?`, blogID, maxHooks))
}

// hookByToken finds a hook by the hash of its token, so that no comparison tells by its time how
// much of a guess was right.
func hookByToken(ctx context.Context, q database.Querier, token database.Digest) (Hook, error) {
	return scanHook(q.QueryRow(ctx, selectHook+`
WHERE token_hash = ?`, token))
}

func insertHook(ctx context.Context, q database.Querier, h Hook, token database.Digest) error {
	_, err := q.Exec(ctx, `
INSERT INTO hooks (id, blog_id, token_hash, note, created_at, used_at)
VALUES (?, ?, ?, ?, ?, 0)`, h.ID, h.BlogID, token, h.Note, database.Millis(h.CreatedAt))
	return err
}

func noteHook(ctx context.Context, q database.Querier, id database.ID, now time.Time) error {
	_, err := q.Exec(ctx, `
UPDATE hooks
SET used_at = ?
WHERE id = ?`, database.Millis(now), id)
	return err
}

// RemoveHook takes a hook's token out of use; database.ErrNotFound where the blog (0: any) has no
// such hook.
func RemoveHook(ctx context.Context, q database.Querier, blogID, id database.ID) error {
	n, err := q.Exec(ctx, `
DELETE FROM hooks
WHERE id = ? AND (? = 0 OR blog_id = ?)`, id, blogID, blogID)
	if err == nil && n == 0 {
		err = database.ErrNotFound
	}
	return err
}
