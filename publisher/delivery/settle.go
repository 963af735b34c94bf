package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// change is what a result does to its row. Rows with equal changes are written by one statement: a fan-out that goes well is one a batch.
type change struct {
	activity  database.ID
	token     database.ID
	untried   bool
	unsure    bool   // a try may have arrived; it stays so
	state     string // Pending leaves the row's state as it is: it may have been cancelled meanwhile
	nextAt    int64
	expiresAt int64
	status    int
	words     string
}

// changeFor plans the change. The draw is the jitter of the next try.
func changeFor(r result, now time.Time, draw float64) change {
	c := change{
		activity:  r.job.activity,
		token:     r.job.token,
		untried:   r.untried,
		unsure:    r.unsure,
		state:     r.verdict.state,
		nextAt:    database.Millis(now),
		expiresAt: database.Millis(r.job.expiresAt),
		status:    r.status,
		words:     r.words,
	}
	switch {
	case r.untried:
		c.nextAt = database.Millis(r.nextAt)
	case c.state == Pending:
		p := nextTry(r.job.attempts, r.job.expiresAt, now, r.retryAfter, draw, r.job.isTrial)
		c.nextAt, c.expiresAt = database.Millis(p.nextAt), database.Millis(p.expiresAt)
		if p.expired {
			c.state = Expired
		}
	}
	return c
}

// settle writes down how the finished jobs ended, in one transaction, and what that tells about hosts. If it fails the results are kept
// for the next round; what takes longer than the lease is tried again, by us or by another worker.
func (l *loop) settle(ctx context.Context) {
	if len(l.results) == 0 {
		return
	}
	now := l.w.Now()
	changes := newGroups[change, database.Digest](len(l.results))
	planned := make([]change, len(l.results))
	for i, r := range l.results {
		c := changeFor(r, now, l.w.Jitter())
		changes.add(c, r.job.inboxHash)
		planned[i] = c
	}
	hosts := hostOutcomes(l.results)
	err := l.w.DB.InTx(ctx, func(tx *database.Tx) error {
		return l.write(ctx, tx, changes, hosts, now)
	})
	if err != nil {
		l.inTrouble(ctx, "deliveries not settled", err)
		return
	}
	for i, r := range l.results {
		l.report(ctx, r, planned[i])
	}
	for _, n := range hosts {
		l.announce(ctx, n, now)
	}
	l.results = l.results[:0]
}

func (l *loop) write(ctx context.Context, tx *database.Tx, changes *groups[change, database.Digest], hosts []*hostOutcome, now time.Time) error {
	for c, inboxes := range changes.all() {
		for batch := range slices.Chunk(inboxes, insertRows) {
			if err := c.apply(ctx, tx, batch, now); err != nil {
				return err
			}
		}
	}
	for _, n := range hosts {
		if err := n.record(ctx, tx, l.w.Pause, now); err != nil {
			return err
		}
		if err := l.bury(ctx, tx, n, now); err != nil {
			return wrap(err, "give up the followers on", n.host)
		}
	}
	return l.tellGone(ctx, tx)
}

// tellGone passes on which inboxes are no more.
func (l *loop) tellGone(ctx context.Context, tx *database.Tx) error {
	if l.w.InboxGone == nil {
		return nil
	}
	for _, r := range l.results {
		if r.untried || r.verdict.state != Gone {
			continue
		}
		if err := l.w.InboxGone(ctx, tx, r.job.activity, r.job.inbox); err != nil {
			return wrap(err, "ask about an inbox that is gone from", r.job.host)
		}
	}
	return nil
}

// bury gives up the followers on a host that has failed for 90 days. It takes two failures on two days: after a long silence of our own
// one would prove nothing.
func (l *loop) bury(ctx context.Context, tx *database.Tx, n *hostOutcome, now time.Time) error {
	n.purged = 0
	if l.w.HostDead == nil || !n.isDead(now) || n.failingSince.After(now.Add(-purgeAfter)) {
		return nil
	}
	if n.doomedAt.IsZero() {
		return doom(ctx, tx, n.host, now)
	}
	if now.Before(n.doomedAt.Add(doomedFor)) {
		return nil
	}
	followers, err := l.w.HostDead(ctx, tx, n.host)
	if err != nil || followers == 0 {
		return err
	}
	n.purged = followers
	return recordPurge(ctx, tx, n.host, followers, now)
}
