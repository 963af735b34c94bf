package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// A post may get a password after it was found, and may lose it. What the feed has in place of its text is never told to anybody.
//
// A held post, of which nobody was told, is found anew by the rules for every new post. One that waits to be announced waits on, as if the
// feed had taken it back (withdrawn.go). One that is public stays as it was: the words of a form are no edit, and whoever wants it gone
// deletes it.

// changesLock says that a held post has got a password since it was found, or is without the one that it is held for. What may be a known
// post waits for its owner whatever it says.
func (f finding) changesLock() bool {
	return !f.isNew() && !f.was.removed && f.was.held && f.was.heldBy != HeldDoubt && f.was.hash != f.hash &&
		(f.was.heldBy == HeldLocked) != isLocked(f.Item)
}

// addAnew is a held post that its feed has as another one now.
func (m *planner) addAnew(f finding, i int) {
	id := f.was.id
	delete(m.r.known, id)
	m.addNew(f, i, f.was.generation)
	m.changes[len(m.changes)-1].instead = id
}

// locking is that a post which is not held has a password now.
type locking struct {
	post   stored
	says   database.Digest // of the item
	isNews bool            // its owner was not told before
}

// isLockedNow says that a post which is not held has a password now. One that looked so when it was let out has none.
func (m *planner) isLockedNow(ctx context.Context, f finding) (bool, error) {
	if f.was.held || f.was.hash == f.hash || !isLocked(f.Item) {
		return false, nil
	}
	texts, err := storedTexts(ctx, m.r.q, []string{f.was.id})
	if err != nil {
		return false, fmt.Errorf("compare with what is known: %w", err)
	}
	return !isLocked(parser.Item{Title: f.was.title, Content: texts[f.was.id]}), nil
}

// withheld counts the posts with a new password that nobody was told of as missing from the feed.
func (m *planner) withheld() (changed []missingPost) {
	for _, l := range m.locked {
		if p := l.post; p.announce && p.editedAt.IsZero() && !p.dueAt.IsZero() {
			changed = append(changed, missingPost{id: p.id, since: cmp.Or(p.absentSince, m.r.now), polls: p.absentPolls + 1})
		}
	}
	return changed
}

// store remembers what the feed says, as of a post that its page has newer: an item that says it again is no news.
func (l locking) store(ctx context.Context, q database.Querier, blogID database.ID) error {
	if !l.isNews {
		return nil
	}
	n, err := q.Exec(ctx, `
UPDATE pages
SET trusted = CASE WHEN base_hash = ? THEN trusted ELSE ? END, base_hash = ?, feed_hash = ?
WHERE post_id = ?`, l.post.hash, false, l.post.hash, l.says, l.post.id)
	if err != nil || n > 0 {
		return err
	}
	err = insertPageCheck(ctx, q, PageCheck{PostID: l.post.id, BlogID: blogID, Base: l.post.hash, Feed: l.says})
	if errors.Is(err, database.ErrDuplicate) {
		return nil // the next poll that reads it says it once more
	}
	return err
}

// newlyLocked are the ids of the posts whose owner is to be told.
func (pl plan) newlyLocked() (ids []string) {
	for _, l := range pl.locked {
		if l.isNews {
			ids = append(ids, l.post.id)
		}
	}
	return ids
}
