package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// plan is everything that a reading of a feed means, worked out before anything is changed.
type plan struct {
	p      *Poller
	blog   Blog
	poll   Poll
	answer *fetch.Answer
	checks bool // the server was asked without conditions, to see whether it heeds them
	now    time.Time
	m      *match.Matcher // which item is which post

	changes   []change
	delays    []delay
	locked    []locking // posts that got a password
	missing   []match.Missing
	lost      int         // posts that should be in the feed and are not
	isForeign bool        // it looks like another site's
	isWhole   bool        // the feed is the blog's own, so that what it lacks is missing
	known     Fingerprint // what tells this feed from another one
	mostNew   int
	leftOut   int  // items of the feed that the blog's rules do not choose
	isOpen    bool // something could not be found out: the next poll reads the same answer again

	waiting int                        // new posts that wait for their date
	behind  map[string]database.Digest // what the feed says of posts that their pages have newer
	ask     map[int]bool               // items that came back and whose pages are asked
}

// decide makes of each item what happens to its post.
func (pl *plan) decide(ctx context.Context) (err error) {
	moved := 0
	var changed []string
	for _, it := range pl.m.Items {
		if it.Was != nil && it.Was.Link != pageurl.Normalise(it.Link) {
			moved++
		}
		if it.Was != nil && it.Was.Hash != it.Hash {
			changed = append(changed, it.Was.ID)
		}
	}
	if pl.behind, err = pages.FeedReadings(ctx, pl.p.DB, changed); err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	pl.ask = pl.choose()
	for i, it := range pl.m.Items {
		switch {
		case isRepublished(it):
			pl.republish(ctx, it, i)
		case it.IsNew():
			pl.addNew(it, i, 0)
		case changesLock(it):
			pl.addAnew(it, i)
		default:
			if err := pl.updateKnown(ctx, it, moved); err != nil {
				return err
			}
		}
	}
	pl.spread()
	return nil
}

// addNew is a new post, or one that may be a known one and therefore waits for its owner. It is
// announced unless it was there when the blog was added, or is dated too far back.
func (pl *plan) addNew(it match.Item, i, generation int) {
	seen := pl.now.Add(-time.Duration(i) * time.Millisecond) // before the one above it, so that items without a date keep their order
	c := change{post: newPost(pl.blog, it, seen)}
	c.post.ID, c.post.Generation = pl.m.NewID(it, generation)
	oldest := pl.now.Add(-pl.blog.Settings.Age(pl.p.MaxAge))
	if pl.poll.Imported && !it.History && (it.PublishedAt.IsZero() || it.PublishedAt.After(oldest)) {
		c.post.Announce, c.due = true, pl.now.Add(pl.blog.Settings.Delay(pl.p.PublishDelay))
	}
	if c.holdBack(pl.blog, it.Item, pl.now, pl.waiting) && !pl.poll.Imported {
		pl.waiting++
	}
	if it.Doubt {
		c.hold(pl.now, HeldDoubt, fmt.Sprintf("it may be the post %q under another name: %s", it.Was.Title, it.Score.Words()), it.Was.ID)
	}
	pl.changes = append(pl.changes, c)
}

// noteMissing notes which known posts are not in the feed, and which new ones have a page to read.
func (pl *plan) noteMissing() {
	switch {
	case pl.isWhole:
		pl.missing, pl.lost = pl.m.Missing()
	case !pl.isForeign && len(pl.m.Items) == 0:
		pl.missing = pl.m.Emptied()
	case !pl.isForeign:
		pl.missing = pl.m.ScrolledOut()
	}
	pl.missing = append(pl.missing, pl.withheld()...)
	for i := range pl.changes {
		if c := &pl.changes[i]; c.known == nil && c.post.Announce { // what its page is like, to know an edit by when the feed lists it no more
			c.checkAt = pl.now.Add(match.PageCheckAfter)
		}
	}
}

// store writes what is planned. It reports whether the posts were still as the plan has read them:
// somebody may have edited one since, or merged it into another. Such a post stays as it is now.
func (pl *plan) store(ctx context.Context, tx *database.Tx, now time.Time) (current bool, err error) {
	current = true
	for _, c := range pl.changes {
		stored, err := c.store(ctx, tx)
		if err != nil {
			return false, err
		}
		if !stored {
			current = false
			continue
		}
		if err := c.page.store(ctx, tx, now); err != nil {
			return false, err
		}
		if !c.checkAt.IsZero() {
			if err := pages.Schedule(ctx, tx, c.post.ID, pl.blog.ID, c.checkAt); err != nil {
				return false, err
			}
		}
	}
	for _, d := range pl.delays {
		if err := d.store(ctx, tx); err != nil {
			return false, err
		}
	}
	for _, l := range pl.locked {
		if err := l.store(ctx, tx, pl.blog.ID); err != nil {
			return false, err
		}
	}
	for _, a := range pl.missing {
		isThere, err := recordMissing(ctx, tx, a)
		if err != nil {
			return false, err
		}
		if isThere && !a.CheckAt.IsZero() {
			if err := pages.Schedule(ctx, tx, a.ID, pl.blog.ID, a.CheckAt); err != nil {
				return false, err
			}
		}
	}
	if pl.isWhole {
		if err := dropWithdrawn(ctx, tx, pl.blog.ID, now); err != nil {
			return false, err
		}
	}
	return current, nil
}

// change is what a poll does to one post.
type change struct {
	post   Post
	known  *match.Known // nil for a new post
	silent bool         // it is stored, and nobody is told
	due    time.Time    // when the publisher shall look at it; zero leaves that as it is
	late   time.Time    // when it shall, if the post was announced since it was read; zero where that makes no difference
	page   Completed    // what its page gave

	checkAt time.Time // when its page is read, so that an edit is known by; zero where that need not be

	instead string // the held post that a new one was until now, which is forgotten
}

func visible(changes []change) bool {
	for _, c := range changes {
		if !c.silent {
			return true
		}
	}
	return false
}

// store is false where a known post is not as it was read any more. It stays as it is.
func (c change) store(ctx context.Context, tx *database.Tx) (bool, error) {
	if c.instead != "" {
		if dropped, err := dropHeld(ctx, tx, c.instead); err != nil || !dropped {
			return false, err
		}
	}
	if c.known == nil {
		c.post.DueAt = c.due
		return true, insertPost(ctx, tx, c.post)
	}
	return updatePost(ctx, tx, c)
}

// hold keeps a new post from the world.
func (c *change) hold(now time.Time, rule, why, like string) {
	c.post.HeldAt, c.post.HeldBy, c.post.HeldWhy, c.post.HeldLike = now, rule, parser.Cut(why, maxWhy), like
	c.post.Announce, c.due = false, time.Time{}
}

// maxWhy is how much room a row has for the reason why a post is held.
const maxWhy = 500

// later is the latest of these times.
func later(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
