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
		p := nextTry(r.job.attempts, r.job.expiresAt, now, r.retryAfter, draw)
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
	hosts := newsOf(l.results)
	err := l.w.DB.InTx(ctx, func(tx *database.Tx) error {
		return write(ctx, tx, changes, hosts, now)
	})
	if err != nil {
		l.trouble(ctx, "deliveries not settled", err)
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

func write(ctx context.Context, tx *database.Tx, changes *groups[change, database.Digest], hosts []*news, now time.Time) error {
	for c, inboxes := range changes.all() {
		for batch := range slices.Chunk(inboxes, insertRows) {
			if err := c.apply(ctx, tx, batch, now); err != nil {
				return err
			}
		}
	}
	for _, n := range hosts {
		if err := n.record(ctx, tx, now); err != nil {
			return err
		}
	}
	return nil
}
