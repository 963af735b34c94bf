package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What an edit of a post is, and when its followers hear of it.
//
// An edit is another hash of what the author wrote. What engines change by themselves is not in it
// (package contenthash). Three find one: a poll (updateKnown), the check of a post's page
// (page_checker.go), and an owner who says that a held post is a known one (hold_decide.go). All
// three ask edited when it is due: at once, but while a new post waits for its announcement, edits
// join that.
//
// A poll lets the first three of its edits go at once, and one every five minutes after them. The
// publisher sends the first Update of a post at once, then at most one in each feed.update_interval
// (an hour), and always the last state (publisher/announcement.go: next).

const (
	// editEvery parts the updates that follow the first three of one poll.
	editEvery = 5 * time.Minute
	// maxAddresses is after how many addresses a post is a wanderer, whose next one is no news.
	maxAddresses = 4
)

// updateKnown takes over what the feed says of a known post, with a word to its followers or
// without. moved is how many posts of the feed have other links than before.
func (pl *plan) updateKnown(ctx context.Context, it match.Item, moved int) error {
	was := *it.Was
	pl.rescheduled(it)

	// 1. The words of a password form are no edit (notyet.go).
	if locked, err := pl.isLockedNow(ctx, it); err != nil {
		return err
	} else if locked {
		pl.locked = append(pl.locked, locking{post: was, says: it.Hash, isNews: pl.behind[was.ID] != it.Hash})
		return nil
	}

	// 2. Nothing is new: the feed says what it said, or what it said before the post's page was
	// edited.
	asBefore := was.Hash == it.Hash && was.Version == contenthash.Version || pl.behind[was.ID] == it.Hash
	if asBefore && was.GUID == match.GUIDOf(it) {
		return nil
	}
	post := newPost(pl.blog, it, pl.now)
	post.ID = was.ID

	// 3. Names alone are taken over in silence, and so is what nobody can have seen otherwise: the
	// post is held, followers have the edit from its page, or only our reading of its characters is
	// another one.
	decodedAnew := pl.poll.Charset != "" && pl.answer.Charset != "" && pl.poll.Charset != pl.answer.Charset
	silent, err := pl.caughtUp(ctx, was, post)
	if err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	silent = silent || was.Hash == it.Hash || was.Held || decodedAnew

	// 4. Another link alone is news, unless all posts have moved, or this one moves all the time.
	// The new link goes out with the next edit.
	before := it.Item
	before.Link = was.URL
	if onlyMoved := contenthash.Of(before) == was.Hash; onlyMoved && !silent {
		wanders, err := hasWandered(ctx, pl.p.DB, was.ID)
		if err != nil {
			return fmt.Errorf("compare with what is known: %w", err)
		}
		silent = moved > freeArrivals || wanders
	}

	// 5. Whatever is left is an edit.
	c := edited(post, was, pl.now)
	if silent {
		c.rename()
	}
	pl.changes = append(pl.changes, c)
	return nil
}

// edited decides when a post's followers hear of an edit: at once if they know the post, and never
// of what has another hash only because the old one was made by other rules. While a new post waits
// for its announcement, edits join it and leave no trace, unless it goes out before they are
// stored.
func edited(post Post, was match.Known, now time.Time) change {
	c := change{post: post, known: &was}
	c.post.EditedAt = was.EditedAt
	if was.Version < contenthash.Version {
		c.silent = true
		return c
	}
	c.late = later(now, was.EditedAt.Add(time.Second), was.PublishedAt.Add(time.Second))
	if waiting := was.Announce && was.EditedAt.IsZero() && was.DueAt.After(now); waiting {
		return c
	}
	c.post.EditedAt = c.late
	if was.Announce {
		c.due = now
	}
	return c
}

// rename makes of an edit what is stored without a word to anybody.
func (c *change) rename() {
	c.silent, c.due, c.post.EditedAt = true, time.Time{}, c.known.EditedAt
	if !c.known.Held || c.known.Hash == c.post.ContentHash {
		c.late = time.Time{}
	}
}

// dueAt is due, else late.
func (c change) dueAt() time.Time {
	if c.due.IsZero() {
		return c.late
	}
	return c.due
}

// editedAt is when the post was edited, for those who know it as it was; zero where nobody can.
func (c change) editedAt() time.Time { return later(c.post.EditedAt, c.late) }

// spread lets many edits of one poll out one after another: a theme that adds a line to every post
// is no reason to flood the world.
func (pl *plan) spread() {
	edits := 0
	for i := range pl.changes {
		c := &pl.changes[i]
		if c.known == nil || c.silent || c.due.IsZero() {
			continue
		}
		if edits++; edits > freeArrivals {
			c.due = c.due.Add(time.Duration(edits-freeArrivals) * editEvery)
		}
	}
}

// caughtUp reports whether a feed now tells the edit that was found on the post's page before:
// followers have it.
func (pl *plan) caughtUp(ctx context.Context, was match.Known, post Post) (bool, error) {
	if pl.behind[was.ID].IsZero() || post.Title != was.Title {
		return false, nil
	}
	texts, err := match.Texts(ctx, pl.p.DB, []string{was.ID})
	return err == nil && texts[was.ID] == safehtml.Text(post.Content.String()), err
}

// hasWandered reports whether a post has had so many addresses that something makes them up.
func hasWandered(ctx context.Context, q database.Querier, postID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
SELECT COUNT(*)
FROM post_aliases
WHERE post_id = ?`, postID).Scan(&n)
	return n >= maxAddresses, err
}
