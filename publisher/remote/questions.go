package remote

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/flight"
	"github.com/bloghorn/bloghorn/server/web"
)

// lookupPatience is how long a request waits for its turn. Mastodon waits ten seconds for an
// answer; who is told to come later finds the answer then, if somebody got it meanwhile.
const lookupPatience = 8 * time.Second

// errCrowded: more wait for an answer than can be asked for.
var errCrowded = errors.New("too many others wait to be asked for at the moment; the same request is welcome again in a minute")

// questions are what we ask of other servers: few at once of each, the rest waits. Those who want
// to know the same wait for the same answer. The zero value is ready.
//
//	asked by ─► rank ─► waiting ─► turn: host, site, network and all have room ─► GET ─► answer
//	            proven, new, failing     first by rank, then whoever had the fewest turns at once,
//	                                     then whose last turn is longest ago, then whoever asks
//	                                     the site that is asked least
//
// Strangers name whom we ask, so the bounds are there for those who are named: they are asked a few
// things at once and at a pace, whoever wants it. And what strangers cause is charged to where it
// comes from: a network that has caused failures has its turns after all others, and half of the
// room at most. What is under way for a network counts as a failure until it is over. So nobody can
// use up the turns of a server by naming it.
type questions struct {
	standing standing

	mu      sync.Mutex
	open    map[string]*question // by what is asked
	waiting []*question          // in the order in which they came
	all     room
	hosts   map[string]*room
	sites   map[string]*room
	askers  map[string]*asking
	unsure  map[string]int // questions that have begun and may fail, by network and by wider network (widerThan)
	turns   int64          // given so far
	pace    *web.Limiter
	again   *time.Timer // for those who wait for the pace
}

// asking is what one asker causes at the moment.
type asking struct {
	waiting, begun int
	last           int64 // number of the last turn
}

// question is one thing that is asked.
type question struct {
	what, host, site string
	askers           []asker
	do               func() (any, error)
	began            bool
	done             chan struct{}
	answer           any
	err              error

	turn   asker // by whose right it has, or will have, its turn
	rank   rank
	judged time.Time
}

// asker is who causes a question.
type asker struct {
	name string // a network, or the site of who was verified; "" for ourselves
}

// rank is the order of turns.
type rank int

const (
	proven  rank = iota // ourselves, and networks that have spoken for the very site that is asked
	unknown             // nothing is held against them
	failing
)

type askerKey struct{}

// Because has what is asked in ctx counted for a site whose word is verified, and not for the
// network that a request came from.
func Because(ctx context.Context, site string) context.Context {
	return context.WithValue(ctx, askerKey{}, asker{verifiedSite + site})
}

const verifiedSite = "site "

// isVerified says whether somebody has signed for what is asked: then it is bounded by who they are
// (bounds.WorkPerSite).
func (a asker) isVerified() bool { return strings.HasPrefix(a.name, verifiedSite) }

// everybody is the name of those whose network is not known.
const everybody = "?"

func askerOf(ctx context.Context) asker {
	if a, ok := ctx.Value(askerKey{}).(asker); ok {
		return a
	}
	network, came := web.ClientOf(ctx)
	if came && network == "" {
		network = everybody
	}
	return asker{network}
}

// most is how many questions an asker may have begun.
func (a asker) most() int {
	switch a.name {
	case "":
		return bounds.LookupsAtOnce
	case everybody:
		return bounds.LookupsAtOnce * 3 / 4
	}
	return bounds.LookupsPerNetwork
}

type inTurnKey struct{}

// ask returns the answer of do, which is called when the host of address has room, once for all
// who ask for what at the same time. do gets a context that lives on when ctx ends, since others
// may wait for the answer; what is asked in it needs no turn of its own. The error is errCrowded,
// that of ctx, or that of do. free is for those whom the operator has listed.
func (q *questions) ask(ctx context.Context, what, address string, free bool, do func(context.Context) (any, error)) (any, error) {
	detached := context.WithValue(context.WithoutCancel(ctx), inTurnKey{}, true)
	if ctx.Value(inTurnKey{}) != nil {
		return do(detached)
	}
	who := askerOf(ctx)
	if free {
		who = asker{}
	}
	one, err := q.join(who, &question{
		what: what, host: activitypub.Host(address), site: activitypub.Site(address), done: make(chan struct{}),
		do: func() (any, error) { return do(detached) },
	})
	if err != nil {
		return nil, err
	}
	defer q.leave(one, who)
	var patience <-chan time.Time
	if _, came := web.ClientOf(ctx); came {
		timer := time.NewTimer(lookupPatience)
		defer timer.Stop()
		patience = timer.C
	}
	for {
		select {
		case <-one.done:
			return one.answer, one.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience:
			if !q.hasBegun(one) {
				return nil, errCrowded
			}
			patience = nil
		}
	}
}

// join adds who to those who ask the same, or the question to those that wait.
func (q *questions) join(who asker, one *question) (*question, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.forget(who) // where it is turned away
	if q.open == nil {
		q.open, q.hosts, q.sites, q.askers = map[string]*question{}, map[string]*room{}, map[string]*room{}, map[string]*asking{}
		q.unsure = map[string]int{}
		q.pace = &web.Limiter{Rate: bounds.LookupPace, Now: time.Now} // what waits for it has a timer of the same clock
	}
	if who.name != "" && who.name != everybody && q.asking(who).waiting >= bounds.LookupsWaiting {
		return nil, errCrowded
	}
	if same := q.open[one.what]; same != nil {
		one = same
	} else {
		if len(q.waiting) >= bounds.LookupsWaitingAll && !q.makeRoom(who, one) {
			return nil, errCrowded
		}
		q.open[one.what] = one
		q.waiting = append(q.waiting, one)
	}
	one.askers, one.judged = append(one.askers, who), time.Time{}
	q.asking(who).waiting++
	q.dispatch()
	return one, nil
}

// leave takes who from those who wait for the answer. What nobody waits for any more is not asked.
func (q *questions) leave(one *question, who asker) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asking(who).waiting--
	if i := slices.Index(one.askers, who); i >= 0 {
		one.askers, one.judged = slices.Delete(one.askers, i, i+1), time.Time{}
	}
	if !one.began && len(one.askers) == 0 {
		q.drop(one)
	}
	q.forget(who)
}

func (q *questions) hasBegun(one *question) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return one.began
}

// makeRoom turns away the last of those who wait with less right than who, or who have more
// waiting; among everybody, the last of those who ask a site for which more wait.
func (q *questions) makeRoom(who asker, newcomer *question) bool {
	mine := q.standing.rank(who, newcomer.site, q.unsure)
	at := map[string]int{}
	if who.name == everybody {
		for _, one := range q.waiting {
			at[one.site]++
		}
	}
	for _, one := range slices.Backward(q.waiting) {
		q.judge(one)
		if one.rank > mine || one.rank == mine && (q.asking(one.turn).waiting > q.asking(who).waiting+1 ||
			one.turn == who && at[one.site] > at[newcomer.site]+1) {
			q.drop(one)
			one.err = errCrowded
			close(one.done)
			return true
		}
	}
	return false
}

func (q *questions) drop(one *question) {
	if q.open[one.what] == one {
		delete(q.open, one.what)
	}
	if i := slices.Index(q.waiting, one); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
}

// judge finds who of those that ask has the best right to a turn. It is believed for a moment, for
// the many that wait are looked at often.
func (q *questions) judge(one *question) {
	if now := time.Now(); now.Sub(one.judged) >= time.Second/4 {
		one.judged, one.rank = now, failing+1
		for _, who := range one.askers {
			if its := q.standing.rank(who, one.site, q.unsure); its < one.rank {
				one.turn, one.rank = who, its
			}
		}
	}
}

// dispatch begins all that have room, in order.
func (q *questions) dispatch() {
	for q.all.begun < bounds.LookupsAtOnce {
		one, paced := q.next()
		if one == nil {
			if paced {
				q.lookAgain()
			}
			return
		}
		q.begin(one)
	}
}

// next is the question whose turn it is, nil where none has room; paced where one waits for the
// pace alone.
func (q *questions) next() (chosen *question, paced bool) {
	for _, one := range q.waiting {
		host, site := q.hosts[one.host], q.sites[one.site]
		if !host.has(bounds.LookupsPerHost, false) || !site.has(bounds.LookupsPerSite, false) {
			continue
		}
		q.judge(one)
		bad := one.rank == failing
		switch {
		case q.asking(one.turn).begun >= one.turn.most(), !q.all.has(bounds.LookupsAtOnce, bad), !host.has(bounds.LookupsPerHost, bad), !site.has(bounds.LookupsPerSite, bad):
			continue
		case one.rank != proven && !q.pace.Has(one.site):
			paced = true
			continue
		}
		if one.turn.name == everybody && site != nil && site.begun >= bounds.LookupsPerHost {
			continue // a few slow sites would else have all the turns
		}
		if chosen == nil || q.before(one, chosen) {
			chosen = one
		}
	}
	return chosen, paced
}

func (q *questions) before(a, b *question) bool {
	x, y := q.asking(a.turn), q.asking(b.turn)
	switch {
	case a.rank != b.rank:
		return a.rank < b.rank
	case x.begun != y.begun:
		return x.begun < y.begun
	case x.last != y.last:
		return x.last < y.last
	}
	return q.sites[a.site].now() < q.sites[b.site].now() // of one asker: turns go round by whom it asks
}

func (q *questions) begin(one *question) {
	q.turns++
	one.began = true
	q.waiting = slices.Delete(q.waiting, slices.Index(q.waiting, one), slices.Index(q.waiting, one)+1)
	if one.rank != proven {
		q.pace.Take(one.site)
	}
	q.count(one, 1)
	q.asking(one.turn).last = q.turns
	go func() {
		defer q.end(one)
		defer flight.Caught(&one.err)
		one.err = errors.New("the question was not asked to its end") // for runtime.Goexit
		one.answer, one.err = one.do()
	}()
}

func (q *questions) end(one *question) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.count(one, -1)
	q.forget(one.turn)
	delete(q.open, one.what)
	close(one.done)
	q.dispatch()
}

// asking is never nil; forget takes out what says nothing any more.
func (q *questions) asking(who asker) *asking {
	if q.askers[who.name] == nil {
		q.askers[who.name] = &asking{}
	}
	return q.askers[who.name]
}

func (q *questions) forget(who asker) {
	if its := q.asking(who); its.begun == 0 && its.waiting == 0 {
		delete(q.askers, who.name)
	}
}

// lookAgain comes back when a site that is asked at its pace may be asked once more.
func (q *questions) lookAgain() {
	if q.again != nil {
		return
	}
	q.again = time.AfterFunc(bounds.LookupPace.Every, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.again = nil
		q.dispatch()
	})
}
