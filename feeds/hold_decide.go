package feeds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// What the owner of a blog decides about its posts. The errors are web.ErrNotFound for a post that
// is not in the state which the decision is about, and web.ErrRefused for a decision that would
// lose it, with words for them.

// KeepQuiet makes a held post history: everybody can read it, and nobody is told.
func KeepQuiet(ctx context.Context, db *database.DB, id string) error {
	return setFree(ctx, db, id, time.Time{}, `announce = ?`, false)
}

// SamePost says that a held post is the one it looks like: that one gets its text and names, and is
// announced as edited if it differs.
func SamePost(ctx context.Context, db *database.DB, id string, now time.Time) (of Post, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		held, err := PostByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) || err == nil && held.HeldLike == "" {
			return fmt.Errorf("%w: the post %s is not held for being like another", web.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		if of, err = PostByID(ctx, tx, held.HeldLike); err != nil {
			return fmt.Errorf("read the post that %s is like: %w", id, err)
		}
		if !of.RemovedAt.IsZero() {
			return fmt.Errorf("%w: the post %q that it looks like was removed, and the world has been told so; release it as a post of its own",
				web.ErrRefused, of.Title)
		}
		return become(ctx, tx, of, held, now)
	})
	return of, err
}

// become gives a post what a held one has, and forgets that one.
func become(ctx context.Context, tx *database.Tx, of, held Post, now time.Time) error {
	dropped, err := dropHeld(ctx, tx, held.ID)
	if err == nil && !dropped {
		err = fmt.Errorf("%w: somebody else has just decided about the post %s", web.ErrNotFound, held.ID)
	}
	if err != nil {
		return err
	}
	held.ID, held.HeldAt = of.ID, time.Time{}
	stored, err := edited(held, of.known(), now).store(ctx, tx)
	if err == nil && !stored {
		err = fmt.Errorf("%w: the post %s was edited in the same moment", database.ErrConflict, of.ID)
	}
	if err != nil {
		return err
	}
	_, err = recordMissing(ctx, tx, match.Missing{ID: of.ID})
	return err
}

// Remove takes a post back because its owner wants it so: the world is sent a Delete, and the post
// does not come back by itself.
func Remove(ctx context.Context, db *database.DB, id string, now time.Time) error {
	NoteChange(id)
	n, err := db.Exec(ctx, `
UPDATE posts
SET removed_at = ?, removed_by = ?, due_at = ?
WHERE id = ? AND removed_at = 0 AND held_at = 0`, database.Millis(now), RemovedByOwner, database.Millis(now), id)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: no public post has the id %s", web.ErrNotFound, id)
	}
	return err
}

// RemoveAgain removes a post that was removed before, as an older copy of the database does not
// know. Whoever removed it then, by, is who did now.
func RemoveAgain(ctx context.Context, q database.Querier, id, by string, now time.Time) error {
	if by != RemovedByOwner {
		by = RemovedGone
	}
	NoteChange(id)
	if _, err := q.Exec(ctx, `
UPDATE posts
SET removed_at = ?, removed_by = ?, due_at = ?
WHERE id = ? AND removed_at = 0 AND held_at = 0`, database.Millis(now), by, database.Millis(now), id); err != nil {
		return fmt.Errorf("remove post %s again: %w", id, err)
	}
	return nil
}

// PublicOf are those of the posts that are not removed and not held.
func PublicOf(ctx context.Context, q database.Querier, ids []string) (public []string, err error) {
	for some := range slices.Chunk(database.Args(ids), database.MaxMarks) {
		found, err := database.Collect(func(row database.Scanner) (id string, err error) {
			return id, row.Scan(&id)
		})(q.Query(ctx, `
SELECT id
FROM posts
WHERE id IN (`+database.Marks(len(some))+`) AND removed_at = 0 AND held_at = 0
LIMIT ?`, append(some, database.MaxMarks)...))
		if err != nil {
			return nil, err
		}
		public = append(public, found...)
	}
	return public, nil
}
