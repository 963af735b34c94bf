package delivery

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
)

const (
	claimRows  = 256 // deliveries one transaction claims at most
	maxSpread  = 16
	sweepPause = 4 // times as long as a page took that yielded little, at most longestPause

	longestPause = 250 * time.Millisecond
)

// candidate is a due delivery, with all that decides whether it can be sent now.
type candidate struct {
	job
	failures     int       // of its host, in a row
	pausedUntil  time.Time // of its host, by the breaker or by hand
	failingSince time.Time
	spoke        bool      // somebody at its host has asked for something
	waitsFor     bool      // an older activity about the same object is not settled at this host
	waitUntil    time.Time // when that is tried again, zero while it is being tried; of choice.later, when its turn may come
}

// sweep is a walk over what is due, page by page. Rows for hosts that have no room are passed by and stay due; the walk goes around
// them, so that they hold up nobody, and their lane reads them once it has room.
type sweep struct {
	open   bool // there may be more
	skip   int  // rows passed by so far
	spread int  // a page is so many times as long as what is taken from it

	notBefore time.Time // of the real clock: after a page that yields little, others shall have the database for a while
}

// choice is what to do with a page.
type choice struct {
	take   []candidate
	paused map[string]pause // hosts to hold
	wait   []candidate
	later  []candidate // their host or site has no room for a while
	passed int
	all    bool // the whole page was looked at
}

// choose goes through a page, in random order: workers that read the same page then seldom want the same rows.
func (l *loop) choose(page []candidate, most int, now time.Time) choice {
	rand.Shuffle(len(page), func(i, j int) { page[i], page[j] = page[j], page[i] })
	inOrder(page)
	c := choice{paused: map[string]pause{}}
	taken := newTally()
	for _, d := range page {
		if len(c.take) == most {
			return c
		}
		lane := l.lane(d.host)
		lane.failures = d.failures
		lane.isTrial = lane.isTrial && d.isTrial
		switch {
		case d.pausedUntil.After(now):
			c.paused[d.host] = pause{d.pausedUntil, isDead(d.failures, d.failingSince, now)}
		case d.waitsFor:
			c.wait = append(c.wait, d)
		default:
			c.place(l, d, lane, taken, now)
		}
	}
	c.all = true
	return c
}

// place takes a delivery if its host and its site have room. Else it stays where it is, if there
// will be room soon, or is moved to when its turn may come.
func (c *choice) place(l *loop, d candidate, lane *lane, taken tally, now time.Time) {
	s := lane.site
	switch {
	case taken.ofLane[lane] >= lane.room():
		if !s.isSlow() {
			lane.more = true
			c.passed++
			return
		}
		d.waitUntil = lane.turns.next(s.took/time.Duration(lane.most()), now)
	case taken.ofSite[s] >= s.room() || lane.isTrial && s.trials+taken.trials[s] >= bounds.TrialsAtOnce:
		if s.isKnown && !s.isSlow() {
			s.more = true
			c.passed++
			return
		}
		d.waitUntil = s.turns.next(s.took/time.Duration(s.abreast(lane.isTrial)), now)
	case lane.isTrial && !d.spoke && !l.trials.Take(s.name):
		d.waitUntil = s.trialTurns.next(bounds.Trials.Every, now)
	default:
		taken.add(lane)
		d.job.isTrial = lane.isTrial
		c.take = append(c.take, d)
		return
	}
	c.later = append(c.later, d)
}

// tally counts what is taken from a page.
type tally struct {
	ofLane         map[*lane]int
	ofSite, trials map[*site]int
}

func newTally() tally {
	return tally{ofLane: map[*lane]int{}, ofSite: map[*site]int{}, trials: map[*site]int{}}
}

func (t tally) add(n *lane) {
	t.ofLane[n]++
	t.ofSite[n.site]++
	if n.isTrial {
		t.trials[n.site]++
	}
}

// inOrder leaves the hosts of a shuffled page where they are, and gives each its older activities first.
func inOrder(page []candidate) {
	byHost := newGroups[string, candidate](len(page))
	for _, d := range page {
		byHost.add(d.host, d)
	}
	if len(byHost.keys) == len(page) {
		return
	}
	for _, of := range byHost.all() {
		slices.SortStableFunc(of, func(a, b candidate) int { return cmp.Compare(a.activity, b.activity) })
	}
	for i, d := range page {
		page[i] = byHost.values[d.host][0]
		byHost.values[d.host] = byHost.values[d.host][1:]
	}
}

// claim takes on what is due: a batch for lanes that have run dry, and a page of the sweep. What that leaves comes with the next round,
// since there are results to look at in between.
func (l *loop) claim(ctx context.Context) {
	if len(l.dry) > 0 && l.room() > 0 {
		if err := l.refill(ctx); err != nil {
			l.inTrouble(ctx, "deliveries to a host not claimed", err)
		}
	}
	began := time.Now()
	if !l.sweep.open || l.room() < l.enough() || began.Before(l.sweep.notBefore) {
		return
	}
	done, err := l.turn(ctx)
	if err != nil {
		l.inTrouble(ctx, "due deliveries not claimed", err)
	}
	if done < claimRows/4 {
		l.sweep.notBefore = time.Now().Add(min(sweepPause*time.Since(began), longestPause))
	}
}

// refill claims for some of the dry lanes.
func (l *loop) refill(ctx context.Context) error {
	now, most := l.w.Now(), min(claimRows, l.room())
	var page []candidate
	for len(l.dry) > 0 && len(page) < most {
		host := l.dry[0]
		l.dry = l.dry[1:]
		n := l.lane(host)
		n.dry = false
		limit := min(max(n.room(), 1), most-len(page))
		due, err := dueFor(ctx, l.w.DB, host, now, limit)
		if err != nil {
			return err
		}
		n.more = len(due) == limit
		page = append(page, due...)
	}
	won, err := l.lease(ctx, l.choose(page, most, now), now)
	if err != nil {
		return err
	}
	l.take(won)
	return nil
}

// turn claims from the next page of the sweep, and reports how many rows it claimed or moved out of
// the way. Where others got what we wanted, pages become longer; a lone worker reads only what it
// takes.
func (l *loop) turn(ctx context.Context) (done int, err error) {
	now, most := l.w.Now(), min(claimRows, l.room())
	limit := most * l.sweep.spread
	page, err := duePage(ctx, l.w.DB, now, limit, l.sweep.skip)
	if err != nil {
		return 0, err
	}
	c := l.choose(page, most, now)
	jobs, err := l.lease(ctx, c, now)
	if err != nil {
		return 0, err
	}
	l.take(jobs)
	switch lost := len(c.take) - len(jobs); {
	case lost > len(jobs):
		l.sweep.spread = min(2*l.sweep.spread, maxSpread)
	case lost == 0:
		l.sweep.spread = max(l.sweep.spread/2, 1)
	}
	l.sweep.skip += c.passed
	if len(page) < limit && c.all {
		l.sweep.open, l.sweep.skip = false, 0
	}
	return len(jobs) + len(c.later), nil
}

// lease makes the choice good in one transaction and gives the jobs we won.
func (l *loop) lease(ctx context.Context, c choice, now time.Time) (won []*job, err error) {
	if len(c.take)+len(c.paused)+len(c.wait)+len(c.later) == 0 {
		return nil, nil
	}
	token, until := database.NewID(now), now.Add(l.w.Lease)
	err = l.w.DB.InTx(ctx, func(tx *database.Tx) error {
		for host, p := range c.paused {
			if err := p.hold(ctx, tx, host); err != nil {
				return err
			}
		}
		if err := postpone(ctx, tx, c.wait, now); err != nil {
			return err
		}
		if err := moveBack(ctx, tx, c.later, now); err != nil {
			return err
		}
		won, err = leaseRows(ctx, tx, c.take, token, now, until)
		return err
	})
	if err != nil {
		return nil, err // what was won before a failed commit was not
	}
	return won, nil
}
