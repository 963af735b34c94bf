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

// What the owner of a blog decides about its posts. The errors are web.ErrNotFound for a post that is not in the state which the decision
// is about, and web.ErrRefused for a decision that would lose it, with words for her.

// HeldPosts lists what is held, the longest first and of one poll the oldest post first; without content. blogID 0 means all
// blogs.
func HeldPosts(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Post, error) {
	return database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.held_at > 0 AND (p.blog_id = ? OR ? = 0)
ORDER BY p.held_at, p.published_at, p.id
LIMIT ?`, blogID, blogID, limit))
}

// CountHeld counts what is held.
func CountHeld(ctx context.Context, q database.Querier, blogID database.ID) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE held_at > 0 AND (blog_id = ? OR ? = 0)`, blogID, blogID).Scan(&n)
	return n, err
}

// CountDated counts what waits for its date, on all blogs.
func CountDated(ctx context.Context, q database.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `
SELECT COUNT(*)
FROM posts
WHERE held_at > 0 AND held_by = ?`, HeldDated).Scan(&n)
	return n, err
}

// ReleaseHeld lets a held post out: it is announced at that time, and until is zero. One that is held for another reason than its date,
// which has not come then either, waits until its date from now on; whoever wants it sooner releases it once more. Whoever releases
// several puts ReleaseEvery between them, as ReleaseNext does.
func ReleaseHeld(ctx context.Context, db *database.DB, id string, at time.Time) (until time.Time, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		p, err := PostByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) {
			p.ID = id // release says it
		} else if err != nil {
			return err
		}
		until, err = release(ctx, tx, p, at)
		return err
	})
	return until, err
}

// Turn is when a post that its owner let out is announced.
type Turn struct {
	At    time.Time // zero where it waits for its date
	Until time.Time // its date, where it waits for that
}

// ReleaseNext is ReleaseHeld behind whatever of its blog waits to be announced, and not before soonest. It is web.ErrRefused where that is
// weeks ahead.
func ReleaseNext(ctx context.Context, tx *database.Tx, p Post, soonest, now time.Time) (turn Turn, err error) {
	last, err := lastDue(ctx, tx, p.BlogID)
	if err != nil {
		return turn, fmt.Errorf("look for what is due: %w", err)
	}
	at, err := behind(last, now)
	if err != nil {
		return turn, err
	}
	at = later(at, soonest)
	turn.Until, err = release(ctx, tx, p, at)
	if err != nil || !turn.Until.IsZero() {
		return turn, err
	}
	turn.At = at
	return turn, readBefore(ctx, tx, p.BlogID, now)
}

// release is ReleaseHeld for a post that was read in the same transaction.
func release(ctx context.Context, tx *database.Tx, p Post, at time.Time) (until time.Time, err error) {
	if p.keepsDate(at) {
		return p.PublishedAt, waitOnly(ctx, tx, p)
	}
	return time.Time{}, setFree(ctx, tx, p.ID, at, firstTime, true, database.Millis(at))
}

// KeepQuiet makes a held post history: everybody can read it, and nobody is told.
func KeepQuiet(ctx context.Context, db *database.DB, id string) error {
	return setFree(ctx, db, id, time.Time{}, `announce = ?`, false)
}

// SamePost says that a held post is the one it looks like: that one gets its text and names, and is announced as edited if it differs.
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
	was := match.Known{
		ID: of.ID, Hash: of.ContentHash, Version: of.HashVersion, Announce: of.Announce,
		PublishedAt: of.PublishedAt, EditedAt: of.EditedAt, DueAt: of.DueAt,
	}
	held.ID, held.HeldAt = of.ID, time.Time{}
	stored, err := edited(held, was, now).store(ctx, tx)
	if err == nil && !stored {
		err = fmt.Errorf("%w: the post %s was edited in the same moment", database.ErrConflict, of.ID)
	}
	if err != nil {
		return err
	}
	_, err = recordMissing(ctx, tx, match.Missing{ID: of.ID})
	return err
}

// Remove takes a post back because its owner wants it so: the world is sent a Delete, and the post does not come back by itself.
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

const maxRipe = 100

// releaseRipe lets out what a flood has held for so long that its owner seems to agree, one post after the other. What looks like another
// site's, or like a known post, waits for ever.
func releaseRipe(ctx context.Context, db *database.DB, after time.Duration, now time.Time) (released int, err error) {
	ripe, err := database.Collect(scanListedPosts)(db.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.held_at > 0 AND p.held_at <= ? AND p.held_by = ?
ORDER BY p.held_at, p.published_at, p.id
LIMIT ?`, database.Millis(now.Add(-after)), HeldFlood, maxRipe))
	if err != nil {
		return 0, err
	}
	return releaseEach(ctx, db, ripe, now)
}

// RemoveAgain removes a post that was removed before, as an older copy of the database does not know. Whoever removed it then, by, is who
// did now.
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
