package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// The breaker: a host that failed five times in a row is left alone, and then asked with one delivery at a time. Some seconds of trouble
// must not cost more than a minute: a server without a shared inbox gets a post once for each follower, so five failures may
// lie within a tenth of a second. So the failures of one moment count once, the first pause is half a minute, and pauses grow as
// long as the host has failed, up to half an hour. A dead host so costs one request in half an hour, however much waits for it.
//
// Trial: a host that has never taken anything may be one that a stranger has called an inbox. It
// gets one delivery at a time, any answer but a 2xx is a failure, its pauses become as long as it
// has failed, up to a day, and a delivery is tried for three days (nextTry): that is 13 tries, and
// then one a day where there is something new. Its first pause is half an hour, unless somebody
// there has asked for something.
//
// Death: a host that has failed for two weeks is asked once a day, and with the newest of what
// waits only. Its followers stay, since servers have come back after longer; what waits for it
// expires two weeks after its first try, as everywhere. After 90 days, seen twice on two days, its
// followers are given up (Worker.HostDead).
const (
	openAfter = 5
	moment    = 10 * time.Second
	firstOpen = 30 * time.Second
	openFor   = 30 * time.Minute
	minOpen   = time.Minute

	deadAfter  = 14 * 24 * time.Hour
	deadPause  = 24 * time.Hour
	purgeAfter = 90 * 24 * time.Hour
	doomedFor  = 20 * time.Hour // between the two days
)

func isDead(failures int, failingSince, now time.Time) bool {
	return failures >= openAfter && !failingSince.IsZero() && !failingSince.After(now.Add(-deadAfter))
}

// Revive lets a paused or dead host be tried at once, and reports whether there was a pause to end:
// then the Worker should be woken. It is for any verified request from that host: who can speak may
// well be able to listen. host is the authority as written in its URLs (activitypub.Host). Where
// the host is not paused it costs one read.
//
// What goes out is the oldest waiting delivery; if it arrives, the others follow within a second, and if not, the pause begins anew, but
// its death does not: the weeks are counted from the next failure on. After one burst of failures all goes out, one by one.
func Revive(ctx context.Context, q database.Querier, host string) (revived bool, err error) {
	paused, failures, err := pauseOf(ctx, q, host)
	if err != nil || !paused {
		return false, wrap(err, "look up the pause of", host)
	}
	if err := endPause(ctx, q, host); err != nil {
		return false, wrap(err, "end the pause of", host)
	}
	if failures < openAfter {
		return true, wrap(hasten(ctx, q, host, time.Time{}), "hasten what waits for", host)
	}
	return true, wrap(hastenOldest(ctx, q, host, time.Time{}), "hasten a delivery to", host)
}

// pause is how long nothing goes to a host. While it is dead only one delivery, the newest, comes due at its end.
type pause struct {
	until time.Time
	dead  bool
}

func (p pause) hold(ctx context.Context, q database.Querier, host string) error {
	if !p.dead {
		return hold(ctx, q, host, p.until)
	}
	if err := hold(ctx, q, host, p.until.Add(deadPause)); err != nil {
		return err
	}
	return hastenNewest(ctx, q, host, p.until)
}

// hostOutcome is what a batch of results tells about one host, in the order in which they came in.
type hostOutcome struct {
	host      string
	accepted  bool // it took something for the first time
	recovered bool // it answered after failures
	failed    bool // since then
	burst     bool // as often as opens the breaker, if only within a moment
	words     string
	asked     time.Duration // how long it asks to be left alone; 0 where it does not say

	hostRow      // what came of it: the breaker opened, or stayed open,
	closed  bool // or was open and closed
	purged  int  // so many followers were given up
}

// hostRow is what the table says of a failing host.
type hostRow struct {
	failures     int
	pausedUntil  time.Time
	failingSince time.Time
	doomedAt     time.Time // when it was first seen to fail after 90 days
}

func hostOutcomes(results []result) []*hostOutcome {
	var all []*hostOutcome
	byHost := map[string]*hostOutcome{}
	for _, r := range results {
		if !r.isFirst() && !r.recovered && r.verdict.host != ailing {
			continue
		}
		n := byHost[r.job.host]
		if n == nil {
			n = &hostOutcome{host: r.job.host}
			byHost[n.host] = n
			all = append(all, n)
		}
		n.add(r)
	}
	return all
}

func (n *hostOutcome) add(r result) {
	n.accepted = n.accepted || r.isFirst()
	if r.recovered {
		n.recovered, n.failed, n.burst = true, false, false
		return
	}
	if r.verdict.host != ailing {
		return
	}
	n.failed, n.burst = true, r.streak >= openAfter
	n.words = r.words
	n.asked = r.retryAfter
}

// pauses are what a breaker that opens may pause for.
type pauses struct {
	first, usual time.Duration // they grow from the one to the other, as long as the host has failed
	stranger     time.Duration // the first, where the host has never taken anything nor asked for it
}

// pausesFor takes the host's own word for how long it will be away, within reason: its Retry-After binds the delivery that it answered for
// up to a day, but not all the others. usual is the longest pause without such a word.
func pausesFor(retryAfter, usual time.Duration) pauses {
	if retryAfter <= 0 {
		return pauses{first: min(firstOpen, usual), usual: usual, stranger: usual}
	}
	asked := min(max(retryAfter, minOpen), usual)
	return pauses{asked, asked, asked}
}

// record writes the news down, and moves what waits for the host if its breaker opened or closed.
func (n *hostOutcome) record(ctx context.Context, tx database.Querier, usual time.Duration, now time.Time) error {
	if n.accepted {
		if err := setAccepted(ctx, tx, n.host, now); err != nil {
			return wrap(err, "record the first success of", n.host)
		}
		if err := hasten(ctx, tx, n.host, now); err != nil {
			return wrap(err, "hasten what waits for", n.host)
		}
	}
	if n.recovered {
		if err := n.close(ctx, tx, now); err != nil {
			return wrap(err, "record the recovery of", n.host)
		}
	}
	if !n.failed {
		return nil
	}
	var err error
	if n.hostRow, err = addFailure(ctx, tx, n, pausesFor(n.asked, usual), now); err != nil {
		return wrap(err, "record the failures of", n.host)
	}
	if !n.pausedUntil.After(now) {
		return nil
	}
	if err := expireHost(ctx, tx, n.host, now); err != nil {
		return wrap(err, "expire what waits for", n.host)
	}
	if err := (pause{n.pausedUntil, n.isDead(now)}).hold(ctx, tx, n.host); err != nil {
		return wrap(err, "hold what waits for", n.host)
	}
	if n.failures >= openAfter || n.asked > 0 {
		return nil
	}
	return wrap(hastenOldest(ctx, tx, n.host, n.pausedUntil), "have a delivery come due that shows how it is with", n.host)
}

func (n *hostOutcome) isDead(now time.Time) bool { return isDead(n.failures, n.failingSince, now) }

func (n *hostOutcome) close(ctx context.Context, tx database.Querier, now time.Time) (err error) {
	n.closed, err = setWell(ctx, tx, n.host, now)
	if err != nil || !n.closed {
		return err
	}
	return hasten(ctx, tx, n.host, now)
}

func wrap(err error, doing, host string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, host, err)
}
