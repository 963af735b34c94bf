package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds/match"
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
func changesLock(it match.Item) bool {
	return !it.IsNew() && !it.Was.Removed && it.Was.Held && it.Was.HeldBy != HeldDoubt && it.Was.Hash != it.Hash &&
		(it.Was.HeldBy == HeldLocked) != isLocked(it.Item)
}

// addAnew is a held post that its feed has as another one now.
func (pl *plan) addAnew(it match.Item, i int) {
	id := it.Was.ID
	pl.m.Forget(id)
	pl.addNew(it, i, it.Was.Generation)
	pl.changes[len(pl.changes)-1].instead = id
}

// locking is that a post which is not held has a password now.
type locking struct {
	post   match.Known
	says   database.Digest // of the item
	isNews bool            // its owner was not told before
}

// isLockedNow says that a post which is not held has a password now. One that looked so when it was let out has none.
func (pl *plan) isLockedNow(ctx context.Context, it match.Item) (bool, error) {
	if it.Was.Held || it.Was.Hash == it.Hash || !isLocked(it.Item) {
		return false, nil
	}
	texts, err := match.Texts(ctx, pl.p.DB, []string{it.Was.ID})
	if err != nil {
		return false, fmt.Errorf("compare with what is known: %w", err)
	}
	return !isLocked(parser.Item{Title: it.Was.Title, Content: texts[it.Was.ID]}), nil
}

// withheld counts the posts with a new password that nobody was told of as missing from the feed.
func (pl *plan) withheld() (changed []match.Missing) {
	for _, l := range pl.locked {
		if p := l.post; p.Announce && p.EditedAt.IsZero() && !p.DueAt.IsZero() {
			changed = append(changed, match.Missing{ID: p.ID, Since: cmp.Or(p.AbsentSince, pl.now), Polls: p.AbsentPolls + 1})
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
WHERE post_id = ?`, l.post.Hash, false, l.post.Hash, l.says, l.post.ID)
	if err != nil || n > 0 {
		return err
	}
	err = insertPageCheck(ctx, q, PageCheck{PostID: l.post.ID, BlogID: blogID, Base: l.post.Hash, Feed: l.says})
	if errors.Is(err, database.ErrDuplicate) {
		return nil // the next poll that reads it says it once more
	}
	return err
}

// newlyLocked are the ids of the posts whose owner is to be told.
func (pl *plan) newlyLocked() (ids []string) {
	for _, l := range pl.locked {
		if l.isNews {
			ids = append(ids, l.post.ID)
		}
	}
	return ids
}
