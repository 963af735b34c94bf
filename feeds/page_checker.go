package feeds

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxPageChecks       = 4                 // at once, in one process
	pageCheckCandidates = 4 * maxPageChecks // more than are taken, so that two processes rarely want the same
	restBetween         = 5 * time.Second   // for a site, between two checks
	pageCheckLease      = 2 * time.Minute   // asking robots.txt and page takes 15 s at most
	maxResting          = 200               // sites; beyond, all wait
	pageCheckTimeout    = 10 * time.Second
)

// PageChecker asks the pages of posts whether a post that its feed has lost is gone, what was
// edited after it scrolled out of its feed, and what its feed does not say. Its fields must not
// change once one of its methods was called.
type PageChecker struct {
	DB     *database.DB
	Client *safehttp.Client
	Log    *slog.Logger
	Now    func() time.Time
	// WakeNext is called after a removal or an edit was committed; it may be nil.
	WakeNext func()

	loop.Waker
	once  sync.Once
	asker *pages.Asker

	mu   sync.Mutex
	busy map[string]time.Time // sites that are left alone until then; zero while one is asked
}

func (l *PageChecker) init() {
	l.once.Do(func() {
		l.asker = &pages.Asker{Client: l.Client, Now: l.Now}
		l.busy = map[string]time.Time{}
	})
}

// Run takes the checks that are due until ctx ends, then waits for those under way. It returns nil.
func (l *PageChecker) Run(ctx context.Context) error {
	l.init()
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, maxPageChecks)
	return loop.Loop{
		Waker: &l.Waker, Now: l.Now, Log: l.Log.With("component", "feeds"),
		Round: func(ctx context.Context) error { return l.round(ctx, slots, &working) },
		Next:  func(ctx context.Context) (time.Time, error) { return l.next(ctx, slots) },
	}.Run(ctx)
}

// round starts what is due and has room, in random order, one check of a site at a time. It waits
// for nothing.
func (l *PageChecker) round(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) error {
	resting, _ := l.resting()
	if len(slots) == cap(slots) || len(resting) >= maxResting {
		return nil
	}
	due, err := pages.Due(ctx, l.DB, l.Now(), resting, pageCheckCandidates)
	if err != nil {
		return fmt.Errorf("look for pages to look at: %w", err)
	}
	rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	for _, d := range due {
		if len(slots) == cap(slots) {
			return nil
		}
		if !l.occupy(d.Host) {
			continue
		}
		mine, err := l.claim(ctx, &d.Check)
		if err != nil || !mine {
			l.leave(d.Host, 0)
			if err != nil {
				return fmt.Errorf("claim a look: %w", err)
			}
			continue
		}
		slots <- struct{}{} // this loop alone fills them
		working.Go(func() {
			l.work(ctx, d.Check)
			l.leave(d.Host, restBetween)
			<-slots
			l.Wake()
		})
	}
	return nil
}

// next returns when the next check can be taken: when one is due, or when a site has rested. The
// end of a check wakes Run.
func (l *PageChecker) next(ctx context.Context, slots chan struct{}) (time.Time, error) {
	resting, rested := l.resting()
	if len(slots) == cap(slots) || len(resting) >= maxResting {
		return rested, nil
	}
	due, err := pages.Soonest(ctx, l.DB, l.Now().Add(loop.Most), resting)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask when the next page is due: %w", err)
	}
	return loop.Sooner(due, rested), nil
}

// resting are the sites that are being asked, or were a moment ago, and when the first of these may
// be asked again.
func (l *PageChecker) resting() (hosts []string, rested time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for host, until := range l.busy {
		if until.IsZero() || until.After(l.Now()) {
			hosts = append(hosts, host)
			rested = loop.Sooner(rested, until)
		} else {
			delete(l.busy, host)
		}
	}
	return hosts, rested
}

// occupy is false where a check at the site is under way, or was a moment ago.
func (l *PageChecker) occupy(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.busy[host]; taken {
		return false
	}
	l.busy[host] = time.Time{}
	return true
}

func (l *PageChecker) leave(host string, rest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rest == 0 {
		delete(l.busy, host)
		return
	}
	l.busy[host] = l.Now().Add(rest)
}

// claim takes the lease of a check as it was read; false means that somebody else was faster.
func (l *PageChecker) claim(ctx context.Context, check *pages.Check) (bool, error) {
	until := database.Time(database.Millis(l.Now().Add(pageCheckLease)))
	mine, err := pages.Lease(ctx, l.DB, *check, until)
	check.LeaseUntil = until
	return mine, err
}

// work takes a claimed check. What fails inside Bloghorn is due again when the lease ends; what a
// server says or does not say is an outcome.
func (l *PageChecker) work(ctx context.Context, check pages.Check) {
	err := l.take(ctx, check)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := pages.Release(ctx, l.DB, check); err != nil {
			l.Log.Error("look not given back", "component", "feeds", "post", check.PostID, "err", err)
		}
	case errors.Is(err, pages.ErrLeaseLost):
		l.Log.Debug("look given up", "component", "feeds", "post", check.PostID, "err", err)
	default:
		l.Log.Error("look at a page", "component", "feeds", "post", check.PostID, "err", err)
	}
}

// take asks the page and records what that means.
func (l *PageChecker) take(ctx context.Context, check pages.Check) (err error) {
	defer parser.Survive(&err)
	p, err := PostByID(ctx, l.DB, check.PostID)
	if err != nil {
		return fmt.Errorf("read the post: %w", err)
	}
	b, err := BlogByID(ctx, l.DB, p.BlogID)
	if err != nil {
		return fmt.Errorf("read its blog: %w", err)
	}
	at, err := l.pageOf(ctx, b, p)
	if err != nil {
		return err
	}
	if at == "" || !p.RemovedAt.IsZero() {
		check.CheckAt = time.Time{}
		return pages.Settle(ctx, l.DB, check)
	}
	known := fetch.Validators{ETag: check.ETag, LastModified: check.LastModified}
	if check.Base != p.ContentHash {
		known = fetch.Validators{} // the text is needed, whether it has changed or not
	}
	s, cause := l.asker.Ask(ctx, b.SiteURL, at, known, pageCheckTimeout)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	log := l.Log.With("component", "feeds", "blog", b.Acct(), "post", p.ID)
	log.Debug("page looked at", "status", s.Status, "err", cause)
	return l.record(ctx, log, p, judge(check, p, s, l.Now()))
}

// record commits a verdict.
func (l *PageChecker) record(ctx context.Context, log *slog.Logger, p Post, v verdict) error {
	now := l.Now()
	var removed, edited bool
	err := l.DB.InTx(ctx, func(tx *database.Tx) (err error) {
		removed, edited = false, false
		if v.remove {
			if removed, err = removeGone(ctx, tx, p.ID, now); err != nil {
				return err
			}
		}
		if v.edit != nil {
			if edited, err = l.edit(ctx, tx, p, *v.edit, now); err != nil {
				return err
			}
			if !edited {
				return pages.ErrLeaseLost // a poll has changed the post: what was compared is not there any more
			}
		}
		check := v.check
		if removed {
			check.CheckAt = time.Time{}
		}
		return pages.Settle(ctx, tx, check)
	})
	if err != nil {
		return fmt.Errorf("save the look: %w", err)
	}
	switch {
	case removed:
		log.Info("post removed: its feed has lost it for a day, and its page says that it is gone", "absent_since", p.AbsentSince)
	case edited:
		log.Info("edit found on the page of a post that has left its feed")
	default:
		return nil
	}
	if l.WakeNext != nil {
		l.WakeNext()
	}
	return nil
}

// edit stores what was found on a page by the rules for every edit.
func (l *PageChecker) edit(ctx context.Context, q database.Querier, p, found Post, now time.Time) (bool, error) {
	was := p.known()
	was.Version = contenthash.Version // a page's hash is made by no rules
	return updateFromPage(ctx, q, edited(found, was, now))
}

// pageOf is the address of a post's page, "" where it is not one to look at: only pages on the
// blog's own site say anything about its posts, and a post of a link blog has somebody else's page.
func (l *PageChecker) pageOf(ctx context.Context, b Blog, p Post) (string, error) {
	host := pageurl.Host(p.URL)
	if host == "" || host == b.SiteHost {
		return siteless(b, p.URL), nil
	}
	poll, err := PollOf(ctx, l.DB, b.ID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return "", fmt.Errorf("read what is known of its feed: %w", err)
	}
	if host != poll.Known.LinkHost {
		return "", nil
	}
	return siteless(b, p.URL), nil
}

// siteless leaves out the site itself, which is the link of every item in some feeds.
func siteless(b Blog, page string) string {
	if pageurl.Normalise(page) == pageurl.Normalise(b.SiteURL) {
		return ""
	}
	return page
}
