package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehttp"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxPolls   = 16 // at once, in one process; most of a poll is waiting
	ripenEvery = time.Minute
	leaseFor   = 2 * time.Minute // a fetch ends after 10 s, and the rest takes less
	candidates = 8 * maxPolls    // more than are polled, so that two processes rarely want the same
)

// Poller polls the feeds of all blogs. Its fields must not change once Run or Poll was called.
type Poller struct {
	DB           *database.DB
	Client       *safehttp.Client
	Log          *slog.Logger
	Now          func() time.Time
	Interval     time.Duration // between two polls of one feed
	PublishDelay time.Duration // from finding a post to its being due, so that early edits join the announcement
	MaxAge       time.Duration // posts dated earlier are stored, not announced
	ReleaseHeld  time.Duration // after so long posts that a flood has held are announced one by one; 0 is never
	WakeNext     func()        // called after new or edited posts, or another hub of a feed, were committed; may be nil
	Patience     time.Duration // Poll waits so long for another poll of the feed before it takes its place; at 0 it never does
	Lease        time.Duration // a poll whose process died is done anew after so long; 0 is leaseFor, and the most
	Pages        *PageChecker  // completes new posts from their pages; nil leaves them as the feed has them

	loop.Waker
	once    sync.Once
	parsing chan struct{} // see startParsing
}

// Run polls what is due until ctx ends, then waits for the polls that are under way. It returns
// nil.
func (p *Poller) Run(ctx context.Context) error {
	p.init()
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, maxPolls)
	var ripened time.Time
	return loop.Loop{
		Waker: &p.Waker, Now: p.Now, Log: p.Log.With("component", "feeds"),
		Round: func(ctx context.Context) error {
			p.letOut(ctx, releaseDue, "posts whose date has come are announced")
			if p.ReleaseHeld > 0 && p.Now().Sub(ripened) >= ripenEvery {
				ripened = p.Now()
				p.letOut(ctx, func(ctx context.Context, db *database.DB, now time.Time) (int, error) {
					return releaseRipe(ctx, db, p.ReleaseHeld, now)
				}, "posts that nobody decided about are announced one by one")
			}
			return p.round(ctx, slots, &working)
		},
		Next: func(ctx context.Context) (time.Time, error) {
			poll, err := soonestPoll(ctx, p.DB)
			if err != nil {
				return poll, err
			}
			waiting, err := soonestWaiting(ctx, p.DB)
			return loop.Sooner(poll, waiting), err
		},
	}.Run(ctx)
}

// letOut lets out what has been held for long enough.
func (p *Poller) letOut(ctx context.Context, release func(context.Context, *database.DB, time.Time) (int, error), what string) {
	n, err := release(ctx, p.DB, p.Now())
	if err != nil && ctx.Err() == nil {
		p.Log.Error("release posts that were held", "component", "feeds", "err", err)
	}
	if n > 0 {
		p.Log.Info(what, "component", "feeds", "posts", n)
		p.wakeNext()
	}
}

// init makes the channel, so that a Poller is a plain value.
func (p *Poller) init() {
	p.once.Do(func() { p.parsing = make(chan struct{}, runtime.GOMAXPROCS(0)) })
}

// wakeNext tells those who go on with what was committed.
func (p *Poller) wakeNext() {
	if p.WakeNext != nil {
		p.WakeNext()
	}
}

// round starts what is due, in random order: two processes that look at the same time want
// different feeds first.
func (p *Poller) round(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) error {
	due, err := duePolls(ctx, p.DB, p.Now(), candidates)
	if err != nil {
		return fmt.Errorf("look for feeds to poll: %w", err)
	}
	rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	for _, poll := range due {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case slots <- struct{}{}:
		}
		mine, err := p.claim(ctx, &poll)
		if err != nil || !mine {
			<-slots
			if err != nil {
				return fmt.Errorf("claim a poll: %w", err)
			}
			continue
		}
		working.Go(func() {
			defer func() { <-slots }()
			p.work(ctx, poll) // it is on record and in the log
			p.Wake()          // it is due again at a time that Run does not know
		})
	}
	if len(due) == candidates {
		p.Wake() // there are more
	}
	return nil
}

// Poll polls one blog's feed now, due or not, and starts one that was stopped again. The error is
// what the owner should read; web.ErrBusy means that a poll is under way.
func (p *Poller) Poll(ctx context.Context, blogID database.ID) error {
	p.init()
	poll, err := p.unheld(ctx, blogID)
	if err != nil {
		return err
	}
	if !poll.StoppedAt.IsZero() {
		poll.StoppedAt, poll.Gone = time.Time{}, 0
	}
	mine, err := p.claim(ctx, &poll)
	if err == nil && !mine {
		err = fmt.Errorf("%w: the feed is being read already", web.ErrBusy)
	}
	if err != nil {
		return err
	}
	return p.work(ctx, poll)
}

// askAgain is how often Poll looks whether another poll has ended.
const askAgain = 200 * time.Millisecond

// unheld is the record of a feed that no other poll has, or has had for longer than Patience:
// whoever has it is dead, or so slow that who asks is served sooner by a new poll. To lose its
// lease costs a poll no more than its work.
func (p *Poller) unheld(ctx context.Context, blogID database.ID) (Poll, error) {
	for asked := p.Now(); ; {
		poll, err := PollOf(ctx, p.DB, blogID)
		if err != nil || !poll.LeaseUntil.After(p.Now()) {
			return poll, err
		}
		if p.Patience == 0 {
			return poll, fmt.Errorf("%w: the feed is being read already", web.ErrBusy)
		}
		began := poll.LeaseUntil.Add(-p.lease())
		if now := p.Now(); now.Sub(began) >= p.Patience || now.Sub(asked) >= p.Patience {
			return poll, nil
		}
		select {
		case <-ctx.Done():
			return poll, ctx.Err()
		case <-time.After(askAgain):
		}
	}
}

func (p *Poller) lease() time.Duration { return cmp.Or(p.Lease, leaseFor) }

// claim takes the lease of a poll as it was read; false means that somebody else was faster.
func (p *Poller) claim(ctx context.Context, poll *Poll) (bool, error) {
	until := database.Time(database.Millis(p.Now().Add(p.lease())))
	mine, err := leasePoll(ctx, p.DB, *poll, until)
	poll.LeaseUntil = until
	return mine, err
}

// work does a claimed poll and puts its outcome on record.
func (p *Poller) work(ctx context.Context, poll Poll) error {
	b, err := BlogByID(ctx, p.DB, poll.BlogID)
	if err != nil {
		return err
	}
	if poll.rhythm, err = rhythmIn(ctx, p.DB, b, poll, p.Now()); err != nil {
		return fmt.Errorf("read how %s publishes: %w", b.Acct(), err)
	}
	_, err = p.poll(ctx, b, poll, false)
	log := p.Log.With("component", "feeds", "blog", b.Acct())
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.Join(err, p.release(ctx, poll))
	case errors.Is(err, pages.ErrLeaseLost):
		log.Info("poll given up", "err", err)
		return err
	}
	log.Warn("poll failed", "err", err, "attempt", poll.Failures+1)
	if later := p.fail(ctx, poll, err); later != nil && !errors.Is(later, pages.ErrLeaseLost) {
		log.Error("poll's failure not recorded", "err", later)
	}
	return err
}

// release gives the lease back when the program ends; a database that does not answer keeps it
// until it runs out.
func (p *Poller) release(ctx context.Context, poll Poll) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return releasePoll(ctx, p.DB, poll)
}

// fail records why there was nothing to read. What is known of the feed stays, validators and posts
// alike.
func (p *Poller) fail(ctx context.Context, poll Poll, cause error) error {
	now := p.Now()
	f := &fetch.Failure{}
	errors.As(cause, &f)
	asked := schedule.RetryAfter(f.RetryAfter, now)
	poll.Failures++
	poll.RetryAt = time.Time{}
	if asked > 0 {
		poll.RetryAt = now.Add(asked)
	}
	poll.LastError = parser.Cut(cause.Error(), parser.MaxSummary)
	if f.Status == http.StatusGone {
		return settlePoll(ctx, p.DB, poll.gone(now))
	}
	poll.PolledAt = now
	poll.Gone = 0
	poll.NextAt, _ = p.timing(poll, now, rand.Float64()).Next()
	return settlePoll(ctx, p.DB, poll.afterAsking(now, asked > 0))
}
