package feeds

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

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
)

// PageChecker asks the pages of posts whether a post that its feed has lost is gone, what was edited after it scrolled out of its feed, and
// what its feed does not say. Its fields must not change once one of its methods was called.
type PageChecker struct {
	DB     *database.DB
	Client *safehttp.Client
	Log    *slog.Logger
	Now    func() time.Time
	// WakeNext is called after a removal or an edit was committed; it may be nil.
	WakeNext func()

	loop.Waker
	once    sync.Once
	reading chan struct{} // as many pages are read at once as there are cores
	robots  *robots

	mu   sync.Mutex
	busy map[string]time.Time // sites that are left alone until then; zero while one is asked
}

func (l *PageChecker) init() {
	l.once.Do(func() {
		l.reading = make(chan struct{}, runtime.GOMAXPROCS(0))
		l.robots = &robots{client: l.Client, now: l.Now}
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

// round starts what is due and has room, in random order, one check of a site at a time. It waits for nothing.
func (l *PageChecker) round(ctx context.Context, slots chan struct{}, working *sync.WaitGroup) error {
	resting, _ := l.resting()
	if len(slots) == cap(slots) || len(resting) >= maxResting {
		return nil
	}
	due, err := duePageChecks(ctx, l.DB, l.Now(), resting, pageCheckCandidates)
	if err != nil {
		return fmt.Errorf("look for pages to look at: %w", err)
	}
	rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	for _, d := range due {
		if len(slots) == cap(slots) {
			return nil
		}
		if !l.occupy(d.host) {
			continue
		}
		mine, err := l.claim(ctx, &d.PageCheck)
		if err != nil || !mine {
			l.leave(d.host, 0)
			if err != nil {
				return fmt.Errorf("claim a look: %w", err)
			}
			continue
		}
		slots <- struct{}{} // this loop alone fills them
		working.Go(func() {
			l.work(ctx, d.PageCheck)
			l.leave(d.host, restBetween)
			<-slots
			l.Wake()
		})
	}
	return nil
}

// next returns when the next check can be taken: when one is due, or when a site has rested. The end of a check wakes Run.
func (l *PageChecker) next(ctx context.Context, slots chan struct{}) (time.Time, error) {
	resting, rested := l.resting()
	if len(slots) == cap(slots) || len(resting) >= maxResting {
		return rested, nil
	}
	due, err := soonestPageCheck(ctx, l.DB, l.Now().Add(loop.Most), resting)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask when the next page is due: %w", err)
	}
	return loop.Sooner(due, rested), nil
}

// resting are the sites that are being asked, or were a moment ago, and when the first of these may be asked again.
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
func (l *PageChecker) claim(ctx context.Context, look *PageCheck) (bool, error) {
	until := database.Time(database.Millis(l.Now().Add(pageCheckLease)))
	mine, err := leasePageCheck(ctx, l.DB, *look, until)
	look.LeaseUntil = until
	return mine, err
}
