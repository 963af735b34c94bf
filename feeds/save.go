package feeds

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
)

// read fetches, parses and saves. Until the one transaction at its end nothing is changed.
func (p *Poller) read(ctx context.Context, b Blog, poll Poll) (err error) {
	defer parser.Survive(&err)
	known, checks := poll.conditions(p.Now())
	if !poll.Imported || poll.HashVersion != contenthash.Version {
		known = fetch.Validators{} // hashed anew now, the posts are ready when the next edit comes
	}
	a, err := fetch.Feed(ctx, p.Client, b.FeedURL, known)
	if err != nil {
		return err
	}
	var pl plan
	if !a.Unchanged {
		if pl, err = p.study(ctx, b, poll, &a); err != nil {
			return err
		}
		if err := p.complete(ctx, b, pl.changes); err != nil {
			return err
		}
		if checks && visible(pl.changes) && p.isDeaf(ctx, b, poll) {
			poll.DeafAt = p.Now()
			p.Log.Warn("the feed's server answers 304 to anything", "component", "feeds", "blog", b.Acct(), "feed", fetch.Brief(b.FeedURL))
		}
	}
	return p.save(ctx, b, poll, a, pl)
}

// study is what a new answer means for the posts. The feed that was read is left in a.
func (p *Poller) study(ctx context.Context, b Blog, poll Poll, a *fetch.Answer) (plan, error) {
	p.parsing <- struct{}{}
	defer func() { <-p.parsing }()
	feed, err := parser.Parse(a.Body, a.ContentType, a.URL.String())
	if err != nil {
		return plan{}, fetch.Unreadable(b.FeedURL, err)
	}
	feed.Believe(p.Now())
	a.Feed = feed
	all := len(feed.Items)
	if err := p.filter(ctx, b, poll, feed); err != nil {
		return plan{}, fmt.Errorf("choose the blog's own posts: %w", err)
	}
	leftOut := all - len(feed.Items)
	if poll.HashVersion < match.SharedNamesVersion {
		match.FormerRepeats(feed.Items)
	}
	pl, err := p.plan(ctx, b, poll, feed, *a)
	pl.leftOut = leftOut
	return pl, err
}

// save commits the plan together with the poll that made it. The poll comes first: it fails where the lease is lost.
func (p *Poller) save(ctx context.Context, b Blog, poll Poll, a fetch.Answer, pl plan) error {
	hub := poll.Hub
	poll = p.succeeded(poll, a, pl)
	err := p.DB.InTx(ctx, func(tx *database.Tx) error {
		if err := settlePoll(ctx, tx, poll); err != nil {
			return err
		}
		if a.Unchanged {
			return p.confirm(ctx, tx, poll)
		}
		current, err := pl.store(ctx, tx, b.ID, p.Now())
		if err == nil && !current {
			err = forgetBody(ctx, tx, b.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("save the poll: %w", err)
	}
	p.tell(b, pl)
	if visible(pl.changes) || poll.Hub != hub {
		p.wakeNext()
	}
	if p.Pages != nil && !a.Unchanged {
		p.Pages.Wake()
	}
	return nil
}

// confirm counts an unchanged feed as one more that misses what it missed.
func (p *Poller) confirm(ctx context.Context, tx *database.Tx, poll Poll) error {
	if poll.Missing == 0 {
		return nil
	}
	if err := confirmMissing(ctx, tx, poll.BlogID, p.Now()); err != nil {
		return err
	}
	return dropWithdrawn(ctx, tx, poll.BlogID, p.Now())
}

// store writes what is planned. It reports whether the posts were still as the plan has read them:
// somebody may have edited one since, or merged it into another. Such a post stays as it is now.
func (pl plan) store(ctx context.Context, tx *database.Tx, blogID database.ID, now time.Time) (current bool, err error) {
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
			if err := schedulePageCheck(ctx, tx, c.post.ID, blogID, c.checkAt); err != nil {
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
		if err := l.store(ctx, tx, blogID); err != nil {
			return false, err
		}
	}
	for _, a := range pl.absences {
		isThere, err := recordMissing(ctx, tx, a)
		if err != nil {
			return false, err
		}
		if isThere && !a.CheckAt.IsZero() {
			if err := schedulePageCheck(ctx, tx, a.ID, blogID, a.CheckAt); err != nil {
				return false, err
			}
		}
	}
	if pl.isWhole {
		if err := dropWithdrawn(ctx, tx, blogID, now); err != nil {
			return false, err
		}
	}
	return current, nil
}

// tell puts what the hold rules did into the log.
func (p *Poller) tell(b Blog, pl plan) {
	log := p.Log.With("component", "feeds", "blog", b.Acct())
	held := noticeOf(pl.holds())
	if held.Undecided > 0 {
		log.Warn("new posts wait for their owner", "held", held.Undecided, "why", held.Why, "see", "bloghorn feed held")
	}
	if held.Dated > 0 {
		log.Info("new posts wait for their dates", "posts", held.Dated, "first", held.Next)
	}
	if locked := pl.newlyLocked(); len(locked) > 0 {
		log.Warn("posts ask for a password now: no edit is sent, what was public before stays so", "posts", len(locked), "first", locked[0],
			"to take one back", "bloghorn post delete ID")
	}
	if pl.missing > 0 {
		log.Info("posts are missing from the feed", "posts", pl.missing)
	}
}

func (p *Poller) succeeded(poll Poll, a fetch.Answer, pl plan) Poll {
	now := p.Now()
	poll.ETag, poll.LastModified, poll.BodyHash = a.Seen.ETag, a.Seen.LastModified, a.Seen.Body
	if pl.isOpen {
		poll.ETag, poll.LastModified, poll.BodyHash = "", "", noBody
	}
	if !a.NotModified {
		poll.ReadAt = now
	}
	poll.HashVersion = contenthash.Version
	poll.Charset = cmp.Or(a.Charset, poll.Charset)
	poll.MovedTo = ""
	if len(a.MovedTo) <= parser.MaxURL {
		poll.MovedTo = a.MovedTo
	}
	if !a.Unchanged {
		poll.Known, poll.MostNew, poll.Missing = pl.known, pl.mostNew, pl.missing
	}
	poll.Imported = true
	poll.PolledAt, poll.SucceededAt = now, now
	if visible(pl.changes) {
		poll.ChangedAt = now
	}
	poll.Failures, poll.LastError, poll.RetryAt = 0, "", time.Time{}
	poll.Gone, poll.StoppedAt = 0, time.Time{}
	if a.Feed != nil {
		poll.Format = parser.Cut(a.Feed.Format, parser.MaxFormat)
	}
	poll.Wishes, poll.Hub = a.Hints(poll.Wishes, now), a.Hub(poll.Hub)
	poll.rhythm.ActiveAt = later(poll.rhythm.ActiveAt, poll.ChangedAt)
	poll.rhythm.DueAt = loop.Sooner(poll.rhythm.DueAt, pl.firstDue(now))
	poll.NextAt, _ = p.timing(poll, now, rand.Float64()).Next()
	return poll.afterAsking(now, visible(pl.changes))
}

// noBody is the hash of no answer, so that the next one is read whatever it is. It is not zero, which means that the rules were edited.
var noBody = database.Hash("read it again")

// change is what a poll does to one post.
type change struct {
	post   Post
	known  *match.Known // nil for a new post
	silent bool         // hashed anew, nothing else happened
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

// dueAt is due, else late.
func (c change) dueAt() time.Time {
	if c.due.IsZero() {
		return c.late
	}
	return c.due
}

// editedAt is when the post was edited, for those who know it as it was; zero where nobody can.
func (c change) editedAt() time.Time { return later(c.post.EditedAt, c.late) }

// rename stores what the feed calls a post now, without a word to anybody.
func (c *change) rename(was match.Known) {
	c.silent, c.due, c.post.EditedAt = true, time.Time{}, was.EditedAt
	if !was.Held || was.Hash == c.post.ContentHash {
		c.late = time.Time{}
	}
}

// hold keeps a new post from the world.
func (c *change) hold(now time.Time, rule, why, like string) {
	c.post.HeldAt, c.post.HeldBy, c.post.HeldWhy, c.post.HeldLike = now, rule, parser.Cut(why, maxWhy), like
	c.post.Announce, c.due = false, time.Time{}
}

// maxWhy is how much room a row has for the reason why a post is held.
const maxWhy = 500

// seenAt is when the i-th item of a feed is found: a millisecond before the one above it, so that items without a date keep their order.
func seenAt(now time.Time, i int) time.Time {
	return now.Add(-time.Duration(i) * time.Millisecond)
}

// found decides whether a new post is announced: not what was there when the blog was added, and not what is dated too far back.
func (p *Poller) found(b Blog, post Post, it match.Item, imported bool, now time.Time) change {
	c := change{post: post}
	if imported && (it.PublishedAt.IsZero() || it.PublishedAt.After(now.Add(-b.Settings.Age(p.MaxAge)))) {
		c.post.Announce = true
		c.due = now.Add(b.Settings.Delay(p.PublishDelay))
	}
	return c
}

// edited decides what a new hash means: nothing, if the old one was made by other rules; otherwise an edit, of which the world hears if it
// knows the post. While a new post waits for its announcement, edits join it and leave no trace,
// unless it goes out before they are stored.
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

func later(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
