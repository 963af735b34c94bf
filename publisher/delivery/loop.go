package delivery

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	loops "github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	settleRows  = 256                   // results are written down when there are so many,
	settleAfter = 20 * time.Millisecond // or when the first of them is so old
	stopWait    = 5 * time.Second       // for requests that were cut off, and for the last writing
)

// loop is a running worker. One goroutine owns all of it but signing and bodies, so there is nothing to lock; attempts run in their own
// goroutines and come back through done.
type loop struct {
	w       *Worker
	wake    <-chan struct{}
	done    chan result // has room for all that is claimed: an attempt never waits to report
	signing chan struct{}
	bodies  *bodies
	lanes   map[string]*lane
	sites   map[string]*site
	trials  *web.Limiter
	claimed int
	running int
	results []result // finished, not settled
	sweep   sweep
	dry     []string // hosts whose lanes have room for more of what is due
	soon    *time.Timer
	armed   bool
	look    *time.Timer // the sweep opens at its end
	busy    bool        // the timer is set for a busy loop
	trouble bool        // in the last round something was not read or written
	folds   folds

	attempts context.Context // outlives Run's context by Grace
	cutOff   context.CancelFunc
}

func newLoop(w *Worker, wake <-chan struct{}) *loop {
	l := &loop{
		w:       w,
		wake:    wake,
		done:    make(chan result, w.MaxRequests),
		signing: make(chan struct{}, runtime.GOMAXPROCS(0)),
		bodies:  newBodies(w.DB, w.Prove),
		lanes:   map[string]*lane{},
		sites:   map[string]*site{},
		trials:  &web.Limiter{Rate: bounds.Trials, Now: w.Now},
		sweep:   sweep{open: true, spread: maxSpread},
		soon:    time.NewTimer(0),
		armed:   true,
		look:    time.NewTimer(w.Tick),
		busy:    true,
	}
	l.attempts, l.cutOff = context.WithCancel(context.Background())
	return l
}

// run is the loop: something finished, some time passed, or somebody said that there is something new.
func (l *loop) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-l.done:
			l.finish(r)
			if len(l.results) < settleRows {
				l.hurry(settleAfter)
				continue
			}
		case <-l.soon.C:
			l.armed = false
		case <-l.look.C:
			l.busy = false
			l.sweep.open = true
			l.fold(ctx)
		case <-l.wake:
			l.sweep.open = true
			l.fold(ctx)
		}
		l.round(ctx)
		l.rest(ctx)
	}
}

// rest sets when the loop looks again by itself: while it is busy each second, since hosts get room and pauses end, and otherwise
// when a row is due.
func (l *loop) rest(ctx context.Context) {
	switch {
	case l.isIdle():
		l.busy = false
		l.look.Reset(l.untilDue(ctx))
	case !l.busy:
		l.busy = true
		l.look.Reset(l.w.Tick)
	}
}

// isIdle reports whether nothing is claimed, nothing is to be written down, and nothing more was due at the last look.
func (l *loop) isIdle() bool {
	return l.claimed == 0 && len(l.results) == 0 && len(l.dry) == 0 && !l.sweep.open
}

// untilDue asks the table. Leases, pauses and waits all move next_attempt_at (see the package's decisions), so it has all of them.
func (l *loop) untilDue(ctx context.Context) time.Duration {
	now := l.w.Now()
	if l.folds.isDue(now) {
		return l.w.Tick
	}
	due, err := nextAttempt(ctx, l.w.DB)
	if err != nil {
		l.inTrouble(ctx, "not known when the next delivery is due", err)
		return l.w.Tick
	}
	return loops.Rest(now, due, l.w.Tick)
}

// round settles before it claims, so that what the tables say of hosts is never older than what we know.
func (l *loop) round(ctx context.Context) {
	l.trouble = false
	l.settle(ctx)
	before := l.claimed
	l.claim(ctx)
	l.forget()
	switch {
	case l.claimed-before >= claimRows/4:
		l.hurry(time.Millisecond)
	case l.sweep.open && l.room() >= l.enough(), len(l.dry) > 0, len(l.results) > 0:
		l.hurry(settleAfter)
	}
}

// hurry has another round come soon, but not sooner than in a Tick where the database is in trouble.
func (l *loop) hurry(after time.Duration) {
	if l.trouble {
		after = max(after, l.w.Tick)
	}
	if !l.armed {
		l.soon.Reset(after)
		l.armed = true
	}
}

func (l *loop) room() int { return l.w.MaxRequests - l.claimed }

// enough is how much room makes a claim worth its transaction.
func (l *loop) enough() int { return (min(claimRows, l.w.MaxRequests) + 3) / 4 }

// take puts claimed jobs on their lanes and sends what can be sent.
func (l *loop) take(won []*job) {
	l.claimed += len(won)
	for _, j := range won {
		n := l.lane(j.host)
		n.queue = append(n.queue, j)
		n.site.claims(j, 1)
	}
	for _, j := range won {
		n := l.lane(j.host)
		if n.backlog {
			slices.SortStableFunc(n.queue, func(a, b *job) int { return cmp.Compare(a.activity, b.activity) })
		}
		l.send(n)
	}
}

func (l *loop) lane(host string) *lane {
	n := l.lanes[host]
	if n == nil {
		n = newLane(l.site(host))
		l.lanes[host] = n
	}
	return n
}

func (l *loop) send(n *lane) {
	for j, ok := n.next(); ok; j, ok = n.next() {
		l.running++
		go func() { l.done <- l.attempt(l.attempts, j) }()
	}
}

// finish takes note of an ended attempt and lets the next one to that host go.
func (l *loop) finish(r result) {
	l.running--
	n := l.lane(r.job.host)
	n.running--
	n.site.claims(r.job, -1)
	if !r.untried {
		r.learn(n)
	}
	l.record(r)
	for _, j := range n.excess() {
		n.site.claims(j, -1)
		l.record(givenBack(j, l.w.Now()))
	}
	l.send(n)
	if n.site.wantsMore() {
		n.site.more, l.sweep.open = false, true
	}
	if n.wantsMore() {
		n.dry = true
		l.dry = append(l.dry, r.job.host)
	}
}

// learn has the lane and its site draw their conclusions. Of a host that has never taken anything,
// every answer but a 2xx is a failure: it may be somebody who has nothing to do with us, and whom a
// stranger called an inbox.
func (r *result) learn(n *lane) {
	if r.verdict.state == Delivered {
		n.isTrial = false
	} else if n.isTrial && r.verdict.host == well {
		r.verdict.host = ailing
	}
	r.recovered = n.learn(r.verdict.host, r.took)
	r.streak = n.streak
	n.site.learn(r.took, r.verdict.host == well, r.recovered)
}

func (l *loop) record(r result) {
	l.claimed--
	l.results = append(l.results, r)
}

// forget drops lanes that are empty once there are many, and the sites of which no lane is left.
func (l *loop) forget() {
	if len(l.lanes) < manyLanes {
		return
	}
	for host, n := range l.lanes {
		if n.idle() {
			delete(l.lanes, host)
		}
	}
	clear(l.sites)
	for _, n := range l.lanes {
		l.sites[n.site.name] = n.site
	}
}

// drain ends the loop: what has not begun is given back, what is on its way gets its grace.
func (l *loop) drain(ctx context.Context) {
	for _, n := range l.lanes {
		for _, j := range n.queue {
			n.site.claims(j, -1)
			l.record(givenBack(j, l.w.Now()))
		}
		n.queue = nil
	}
	l.await(l.w.Grace)
	l.cutOff()
	l.await(stopWait)
	ctx, cancel := context.WithTimeout(ctx, stopWait)
	defer cancel()
	l.settle(ctx)
	l.soon.Stop()
	l.look.Stop()
}

// await collects results until all attempts have ended, but no longer than atMost.
func (l *loop) await(atMost time.Duration) {
	over := time.NewTimer(atMost)
	defer over.Stop()
	for l.running > 0 {
		select {
		case r := <-l.done:
			l.finish(r)
		case <-over.C:
			return
		}
	}
}
