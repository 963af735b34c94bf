package feeds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// How held posts and posts of the history are let out: one after the other, and behind whatever of
// their blog waits to be announced. A crash changes nothing, since when each is due is in its row.

const (
	// MaxReleased is how many posts are announced in one go.
	MaxReleased = 30
	// ReleaseEvery is how far apart they are.
	ReleaseEvery = 10 * time.Minute

	maxRipe = 100 // posts that go out by themselves in one go
)

// Released is what became of posts that were let out together.
type Released struct {
	Going int       // are announced
	Last  time.Time // when the last of them is
	Dated int       // go on waiting for their date
}

// Turn is when a post that its owner let out is announced.
type Turn struct {
	At    time.Time // zero where it waits for its date
	Until time.Time // its date, where it waits for that
}

// Release lets posts that History found be announced, the oldest first.
func Release(ctx context.Context, tx *database.Tx, b Blog, posts []Post, now time.Time) (done Released, err error) {
	at, err := nextTurn(ctx, tx, b.ID, now)
	if err != nil {
		return done, err
	}
	oldestFirst := slices.Clone(posts)
	slices.Reverse(oldestFirst)
	return releaseFrom(ctx, tx, b.ID, oldestFirst, at, now)
}

// ReleaseNext lets a held post out, not before soonest. It is web.ErrNotFound where nothing holds
// it, and web.ErrRefused where the others wait for weeks. A post that is held for another reason
// than its date, which has not come then either, waits until its date from now on; whoever wants it
// sooner releases it once more.
func ReleaseNext(ctx context.Context, tx *database.Tx, p Post, soonest, now time.Time) (turn Turn, err error) {
	if p.HeldAt.IsZero() {
		return turn, noHeldPost(p.ID)
	}
	at, err := nextTurn(ctx, tx, p.BlogID, now)
	if err != nil {
		return turn, err
	}
	at = later(at, soonest)
	turn.Until, err = release(ctx, tx, p, at, now)
	if err != nil || !turn.Until.IsZero() {
		return turn, err
	}
	turn.At = at
	return turn, readBefore(ctx, tx, p.BlogID, now)
}

// ReleaseAll lets out what a group holds, up to the time it was read until: what came later was not
// meant. At most MaxReleased go, the oldest first. Those whose date has not come go on waiting for
// it, as with ReleaseNext.
func ReleaseAll(ctx context.Context, db *database.DB, g HeldGroup, now time.Time) (done Released, err error) {
	return releaseTogether(ctx, db, g, now, func(tx *database.Tx) ([]Post, error) { return HeldIn(ctx, tx, g, MaxReleased) })
}

// ReleaseThese is ReleaseAll for the posts that its owner was shown. One that does not wait in the
// group any more is left out, and no other takes its place.
func ReleaseThese(ctx context.Context, db *database.DB, g HeldGroup, ids []string, now time.Time) (Released, error) {
	ids = ids[:min(len(ids), MaxReleased)]
	return releaseTogether(ctx, db, g, now, func(tx *database.Tx) ([]Post, error) { return heldAmong(ctx, tx, g, ids) })
}

func releaseTogether(
	ctx context.Context, db *database.DB, g HeldGroup, now time.Time, choose func(*database.Tx) ([]Post, error),
) (done Released, err error) {
	err = db.InTx(ctx, func(tx *database.Tx) error {
		done = Released{}
		posts, err := choose(tx)
		if err != nil || len(posts) == 0 {
			return err
		}
		at, err := nextTurn(ctx, tx, g.BlogID, now)
		if err != nil {
			return err
		}
		done, err = releaseFrom(ctx, tx, g.BlogID, posts, at, now)
		return err
	})
	return done, err
}

// releaseRipe lets out what a flood has held for so long that its owner seems to agree. What looks
// like another site's, or like a known post, waits for ever.
func releaseRipe(ctx context.Context, db *database.DB, after time.Duration, now time.Time) (released int, err error) {
	return releaseByThemselves(ctx, db, now, `held_at <= ? AND p.held_by = ?
ORDER BY p.held_at, p.published_at, p.id`, database.Millis(now.Add(-after)), HeldFlood)
}

// releaseDue lets out the posts whose date has come.
func releaseDue(ctx context.Context, db *database.DB, now time.Time) (released int, err error) {
	return releaseByThemselves(ctx, db, now, `held_by = ? AND p.published_at <= ?
ORDER BY p.published_at, p.id`, HeldDated, database.Millis(now))
}

// releaseByThemselves lets out the held posts for which the condition holds, those of each blog
// from now on.
func releaseByThemselves(ctx context.Context, db *database.DB, now time.Time, condition string, args ...any) (released int, err error) {
	posts, err := database.Collect(scanListedPosts)(db.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.held_at > 0 AND p.`+condition+`
LIMIT ?`, append(args, maxRipe)...))
	if err != nil {
		return 0, fmt.Errorf("list the held posts whose time has come: %w", err)
	}
	byBlog := map[database.ID][]Post{}
	for _, p := range posts {
		byBlog[p.BlogID] = append(byBlog[p.BlogID], p)
	}
	for blogID, posts := range byBlog {
		var done Released
		if err := db.InTx(ctx, func(tx *database.Tx) (err error) {
			done, err = releaseFrom(ctx, tx, blogID, posts, now, now)
			return err
		}); err != nil {
			return released, err
		}
		released += done.Going
	}
	return released, nil
}

// releaseFrom lets posts of one blog out one after the other, the first at that time, and has its
// feed read before. One that somebody else has decided about meanwhile is left out.
func releaseFrom(ctx context.Context, tx *database.Tx, blogID database.ID, posts []Post, at, now time.Time) (done Released, err error) {
	for _, p := range posts {
		until, err := release(ctx, tx, p, at, now)
		switch {
		case errors.Is(err, web.ErrNotFound):
		case err != nil:
			return done, fmt.Errorf("let post %s be announced: %w", p.ID, err)
		case until.IsZero():
			done.Going, done.Last, at = done.Going+1, at, at.Add(ReleaseEvery)
		default:
			done.Dated++
		}
	}
	return done, readBefore(ctx, tx, blogID, now)
}

// release lets one post out: it is announced at that time, and until is zero; or it waits until its
// date. It is web.ErrNotFound where somebody has decided about the post since it was read.
func release(ctx context.Context, tx *database.Tx, p Post, at, now time.Time) (until time.Time, err error) {
	switch {
	case p.keepsDate(at):
		return p.PublishedAt, waitOnly(ctx, tx, p)
	case !p.HeldAt.IsZero():
		return until, setFree(ctx, tx, p.ID, at, firstTime, true, database.Millis(at))
	}
	if err := announceAt(ctx, tx, p.ID, at); err != nil {
		return until, err
	}
	if check := schedule.PageBefore(at, now); !p.AbsentSince.IsZero() && !check.IsZero() {
		return until, pages.Schedule(ctx, tx, p.ID, p.BlogID, check)
	}
	return until, nil
}

// nextTurn is when the next post of a blog goes that is let out behind those that wait;
// web.ErrRefused where they wait for weeks. Edits and removals of what was announced are due as
// well, and keep nobody waiting: a post that nobody was told of has no edit (firstTime).
func nextTurn(ctx context.Context, q database.Querier, blogID database.ID, now time.Time) (time.Time, error) {
	var millis int64
	err := q.QueryRow(ctx, `
SELECT COALESCE(MAX(due_at), 0)
FROM posts
WHERE due_at > 0 AND blog_id = ? AND announce = ? AND edited_at = 0 AND removed_at = 0 AND held_at = 0`, blogID, true).Scan(&millis)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for what is due: %w", err)
	}
	last := database.Time(millis)
	if last.After(now.Add(mostQueue)) {
		return time.Time{}, fmt.Errorf("%w: posts of this blog wait to be announced until %s already; let out more when there are fewer",
			web.ErrRefused, last.UTC().Format(time.DateOnly))
	}
	return later(now, last.Add(ReleaseEvery)), nil
}

// History are the last posts from before the blog had its account that were not announced: of the
// newest last ones, or of those since a date. It changes with what is announced, not with what is
// published, so a second Release finds nothing left. More than MaxReleased is web.ErrInvalid.
func History(ctx context.Context, q database.Querier, b Blog, last int, since time.Time) ([]Post, error) {
	if last <= 0 {
		last = MaxReleased + 1
	}
	posts, err := database.Collect(scanListedPosts)(q.Query(ctx, `
SELECT `+listColumns+`
FROM posts p
WHERE p.blog_id = ? AND p.published_at < ? AND p.published_at >= ? AND p.removed_at = 0 AND p.held_at = 0
ORDER BY p.published_at DESC, p.id DESC
LIMIT ?`, b.ID, database.Millis(b.CreatedAt), database.Millis(since), last)) // later posts do not move this list
	if err != nil {
		return nil, fmt.Errorf("list the history of %s: %w", b.Handle(), err)
	}
	if len(posts) > MaxReleased {
		return nil, fmt.Errorf("%w: that are more than %d posts, which is more than anybody wants to get", web.ErrInvalid, MaxReleased)
	}
	return slices.DeleteFunc(posts, func(p Post) bool { return p.Announce }), nil
}

// announceAt lets history be announced; web.ErrNotFound where that has been decided already.
func announceAt(ctx context.Context, q database.Querier, postID string, at time.Time) error {
	n, err := q.Exec(ctx, `
UPDATE posts
SET `+firstTime+`
WHERE id = ? AND announce = ? AND removed_at = 0 AND held_at = 0`, true, database.Millis(at), postID, false)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: the post %s is announced already, or is not public", web.ErrNotFound, postID)
	}
	return err
}
