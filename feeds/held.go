package feeds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// HeldGroup is all that one rule holds of one blog: what its owner reads about once, and may decide about at once.
type HeldGroup struct {
	BlogID database.ID
	Rule   string // HeldFlood and the others
	Count  int
	Until  time.Time // when the last of them was held
	First  time.Time // the date of the first of them
	Reason string    // a sentence for the owner, where it is the same for all of them
}

// HeldWords is what an owner reads about a rule.
type HeldWords struct {
	Title     string // what has happened, as a heading
	Why       string // what it usually means
	Otherwise string // what becomes of the posts if she does nothing
}

// unseen is what becomes of posts that wait for their owner.
func (g HeldGroup) unseen() string {
	return g.oneOr("Until you decide, nobody sees it. It waits as long as it takes, and is forgotten only when the feed no longer has it.",
		"Until you decide, nobody sees them. They wait as long as it takes, and are forgotten only when the feed no longer has them.")
}

// oneOr is how one says it of a single post, or of many.
func (g HeldGroup) oneOr(one, many string) string {
	if g.Count == 1 {
		return one
	}
	return many
}

// Words says in words what the rule has found. After release (Poller.ReleaseHeld) a flood goes out by itself; 0 is never.
func (g HeldGroup) Words(release time.Duration) HeldWords {
	switch g.Rule {
	case HeldFlood:
		otherwise := g.unseen()
		if release > 0 {
			otherwise = fmt.Sprintf(g.oneOr("Until you decide, nobody sees it. If you do nothing, it is announced %s after it was found (feed.release_held).",
				"Until you decide, nobody sees them. If you do nothing, they are announced %s after they were found, "+
					"one every ten minutes (feed.release_held)."), Length(release))
		}
		return HeldWords{
			Title: "Many more new posts at once than usual",
			Why: "That is mostly an accident: a blog that has moved, a restored backup, old posts that look new. Announced, " +
				g.oneOr("it", "each of them") + " appears in the timeline of every follower, and cannot be called back.",
			Otherwise: otherwise,
		}
	case HeldForeign:
		return HeldWords{
			Title: "The feed looks like another site’s",
			Why: "That happens when a domain has a new owner, when a host shows a page of its own, or when you have rebuilt the blog from " +
				"scratch. " + g.oneOr("Announce the post only if it is yours.", "Announce these posts only if they are yours."),
			Otherwise: g.unseen(),
		}
	case HeldDated, HeldEarly, HeldLocked:
		return g.notYetWords()
	}
	if g.Count > 1 {
		return HeldWords{
			Title:     "Perhaps posts that you published before",
			Why:       "Each has much in common with a known post, under another name or address. Announced as new, followers would see them twice.",
			Otherwise: "Until you decide, nobody sees them, and the posts that they may be stay as they are.",
		}
	}
	return HeldWords{
		Title:     "Perhaps a post that you published before",
		Why:       "It has much in common with a known post, under another name or address. Announced as new, followers would see it twice.",
		Otherwise: "Until you decide, nobody sees it, and the post that it may be stays as it is.",
	}
}

// OneByOne says that the posts are decided one by one: what is true of one says nothing of the next, and announced by mistake each is a
// second copy, too early, or not meant for all.
func (g HeldGroup) OneByOne() bool {
	return g.Rule == HeldDoubt || g.Rule == HeldDated || g.Rule == HeldLocked
}

// AsksBack says that its owner is asked once more before so many posts of the group are announced together.
func (g HeldGroup) AsksBack(n int) bool { return n > unasked || g.Rule == HeldForeign }

// unasked is how many posts are announced together without asking back.
const unasked = 10

// Released is what became of posts that were let out together.
type Released struct {
	Going int       // are announced
	Last  time.Time // when the last of them is
	Dated int       // go on waiting for their date
}

// ReleaseAll lets out what a group holds, up to the time it was read until: what came later was not meant. At most MaxReleased go, the
// oldest first, one every ten minutes behind whatever waits already, as History's do. Those whose date has not come go on waiting for it,
// as with ReleaseHeld.
func ReleaseAll(ctx context.Context, db *database.DB, g HeldGroup, now time.Time) (done Released, err error) {
	return releaseTogether(ctx, db, g, now, func(tx *database.Tx) ([]Post, error) { return HeldIn(ctx, tx, g, MaxReleased) })
}

// ReleaseThese is ReleaseAll for the posts that its owner was shown. One that does not wait in the group any more is left out, and no
// other takes its place.
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
		at, err := lastDue(ctx, tx, g.BlogID)
		if err != nil {
			return err
		}
		if at, err = behind(at, now); err != nil {
			return err
		}
		for _, p := range posts {
			until, err := release(ctx, tx, p, at)
			switch {
			case errors.Is(err, web.ErrNotFound): // somebody else was faster
			case err != nil:
				return err
			case until.IsZero():
				done.Going, done.Last, at = done.Going+1, at, at.Add(ReleaseEvery)
			default:
				done.Dated++
			}
		}
		return readBefore(ctx, tx, g.BlogID, now)
	})
	return done, err
}

// KeepAllQuiet makes all that a group holds history, up to the time it was read until.
func KeepAllQuiet(ctx context.Context, db *database.DB, g HeldGroup) (n int, err error) {
	return freeGroup(ctx, db, g)
}
