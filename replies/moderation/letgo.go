package moderation

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

// What nobody shows costs room that strangers would otherwise fill for ever. So what waits for a
// moderator is bounded, and the text of what is hidden, or waited too long, goes after a time. Its
// row stays: it keeps the id from coming back, and says what was decided.

// LetGoAt is when the text of a reply goes that has this status from now on; never for what is
// shown, and for the blog's own words.
func LetGoAt(author database.ID, status string, now time.Time) time.Time {
	switch {
	case author == thread.OfTheBlog:
	case status == thread.Held:
		return now.Add(bounds.HeldFor)
	case status == thread.Hidden:
		return now.Add(bounds.HiddenFor)
	}
	return time.Time{}
}

// LetGo takes the text from up to limit replies whose time has come, and says how many it was. One
// that still waited is Expired from then on: nobody has decided about it, and there is nothing left
// to decide about. Readers see nothing of either.
func LetGo(ctx context.Context, db *database.DB, now time.Time, limit int) (int64, error) {
	due, err := dueToLetGo(ctx, db, now, limit)
	for _, r := range due {
		if err == nil {
			err = dropText(ctx, db, r, now)
		}
	}
	return int64(len(due)), err
}
