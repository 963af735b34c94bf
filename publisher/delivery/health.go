package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// The breaker: a host that failed five times in a row is left alone for half an hour, then asked with one delivery at a time. A dead host
// so costs one request in half an hour, however much waits for it.
const (
	openAfter = 5
	openFor   = 30 * time.Minute
	minOpen   = time.Minute
)

// Revive lets a paused host be tried at once. It is for any verified request from that host: who can speak may well be able to listen.
// host is the authority as written in its URLs (activitypub.Host). Where the host is not paused it costs one read.
//
// What goes out is the oldest waiting delivery; if it arrives, the others follow within a second, and if not, the pause begins anew.
func Revive(ctx context.Context, q database.Querier, host string) error {
	paused, err := isPaused(ctx, q, host)
	if err != nil || !paused {
		return wrap(err, "look up the pause of", host)
	}
	if err := endPause(ctx, q, host); err != nil {
		return wrap(err, "end the pause of", host)
	}
	return wrap(hastenOldest(ctx, q, host), "hasten a delivery to", host)
}

// news is what a batch of results tells about one host, in the order in which they came in.
type news struct {
	host      string
	recovered bool // it answered after failures
	failures  int  // since then
	words     string
	pause     time.Duration // for a breaker that opens

	pausedUntil time.Time // what came of it: the breaker opened, or stayed open,
	closed      bool      // or was open and closed
}

func newsOf(results []result) []*news {
	var all []*news
	byHost := map[string]*news{}
	for _, r := range results {
		if !r.recovered && r.verdict.host != ailing {
			continue
		}
		n := byHost[r.job.host]
		if n == nil {
			n = &news{host: r.job.host}
			byHost[n.host] = n
			all = append(all, n)
		}
		n.add(r)
	}
	return all
}

func (n *news) add(r result) {
	if r.recovered {
		n.recovered, n.failures = true, 0
		return
	}
	n.failures++
	n.words = r.words
	n.pause = pauseFor(r.retryAfter)
}

// pauseFor takes the host's own word for how long it will be away, within reason: its Retry-After binds the delivery that it answered for
// up to a day, but not all the others.
func pauseFor(retryAfter time.Duration) time.Duration {
	if retryAfter <= 0 {
		return openFor
	}
	return min(max(retryAfter, minOpen), openFor)
}

// record writes the news down, and moves what waits for the host if its breaker opened or closed.
func (n *news) record(ctx context.Context, tx database.Querier, now time.Time) error {
	if n.recovered {
		if err := n.close(ctx, tx, now); err != nil {
			return wrap(err, "record the recovery of", n.host)
		}
	}
	if n.failures == 0 {
		return nil
	}
	var err error
	if n.pausedUntil, err = addFailures(ctx, tx, n, now); err != nil {
		return wrap(err, "record the failures of", n.host)
	}
	if !n.pausedUntil.After(now) {
		return nil
	}
	return wrap(errors.Join(
		expireHost(ctx, tx, n.host, now),
		hold(ctx, tx, n.host, n.pausedUntil),
	), "hold what waits for", n.host)
}

func (n *news) close(ctx context.Context, tx database.Querier, now time.Time) (err error) {
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
