package feeds

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
)

// poll reads a blog's feed and saves what it says. Until the one transaction at its end nothing is
// changed, and a dry run ends before that.
func (p *Poller) poll(ctx context.Context, b Blog, poll Poll, dry bool) (pl *plan, err error) {
	defer parser.Survive(&err)

	// 1. Fetch the feed. Where nothing has changed there is nothing to decide.
	known, checks := poll.conditions(p.Now(), dry)
	a, err := fetch.Feed(ctx, p.Client, b.FeedURL, known)
	if err != nil {
		return nil, err
	}
	pl = &plan{p: p, blog: b, poll: poll, answer: &a, checks: checks, now: p.Now()}
	if a.Unchanged {
		return pl, p.save(ctx, pl)
	}

	// 2. Parse it.
	parsed := p.startParsing()
	defer parsed()
	if err := a.Parse(b.FeedURL); err != nil {
		return nil, err
	}
	a.Feed.Believe(pl.now)

	// 3. Leave the blog's own posts in it: what the owner's rules choose, and what is known.
	if pl.leftOut, err = p.filter(ctx, b, poll, a.Feed); err != nil {
		return nil, fmt.Errorf("choose the blog's own posts: %w", err)
	}

	// 4. Find which item is which known post.
	pl.m = &match.Matcher{
		Q: p.DB, BlogID: b.ID, Origin: b.Origin, LastPoll: poll.SucceededAt, Now: pl.now, LeadsTo: p.leadsTo,
		Items: match.Identify(a.Feed.Items, a.Feed.SiteURL),
	}
	if err := pl.m.Match(ctx); err != nil {
		return nil, fmt.Errorf("compare with what is known: %w", err)
	}

	// 5. Make posts of new items, and edits of what has changed in known ones.
	if err := pl.decide(ctx); err != nil {
		return nil, err
	}

	// 6. Hold new posts back where they look like an accident: a flood, or another site's feed.
	pl.holdBack()

	// 7. Note which posts the feed should have, and has not.
	pl.noteMissing()
	parsed()
	if dry {
		return pl, nil
	}

	// 8. Have the posts' own pages say what the feed does not.
	if err := p.complete(ctx, b, pl.changes); err != nil {
		return nil, err
	}
	p.noteDeaf(ctx, pl)

	// 9. Save the posts and the poll in one transaction, and wake whoever announces them.
	return pl, p.save(ctx, pl)
}

// startParsing waits until fewer feeds are parsed than there are cores: a hostile one costs a
// second and 500 MB.
func (p *Poller) startParsing() (done func()) {
	p.parsing <- struct{}{}
	return sync.OnceFunc(func() { <-p.parsing })
}

// save commits the plan together with the poll that made it. The poll comes first: it fails where
// the lease is lost.
func (p *Poller) save(ctx context.Context, pl *plan) error {
	poll := p.succeeded(pl)
	err := p.DB.InTx(ctx, func(tx *database.Tx) error {
		if err := settlePoll(ctx, tx, poll); err != nil {
			return err
		}
		if pl.answer.Unchanged {
			return confirmMissing(ctx, tx, poll, p.Now())
		}
		current, err := pl.store(ctx, tx, p.Now())
		if err == nil && !current {
			err = forgetBody(ctx, tx, poll.BlogID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("save the poll: %w", err)
	}
	p.tell(pl)
	if visible(pl.changes) || poll.Hub != pl.poll.Hub {
		p.wakeNext()
	}
	if p.Pages != nil && !pl.answer.Unchanged {
		p.Pages.Wake()
	}
	return nil
}

// tell puts what the hold rules did into the log.
func (p *Poller) tell(pl *plan) {
	log := p.Log.With("component", "feeds", "blog", pl.blog.Acct())
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
	if pl.lost > 0 {
		log.Info("posts are missing from the feed", "posts", pl.lost)
	}
}

// succeeded is the poll after a feed that could be read, with when the next one is.
func (p *Poller) succeeded(pl *plan) Poll {
	poll, a, now := pl.poll, pl.answer, p.Now()
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
		poll.Known, poll.MostNew, poll.Missing = pl.known, pl.mostNew, pl.lost
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

// noBody is the hash of no answer, so that the next one is read whatever it is. It is not zero,
// which means that the rules were edited.
var noBody = database.Hash("read it again")
