package crawl

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/inbox"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	firstWork     = 20 * time.Second // for all fetches of one row together, at the first attempt: nearly all need less
	maxWork       = time.Minute      // at a later one
	lease         = 5 * time.Minute  // longer than that
	expireEvery   = time.Hour
	journalMemory = 30 * 24 * time.Hour
	droppedMemory = 7 * 24 * time.Hour // of what had no effect; no signature is valid for so long
	expireBatch   = 500
)

// retryAfter is how long after each failed attempt the next one comes: about nine days in all, as
// long as an outage of a small server may last. After that the row ends with its last reason.
var retryAfter = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour,
	120 * time.Hour,
}

// Worker finishes what the Inbox has accepted and could not do without the network.
type Worker struct {
	*inbox.Inbox

	once    sync.Once
	nowhere *web.Limiter // of addresses that lead to nothing of ours
}

// Run does what needed the network and was therefore only written down by the handlers, and lets
// old entries of the journal expire. It returns nil when ctx ends, after what it has begun.
func (w *Worker) Run(ctx context.Context) error {
	pool := &pool{}
	defer pool.work.Wait()
	var refreshed, expired, reviewed time.Time
	var withheld database.ID
	return loop.Loop{
		Waker: &w.Waker, Now: w.Now, Log: w.Log, Next: w.next,
		Round: func(ctx context.Context) error {
			if time.Since(refreshed) >= refreshIn {
				refreshed = time.Now()
				w.refresh(ctx, pool)
			}
			if now := w.Now(); now.Sub(reviewed) >= wishesEvery {
				var err error
				if withheld, err = w.askWithheld(ctx, withheld); err != nil {
					return err
				}
				reviewed = now
			}
			if now := w.Now(); now.Sub(expired) >= expireEvery {
				expired = now
				w.expire(ctx, now)
			}
			return w.work(ctx, pool)
		},
	}.Run(ctx)
}

// next returns when a row is due, or now where more actors wait to be asked for: the shortest sleep
// is what lies between those.
func (w *Worker) next(ctx context.Context) (time.Time, error) {
	if w.Stale.Has() {
		return w.Now(), nil
	}
	return soonestReceived(ctx, w.DB)
}

// work begins what is due, as far as there is room for it. A row that takes long holds up none of
// other people.
func (w *Worker) work(ctx context.Context, p *pool) error {
	for begun := true; begun && ctx.Err() == nil; {
		room, busy := p.room()
		if room == 0 {
			return nil // the end of a row wakes the loop
		}
		rows, err := dueReceived(ctx, w.DB, w.Now(), busy, room)
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		begun = false
		for _, row := range rows {
			claimed, err := w.begin(ctx, p, row)
			if err != nil {
				return fmt.Errorf("claim a row of the journal: %w", err)
			}
			begun = begun || claimed
		}
	}
	return nil
}

// begin claims a row and starts the work on it. It reports false where there is no room for it now,
// or somebody else has the row.
func (w *Worker) begin(ctx context.Context, p *pool, row inbox.JournalRow) (bool, error) {
	done := p.take(row)
	if done == nil {
		return false, nil
	}
	claimed, err := claimReceived(ctx, w.DB, &row, w.Now().Add(lease))
	if err == nil && claimed {
		row.Body, err = bodyOfReceived(ctx, w.DB, row.ID)
	}
	if err != nil || !claimed {
		done()
		return false, err
	}
	p.work.Go(func() {
		w.process(ctx, row)
		done()
		w.Wake() // it may be due again, at a time that Run does not know, and others have room now
	})
	return true, nil
}

// process takes a claimed row to its end, or puts it off.
func (w *Worker) process(ctx context.Context, row inbox.JournalRow) {
	verdict := w.attempt(ctx, &row)
	if verdict == nil {
		return
	}
	var err error
	ending := context.WithoutCancel(ctx)
	switch {
	case ctx.Err() != nil:
		err = deferReceived(ending, w.DB, row, verdict.Error(), w.Now()) // we are leaving: the next process goes on at once
	case isFinal(verdict):
		err = inbox.RecordOutcome(ending, w.DB, &inbox.Inbound{Row: row}, inbox.Dropped(verdict.Error()))
	case row.Attempts > len(retryAfter):
		err = inbox.RecordOutcome(ending, w.DB, &inbox.Inbound{Row: row}, inbox.Dropped(errGivenUp.Error()+": "+verdict.Error()))
	default:
		err = deferReceived(ending, w.DB, row, verdict.Error(), w.Now().Add(retryAfter[row.Attempts-1]))
	}
	w.Log.Info("journal row not settled", "attempt", row.Attempts, "err", verdict)
	if err != nil {
		w.Log.Error("journal row not written", "err", err)
	}
}

// attempt does the work of a row. A panic is an error like another: one poisonous row must not end
// the process.
func (w *Worker) attempt(ctx context.Context, row *inbox.JournalRow) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("panic", "err", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	most := maxWork
	if row.Attempts == 1 {
		most = firstWork
	}
	ctx, cancel := context.WithTimeout(remote.Because(ctx, row.Cause), most)
	defer cancel()
	tree, err := activitypub.Parse(row.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", web.ErrInvalid, err)
	}
	a, err := inbox.ReadInbound(tree)
	if err != nil {
		return err
	}
	a.Signer, a.Body, a.Inbox, a.At, a.Row = a.Actor, row.Body, row.Inbox, row.Received, *row
	defer func() { row.Asks = a.Row.Asks }()
	if row.Attempts > len(retryAfter) {
		a.Orphan, a.Lost = true, errGivenUp // the last try does without the parent
	}
	out, err := w.resolve(w.About(ctx, a), a)
	if err == nil {
		w.WakeFor(out)
	}
	if errors.Is(err, inbox.ErrLeaseLost) {
		return nil // somebody else has it
	}
	return err
}

// isFinal says that trying again would change nothing.
func isFinal(err error) bool {
	for _, final := range []error{thread.ErrNowhere, remote.ErrGone, remote.ErrNotTrusted, web.ErrInvalid, web.ErrRefused, web.ErrNotFound} {
		if errors.Is(err, final) {
			return true
		}
	}
	return false
}

// expire lets go of what is old: texts that nobody shows, reports, journal rows that are done with,
// and memories of what was taken back.
func (w *Worker) expire(ctx context.Context, now time.Time) {
	for what, forget := range map[string]func() (int64, error){
		"texts": func() (int64, error) { return moderation.LetGo(ctx, w.DB, now, expireBatch) },
		"reports": func() (int64, error) {
			return moderation.ExpireReports(ctx, w.DB, now.Add(-bounds.ReportsFor), expireBatch)
		},
		"dropped": func() (int64, error) { return expireDropped(ctx, w.DB, now.Add(-droppedMemory), expireBatch) },
		"journal": func() (int64, error) { return expireReceived(ctx, w.DB, now.Add(-journalMemory), expireBatch) },
		"undos": func() (int64, error) {
			return inbox.ExpireTombstones(ctx, w.DB, false, now.Add(-inbox.UndoMemory), expireBatch)
		},
		"deletes": func() (int64, error) {
			return inbox.ExpireTombstones(ctx, w.DB, true, now.Add(-inbox.DeleteMemory), expireBatch)
		},
		"names": func() (int64, error) {
			return remote.ExpireNames(ctx, w.DB, now.Add(-bounds.NamesFor), expireBatch)
		},
	} {
		for {
			n, err := forget()
			if err != nil && ctx.Err() == nil {
				w.Log.Error("old rows not removed", "what", what, "err", err)
			}
			if err != nil || n < expireBatch {
				break
			}
		}
	}
	if err := forgetUnusedActors(ctx, w.DB, now); err != nil && ctx.Err() == nil {
		w.Log.Error("old rows not removed", "what", "actors", "err", err)
	}
	if err := delivery.ForgetHosts(ctx, w.DB, now, func(ctx context.Context) (map[string]bool, error) { return usedHosts(ctx, w.DB) }); err != nil && ctx.Err() == nil {
		w.Log.Error("old rows not removed", "what", "hosts", "err", err)
	}
}

var errGivenUp = errors.New("given up after many attempts")
